"""When nothing comes in or goes out: since when, whether somebody was told, and how much of that time is made up for."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from opieka.channels.events import InboxBack, InboxLost, OutboxDrained, OutboxStuck, SecretEnding
from opieka.channels.models import Inbox, Outage
from opieka.channels.registry import channel_class
from opieka.plumbing.events import publish
from opieka.plumbing.jobs import cron

Side = Outage.Side
# A mail server that puts strangers off (greylisting) takes the same mail some five minutes later: nobody is called for that.
ALARM_AFTER = {Side.IN: timedelta(minutes=5), Side.OUT: timedelta(minutes=10)}
WARNED_BEFORE = timedelta(days=14)
REFUSED_IN_A_ROW = 3


def go_on(inbox: Inbox, *, withdrawn: bool) -> None:
    """Nothing comes in: an outage begins, or the one that had not been made up for goes on."""
    began = inbox.trouble_since or timezone.now()
    _go_on(inbox, Side.IN, began_at=began, trouble=inbox.trouble, withdrawn=withdrawn, left=None)


def hold_up(inbox: Inbox, *, since: datetime, why: str, waiting: int) -> None:
    """So many replies should have left since then and have not: the same for what goes out."""
    _go_on(inbox, Side.OUT, began_at=since, trouble=why, left=waiting)


def _go_on(inbox: Inbox, side: Side, *, began_at: datetime, **told: Any) -> None:
    found = Outage.objects.filter(inbox=inbox, side=side, caught_up_at=None)
    if not found.update(ended_at=None, **told):
        Outage.objects.create(organisation_id=inbox.organisation_id, inbox=inbox, side=side, began_at=began_at, **told)


def end(inbox: Inbox) -> None:
    """The inbox is reached again. Where nothing has to be fetched that is all; else `catch_up` says when it is."""
    lasting = Outage.objects.filter(inbox=inbox, side=Side.IN, caught_up_at=None, ended_at=None)
    lasting.update(ended_at=timezone.now())
    if not channel_class(inbox.kind).fetches(inbox.settings):
        catch_up(inbox)


def count(inbox: Inbox, brought_in: int, *, left: int) -> None:
    """So many more items of the time of the outage are here."""
    lasting = Outage.objects.filter(inbox=inbox, side=Side.IN, caught_up_at=None)
    lasting.update(carried=F("carried") + brought_in, left=left)


@transaction.atomic
def catch_up(inbox: Inbox) -> None:
    """Everything has been fetched. Whoever heard of the outage hears of its end."""
    outage = _over(inbox, Side.IN)
    Inbox.objects.filter(pk=inbox.pk).update(catching_up=False)
    inbox.catching_up = False
    if outage is not None and outage.alarmed_at:
        publish(InboxBack(**_about(outage), brought_in=outage.carried))


@transaction.atomic
def drain(inbox: Inbox) -> None:
    """Nothing waits in the outbox any more. Whoever heard of the outage hears of its end."""
    outage = _over(inbox, Side.OUT)
    if outage is not None and outage.alarmed_at:
        publish(OutboxDrained(**_about(outage), sent=outage.carried))


def _over(inbox: Inbox, side: Side) -> Outage | None:
    now = timezone.now()
    outage = Outage.objects.select_for_update().filter(inbox=inbox, side=side, caught_up_at=None).first()
    if outage is not None:
        outage.ended_at, outage.caught_up_at, outage.left = outage.ended_at or now, now, 0
        outage.save(update_fields=["ended_at", "caught_up_at", "left"])
    return outage


def _about(outage: Outage) -> dict[str, int]:
    return {"organisation_id": outage.organisation_id, "inbox_id": outage.inbox_id, "outage_id": outage.pk}


def note_taken(inbox_id: int, *, held_up: bool) -> None:
    """The other side took a reply, so it takes replies; one that had been held up counts for the outage."""
    Inbox.objects.filter(pk=inbox_id, refusals__gt=0).update(refusals=0, refused_since=None)
    if held_up:
        Outage.objects.filter(inbox=inbox_id, side=Side.OUT, caught_up_at=None).update(carried=F("carried") + 1)


def note_refused(inbox_id: int, *, times: int = 1) -> None:
    """The other side would not take a reply, whoever it was for. Three in a row are no accident."""
    Inbox.objects.filter(pk=inbox_id, refused_since=None).update(refused_since=timezone.now())
    Inbox.objects.filter(pk=inbox_id, refusals__lt=1000).update(refusals=F("refusals") + times)


@cron(every=timedelta(seconds=30))
def sound_alarms() -> None:
    """What has lasted for some minutes is told to people, once."""
    now = timezone.now()
    long = Q()
    for side, wait in ALARM_AFTER.items():
        long |= Q(side=side, began_at__lte=now - wait)
    unheard = Outage.objects.filter(long, ended_at=None, alarmed_at=None)
    for outage in unheard.filter(inbox__active=True, organisation__demo=False):
        with transaction.atomic():
            mine = Outage.objects.filter(pk=outage.pk, ended_at=None, alarmed_at=None).update(alarmed_at=now)
            if mine:
                publish((InboxLost if outage.side == Side.IN else OutboxStuck)(**_about(outage)))


@cron(every=timedelta(hours=1))
def warn_of_endings() -> None:
    """Of a secret that ends within two weeks people are told, once for each last day."""
    soon = timezone.localdate() + WARNED_BEFORE
    ending = Inbox.objects.filter(active=True, organisation__demo=False, ends_on__lte=soon)
    for inbox in ending.exclude(ending_told_on=F("ends_on")):
        with transaction.atomic():
            mine = Inbox.objects.filter(pk=inbox.pk, ends_on=inbox.ends_on).exclude(ending_told_on=F("ends_on"))
            if mine.update(ending_told_on=inbox.ends_on):
                publish(
                    SecretEnding(organisation_id=inbox.organisation_id, inbox_id=inbox.pk, ends_on=str(inbox.ends_on))
                )
