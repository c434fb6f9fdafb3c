"""The inbox's lists: what stands in which, in what order, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable

from opieka.accounts.models import Membership
from opieka.conversations.models import Conversation, Status
from opieka.conversations.queries import visible_to
from opieka.conversations.words import mentioning
from opieka.customers.models import Identity

PAGE = 50
LOOKED_THROUGH = 200
# What was merged is listed where it went.
LISTED = tuple(status.value for status in Status if status != Status.MERGED)


@dataclass(frozen=True, kw_only=True)
class View:
    """A named list of the inbox: conversations in one of these statuses that meet the condition."""

    name: str
    statuses: tuple[str, ...]
    condition: Q = field(default_factory=Q)

    @property
    def whole(self) -> Q:
        return Q(status__in=self.statuses) & self.condition


def views_of(member: Membership) -> dict[str, View]:
    """The inbox's four lists: mine, nobody's, the team's, put away; who waits and nobody has; settled; spam; everything."""
    active = (Status.OPEN.value, Status.WAITING.value)
    lists = [
        View(name="mine", statuses=active, condition=Q(assignee=member)),
        View(name="unassigned", statuses=active, condition=Q(assignee=None) & ~Q(speaker="assistant")),
        View(name="team", statuses=active),
        View(
            name="unattended",
            statuses=(Status.OPEN.value,),
            condition=Q(assignee=None, speaker="queue", waiting_since__isnull=False),
        ),
        View(name="snoozed", statuses=(Status.SNOOZED.value,)),
        View(name="resolved", statuses=(Status.RESOLVED.value,)),
        View(name="spam", statuses=(Status.SPAM.value,)),
        View(name="all", statuses=LISTED),
    ]
    return {view.name: view for view in lists}


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What the inbox is asked for: a view, an order ("newest" or "waiting"), words to search for."""

    view: str = "mine"
    sort: str = "newest"
    search: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a list; `after` is where the next one begins, None on the last."""

    rows: list[Conversation]
    after: str | None


Place = tuple[datetime | None, datetime, int]


def page(member: Membership, listing: Listing, *, after: str | None = None) -> Page:
    """One page of a list, however long the list is: it begins at a row, never at an offset.

    The ids come first, for each status by itself: so every database reads them in order from an index, whatever it
    believes about how many conversations are open.
    """
    statuses, condition = _wanted(member, listing)
    waiting = _sorts_by_waiting(listing)
    rows = visible_to(member).filter(condition)
    if after:
        rows = rows.filter(_beyond(after, waiting=waiting))
    found: list[Place] = []
    for status in statuses:
        places = rows.filter(status=status).order_by(*_order(waiting=waiting))
        found += places.values_list("waiting_since", "last_message_at", "id")[: PAGE + 1]
    found.sort(key=lambda place: _rank(place, waiting=waiting))
    ids = [row_id for _, _, row_id in found[:PAGE]]
    held = with_people(visible_to(member)).in_bulk(ids)
    beginning = _written(found[PAGE - 1]) if len(found) > PAGE else None
    return Page(rows=[held[one] for one in ids if one in held], after=beginning)


def listed(member: Membership, view: str) -> list[Conversation]:
    """The first page of a list, newest first."""
    return page(member, Listing(view=view)).rows


def in_list(member: Membership, listing: Listing) -> QuerySet[Conversation]:
    """Every conversation of that list."""
    statuses, condition = _wanted(member, listing)
    return visible_to(member).filter(condition, status__in=statuses)


def _wanted(member: Membership, listing: Listing) -> tuple[tuple[str, ...], Q]:
    """The statuses to look through, and what else must hold. A number finds its conversation wherever it lies."""
    view, words = views_of(member)[listing.view], listing.search.strip()
    number = words.lstrip("#")
    if number.isdecimal() and len(number) < 16:
        merged = Conversation.objects.filter(organisation_id=member.organisation_id, number=int(number))
        numbered = Q(number=int(number)) | Q(id__in=merged.values("merged_into"))
        return LISTED, numbered | (view.whole & _mentions(member, words))
    return view.statuses, (view.condition & _mentions(member, words)) if words else view.condition


def _mentions(member: Membership, words: str) -> Q:
    """Conversations whose subject or customer holds the words as they are written, or any message in any form of them."""
    said = mentioning(words, organisation_id=member.organisation_id).values("conversation")
    addresses = Identity.objects.filter(value__icontains=words, kind__in=["email", "phone"]).values("customer")
    told = Q(subject__icontains=words) | Q(customer__name__icontains=words) | Q(customer__in=addresses) | Q(id__in=said)
    # And those into which such a one was merged.
    merged = Conversation.objects.filter(told, merged_into__isnull=False).values("merged_into")
    return told | Q(id__in=merged)


def with_people(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """The rows with everything a line of the list needs."""
    return rows.select_related("customer", "assignee__user", "team")


def _sorts_by_waiting(listing: Listing) -> bool:
    """Nobody waits in a list of what is settled, so that is always the newest first."""
    return listing.sort == "waiting" and listing.view not in {"resolved", "spam", "all"}


def _order(*, waiting: bool) -> list[Combinable]:
    newest: list[Combinable] = [F("last_message_at").desc(), F("id").desc()]
    return [F("waiting_since").asc(nulls_last=True), *newest] if waiting else newest


def _rank(place: Place, *, waiting: bool) -> tuple[float, ...]:
    """The same order in Python, to put the statuses of a list together."""
    since, last, row_id = place
    newest = (-last.timestamp(), -row_id)
    return ((since.timestamp() if since else float("inf")), *newest) if waiting else newest


def _written(place: Place) -> str:
    since, last, row_id = place
    return f"{since.isoformat() if since else ''}~{last.isoformat()}~{row_id}"


def _beyond(written: str, *, waiting: bool) -> Q:
    """Rows that come after that place; a place nobody wrote is an empty page's."""
    try:
        since_text, last, row_id = written.split("~")
        at, own = datetime.fromisoformat(last), int(row_id)
        since = datetime.fromisoformat(since_text) if since_text else None
    except ValueError:
        return Q(pk__in=[])
    older = Q(last_message_at__lt=at) | Q(last_message_at=at, id__lt=own)
    if not waiting:
        return older
    if since is None:
        return Q(waiting_since=None) & older
    return Q(waiting_since__gt=since) | Q(waiting_since=None) | (Q(waiting_since=since) & older)


def counts(member: Membership) -> dict[str, int]:
    """How many conversations each list holds, in one query over what is not settled."""
    wanted = {
        name: Count("id", filter=view.whole)
        for name, view in views_of(member).items()
        if name not in {"unattended", "resolved", "spam", "all"}
    }
    unsettled = visible_to(member).filter(status__in=[Status.OPEN, Status.WAITING, Status.SNOOZED])
    return unsettled.aggregate(**wanted)


def mine_to_do(member: Membership) -> int:
    """How many conversations the list "mine" holds, for the badge of the rail."""
    return visible_to(member).filter(views_of(member)["mine"].whole).count()


def unread_in_quarantine(member: Membership) -> int:
    """How many conversations of quarantine's newest nobody has looked at; years of old spam are not read for that."""
    newest = visible_to(member).filter(status=Status.SPAM).order_by("-last_message_at", "-id")
    return sum(unread > 0 for unread in newest.values_list("unread", flat=True)[:LOOKED_THROUGH])


def among(member: Membership, listing: Listing, ids: Iterable[int]) -> tuple[list[Conversation], set[int]]:
    """Those conversations, as they are now, and the ids of those that still belong to the list."""
    statuses, condition = _wanted(member, listing)
    belongs = ExpressionWrapper(condition & Q(status__in=statuses), output_field=BooleanField())
    rows = list(with_people(visible_to(member).filter(id__in=list(ids)).annotate(belongs=belongs)))
    return rows, {row.pk for row in rows if row.belongs}  # type: ignore[attr-defined]
