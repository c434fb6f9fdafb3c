"""When an inbox cannot be reached: since when, whether somebody was told, and how much of that time has been fetched."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from opieka.channels.events import InboxBack, InboxLost, SecretEnding
from opieka.channels.models import Inbox, Outage
from opieka.channels.registry import channel_class
from opieka.plumbing.events import publish
from opieka.plumbing.jobs import cron

ALARM_AFTER = timedelta(minutes=5)
WARNED_BEFORE = timedelta(days=14)


def go_on(inbox: Inbox, *, withdrawn: bool) -> None:
    """The inbox is in trouble: an outage begins, or the one that had not been made up for goes on."""
    found = Outage.objects.filter(inbox=inbox, caught_up_at=None)
    if not found.update(trouble=inbox.trouble, withdrawn=withdrawn, ended_at=None, left=None):
        Outage.objects.create(
            organisation_id=inbox.organisation_id,
            inbox=inbox,
            trouble=inbox.trouble,
            withdrawn=withdrawn,
            began_at=inbox.trouble_since or timezone.now(),
        )


def end(inbox: Inbox) -> None:
    """The inbox is reached again. Where nothing has to be fetched that is all; else `catch_up` says when it is."""
    Outage.objects.filter(inbox=inbox, caught_up_at=None, ended_at=None).update(ended_at=timezone.now())
    if not channel_class(inbox.kind).fetches(inbox.settings):
        catch_up(inbox)


def count(inbox: Inbox, brought_in: int, *, left: int) -> None:
    """So many more items of the time of the outage are here."""
    Outage.objects.filter(inbox=inbox, caught_up_at=None).update(brought_in=F("brought_in") + brought_in, left=left)


@transaction.atomic
def catch_up(inbox: Inbox) -> None:
    """Everything has been fetched. Whoever heard of the outage hears of its end."""
    now = timezone.now()
    outage = Outage.objects.select_for_update().filter(inbox=inbox, caught_up_at=None).first()
    if outage is not None:
        outage.ended_at, outage.caught_up_at, outage.left = outage.ended_at or now, now, 0
        outage.save(update_fields=["ended_at", "caught_up_at", "left"])
    Inbox.objects.filter(pk=inbox.pk).update(catching_up=False)
    inbox.catching_up = False
    if outage is not None and outage.alarmed_at:
        publish(
            InboxBack(
                organisation_id=inbox.organisation_id,
                inbox_id=inbox.pk,
                outage_id=outage.pk,
                brought_in=outage.brought_in,
            )
        )


@cron(every=timedelta(seconds=30))
def sound_alarms() -> None:
    """Whatever has been out of reach for five minutes is told to people, once."""
    now = timezone.now()
    unheard = Outage.objects.filter(ended_at=None, alarmed_at=None, began_at__lte=now - ALARM_AFTER)
    for outage in unheard.filter(inbox__active=True, organisation__demo=False):
        with transaction.atomic():
            mine = Outage.objects.filter(pk=outage.pk, ended_at=None, alarmed_at=None).update(alarmed_at=now)
            if mine:
                publish(
                    InboxLost(organisation_id=outage.organisation_id, inbox_id=outage.inbox_id, outage_id=outage.pk)
                )


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
