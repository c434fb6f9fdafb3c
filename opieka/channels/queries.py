"""Questions about inboxes and about what came in."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.channels import replacing
from opieka.channels.actions import keep_secrets
from opieka.channels.base import Channel, Connection, Hook
from opieka.channels.models import SECRETS, Inbox, Outage, Raw
from opieka.channels.outages import ALARM_AFTER, WARNED_BEFORE, Side
from opieka.channels.registry import channel_class, channels
from opieka.plumbing import files
from opieka.plumbing.secrets import decrypt

SHOWN_FOR = timedelta(minutes=15)


def inboxes_of(organisation: Organisation) -> QuerySet[Inbox]:
    return Inbox.objects.filter(organisation=organisation).order_by("kind", "name")


def active_inboxes() -> QuerySet[Inbox]:
    """Every inbox of the installation that is switched on, for the operator's commands; demo shops have none."""
    return Inbox.objects.filter(active=True, organisation__demo=False).order_by("organisation_id", "kind", "name")


def troubled() -> QuerySet[Inbox]:
    """Inboxes that lost their connection."""
    return active_inboxes().exclude(trouble="")


def outages_in_view(member: Membership) -> QuerySet[Outage]:
    """Outages that whoever works here should know of: those that last, and for a while those that are over.

    What is stuck on its way out is asked of the outbox itself, which also tells while nobody runs jobs.
    """
    now = timezone.now()
    unseen = Q(caught_up_at=None, side=Side.IN)
    lasting = unseen & (Q(began_at__lte=now - ALARM_AFTER[Side.IN]) | Q(withdrawn=True))
    over = Q(caught_up_at__gt=now - SHOWN_FOR, alarmed_at__isnull=False)
    found = Outage.objects.filter(lasting | over, organisation_id=member.organisation_id, inbox__active=True)
    return found.select_related("inbox").order_by("began_at")


def outages_of(inbox: Inbox) -> QuerySet[Outage]:
    """All of an inbox, the latest first."""
    return Outage.objects.filter(inbox=inbox).order_by("-began_at", "-id")


def lost_seconds() -> list[tuple[int, str, float]]:
    """(id, kind, seconds out of reach) of every active inbox of the installation."""
    now = timezone.now()
    return [
        (inbox.pk, inbox.kind, (now - inbox.trouble_since).total_seconds() if inbox.trouble_since else 0.0)
        for inbox in active_inboxes()
    ]


def ending(member: Membership) -> QuerySet[Inbox]:
    """Inboxes whose secret ends within two weeks, or has ended."""
    soon = timezone.localdate() + WARNED_BEFORE
    return inboxes_of(member.organisation).filter(active=True, ends_on__lte=soon)


def asks_consent(inbox: Inbox) -> bool:
    """Whether this inbox is connected by a click at its provider."""
    return "redirect" in channel_of(inbox, secrets=False).ways_to_consent()


class Feeder(NamedTuple):
    """A mailbox that mail for an inbox may be forwarded to: at which address, and until when an older one leads there."""

    name: str
    address: str
    carrier_id: int
    old_until: datetime | None


def feeders_of(inbox: Inbox) -> list[Feeder]:
    """Every mailbox that mail for this inbox may be forwarded to."""
    found = []
    for carrier in carriers_of(inbox):
        channel = channel_of(carrier)
        if address := channel.branch_address(inbox.pk):
            until = replacing.old_until(channel.connection.secrets, replacing.branch_name(inbox.pk))
            found.append(Feeder(carrier.name, address, carrier.pk, until))
    return found


def carriers_of(inbox: Inbox) -> QuerySet[Inbox]:
    """The inboxes that could pass mail on to this one; none where it fetches its own."""
    others = Inbox.objects.filter(organisation_id=inbox.organisation_id, kind=inbox.kind, active=True)
    if channel_class(inbox.kind).fetches(inbox.settings):
        return others.none()
    return others.exclude(pk=inbox.pk).order_by("name")


def inbox_by_key(key: str, *, kind: str | None = None) -> Inbox | None:
    """The active inbox that this public key names."""
    found = Inbox.objects.filter(key=key, active=True).select_related("organisation")
    return (found.filter(kind=kind) if kind else found).first()


def channel_of(inbox: Inbox, *, secrets: bool = True) -> Channel:
    """The channel object that speaks for this inbox, its secrets opened if they are needed."""
    sealed = inbox.sealed_secrets if secrets else ""
    opened = json.loads(decrypt(sealed, context=SECRETS)) if sealed else {}
    connection = Connection(
        id=inbox.pk,
        key=inbox.key,
        name=inbox.name,
        settings=inbox.settings,
        secrets=opened,
        hook_secret=inbox.hook_secret,
        since=inbox.created_at,
        known=partial(_known_beginnings, inbox.pk),
        keep_secrets=partial(keep_secrets, inbox.pk),
        reread=partial(_stored_secrets, inbox.pk),
    )
    return channel_class(inbox.kind)(connection)


def _stored_secrets(inbox_id: int) -> dict[str, str]:
    """What another process may have renewed meanwhile."""
    sealed = Inbox.objects.filter(pk=inbox_id).values_list("sealed_secrets", flat=True).first()
    return json.loads(decrypt(sealed, context=SECRETS)) if sealed else {}


def _known_beginnings(inbox_id: int, beginnings: Sequence[str]) -> frozenset[str]:
    """Which of these beginnings of dedupe keys (all of one length) are stored already."""
    if not beginnings:
        return frozenset()
    stored = Raw.objects.filter(inbox_id=inbox_id).annotate(beginning=Substr("dedupe_key", 1, len(beginnings[0])))
    return frozenset(stored.filter(beginning__in=set(beginnings)).values_list("beginning", flat=True))


def watched() -> list[Inbox]:
    """Every active inbox whose channel fetches what comes in. A demo's mailboxes are nowhere, so nobody looks there."""
    kinds = [kind for kind, channel in channels().items() if channel.traits.watched]
    real = Inbox.objects.filter(active=True, kind__in=kinds, organisation__demo=False)
    return [one for one in real.select_related("organisation") if channel_class(one.kind).fetches(one.settings)]


def own_addresses(organisation_id: int) -> frozenset[str]:
    """The addresses of the organisation's own inboxes: never answered, never copied to."""
    inboxes = Inbox.objects.filter(organisation_id=organisation_id)
    return frozenset(address for inbox in inboxes for address in channel_of(inbox, secrets=False).addresses())


def hook_of(raw: Raw) -> Hook:
    """The raw item as the channel gave it to us."""
    body = files.store().get(raw.body_file) if raw.body_file else bytes(raw.body)
    return Hook(body=body, headers=raw.headers, content_type=raw.content_type)


def unclear(member: Membership) -> QuerySet[Raw]:
    """What nobody could read yet, newest first."""
    return Raw.objects.filter(organisation_id=member.organisation_id, state=Raw.State.UNCLEAR).order_by("-id")
