"""What is stuck on its way out: replies that should have left, and those that a server refuses one after another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.channels.models import Inbox
from opieka.channels.outages import REFUSED_IN_A_ROW
from opieka.channels.queries import inboxes_of, outages_in_view
from opieka.conversations.models import Delivery

STUCK_AFTER = timedelta(minutes=2)
PENDING = (Delivery.State.QUEUED, Delivery.State.SENDING)


@dataclass(frozen=True, kw_only=True)
class Stuck:
    """What of one inbox is stuck: how many replies, the first since when, and why ("" while nobody has tried)."""

    inbox: Inbox
    count: int
    since: datetime
    why: str


def overdue(*, older_than: timedelta = STUCK_AFTER) -> QuerySet[Delivery]:
    """Replies of the whole installation, demo shops apart, that should have left that long ago and are still on their
    way; those that are put off again and again count too.
    """
    late = Delivery.objects.filter(due_at__lt=timezone.now() - older_than, state__in=PENDING)
    return late.filter(organisation__demo=False, message__inbox__active=True)


def refused(inbox: Inbox) -> QuerySet[Delivery]:
    """Replies that the server of this inbox would not take, while it takes none; else none."""
    if inbox.refusals < REFUSED_IN_A_ROW or inbox.refused_since is None:
        return Delivery.objects.none()
    return Delivery.objects.filter(
        refused_at__gte=inbox.refused_since, state=Delivery.State.FAILED, message__inbox=inbox
    )


def inboxes_in_trouble(member: Membership) -> list[Inbox]:
    """The inboxes of the member's organisation with an outage they should know of, in either direction; mostly none."""
    late = overdue().filter(message__inbox=OuterRef("pk"))
    told = outages_in_view(member).filter(inbox=OuterRef("pk"))
    troubled = Exists(told) | Exists(late) | Q(refusals__gte=REFUSED_IN_A_ROW)
    return list(inboxes_of(member.organisation).filter(troubled, active=True))


def stuck(organisation_id: int | None = None) -> list[Stuck]:
    """What is stuck, inbox by inbox; of every organisation when none is named."""
    late = overdue() if organisation_id is None else overdue().filter(organisation_id=organisation_id)
    counted = late.order_by().values_list("message__inbox").annotate(n=Count("id"), since=Min("due_at"))
    waiting = {pk: (n, since) for pk, n, since in counted}
    refusing = Inbox.objects.filter(refusals__gte=REFUSED_IN_A_ROW, active=True, organisation__demo=False)
    if organisation_id is not None:
        refusing = refusing.filter(organisation_id=organisation_id)
    inboxes = {one.pk: one for one in refusing} | Inbox.objects.in_bulk(waiting)
    found = [_stuck(inbox, *waiting.get(pk, (0, None))) for pk, inbox in sorted(inboxes.items())]
    return [one for one in found if one.count]


def _stuck(inbox: Inbox, waiting: int, waits_since: datetime | None) -> Stuck:
    late = overdue().filter(message__inbox=inbox)
    lost = refused(inbox).aggregate(n=Count("id"), since=Min("refused_at"))
    told = [*late.exclude(error="").order_by("due_at")[:1], *refused(inbox).order_by("-refused_at")[:1]]
    since = [one for one in (waits_since, lost["since"]) if one]
    return Stuck(
        inbox=inbox,
        count=waiting + lost["n"],
        since=min(since, default=timezone.now()),
        why=told[-1].error if told else "",
    )


def stuck_for(member: Membership, inbox: Inbox, *, limit: int = 1000) -> list[Delivery]:
    """The replies of one inbox of the member's organisation that are stuck, the one that waits the longest first."""
    late = overdue().filter(message__inbox=inbox).order_by("due_at", "id")
    found = [*_shown(late, member)[:limit], *_shown(refused(inbox).order_by("refused_at", "id"), member)[:limit]]
    return sorted(found, key=lambda one: (one.due_at or one.refused_at or one.changed_at, one.pk))[:limit]


def _shown(deliveries: QuerySet[Delivery], member: Membership) -> QuerySet[Delivery]:
    mine = deliveries.filter(organisation_id=member.organisation_id)
    return mine.select_related("message__conversation__customer", "message__conversation__merged_into")
