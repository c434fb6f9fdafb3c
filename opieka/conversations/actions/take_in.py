"""From stored raw items to messages in the right conversations."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opieka.channels.actions import settle, settle_all
from opieka.channels.base import Hook, Inbound, Report, Unreadable
from opieka.channels.events import RawArrived
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of, hook_of
from opieka.channels.registry import channel_class
from opieka.conversations.actions.intake import Arrival, Intake, again
from opieka.conversations.actions.outgoing import stored
from opieka.conversations.actions.place import place_among
from opieka.conversations.actions.receive import take
from opieka.conversations.actions.reported import note_report
from opieka.conversations.models import Attachment
from opieka.conversations.rules import NAME, believed
from opieka.conversations.words import found_by
from opieka.plumbing import files
from opieka.plumbing.jobs import job

TOGETHER = 200
MOST_BYTES = 8 * 1024 * 1024


@dataclass(kw_only=True, eq=False)
class Read:
    """A raw item as its channel has understood it; `problem` says why it has not."""

    raw: Raw
    arrivals: list[Arrival] = field(default_factory=list)
    problem: str = ""


# Mails are taken in in the order they came; one that fails again and again holds up no other.
@job(retries=8, steps_aside=True, together=TOGETHER)
def take_in(*events: RawArrived) -> None:
    """Understand raw items. What cannot be understood is kept where people see it, and the next one goes on.

    Items that came together are kept together: all of them in one transaction, or none.
    """
    wanted = {event.raw_id for event in events}
    new = Raw.objects.filter(id__in=wanted, state=Raw.State.NEW).order_by("inbox_id", "id")
    for inbox_id, ids in _sheaves(new.values_list("inbox_id", "id", "size")):
        inbox = Inbox.objects.select_related("organisation").get(pk=inbox_id)
        raws = list(Raw.objects.filter(id__in=ids).order_by("id"))
        for raw in raws:
            raw.inbox = inbox
        _take_in(inbox, raws)


def _sheaves(items: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, list[int]]]:
    """(inbox, items) of those that are taken in together: few where they are big, since all are held in memory."""
    for inbox_id, own in groupby(items, key=itemgetter(0)):
        ids: list[int] = []
        held = 0
        for _inbox, raw_id, size in own:
            if ids and held + size > MOST_BYTES:
                yield inbox_id, ids
                ids, held = [], 0
            ids.append(raw_id)
            held += size
        yield inbox_id, ids


def _take_in(inbox: Inbox, raws: Sequence[Raw]) -> None:
    channel = channel_of(inbox)
    with _files_kept_if_all_goes_well() as kept:
        # Files are written before the transaction begins: nobody waits for a disk between its first and last word.
        read = [_read(raw, channel.parse) for raw in raws]
        kept.extend(_store_files(inbox, [arrival for one in read for arrival in one.arrivals]))
        with transaction.atomic():
            # Two workers may have the same item for a moment, when one of them was thought to be dead.
            ids = [raw.pk for raw in raws]
            new = Raw.objects.select_for_update().filter(id__in=ids, state=Raw.State.NEW)
            still = set(new.values_list("id", flat=True))
            _keep(inbox, [one for one in read if one.raw.pk in still])


def _read(raw: Raw, parse: Callable[[Hook], list[Inbound]]) -> Read:
    try:
        found = [_storable(inbound) for inbound in parse(hook_of(raw))]
    except Unreadable as reason:
        return Read(raw=raw, problem=str(reason))
    return Read(raw=raw, arrivals=[_arrival(raw, inbound) for inbound in found])


def _arrival(raw: Raw, inbound: Inbound) -> Arrival:
    words = "" if inbound.report else found_by(raw.organisation_id, inbound.subject, inbound.text)
    return Arrival(inbound=inbound, raw=raw, words=words)


def _store_files(inbox: Inbox, arrivals: Sequence[Arrival]) -> list[Attachment]:
    """Those of messages; what a report encloses is read and not kept."""
    owners = [arrival for arrival in arrivals if not arrival.inbound.report for _file in arrival.inbound.files]
    found = [file for arrival in arrivals if not arrival.inbound.report for file in arrival.inbound.files]
    attachments = stored(found, organisation_id=inbox.organisation_id)
    for owner, attachment in zip(owners, attachments, strict=True):
        owner.files.append(attachment)
    return attachments


@contextmanager
def _files_kept_if_all_goes_well() -> Iterator[list[Attachment]]:
    """Those of messages that were not written after all are deleted again."""
    kept: list[Attachment] = []
    went_well = False
    try:
        yield kept
        went_well = True
    finally:
        _delete(attachment for attachment in kept if not (went_well and attachment.pk))


def _delete(attachments: Iterable[Attachment]) -> None:
    for attachment in attachments:
        files.store().delete(attachment.file)


def _keep(inbox: Inbox, read: Sequence[Read]) -> None:
    intake = Intake(inbox, [arrival for one in read for arrival in one.arrivals])
    unclear = []
    for one in read:
        problems = [_take(intake, arrival) for arrival in one.arrivals]
        if problem := one.problem or " ".join(filter(None, problems)):
            unclear.append((one.raw, problem))
    intake.write()
    said = {raw.pk for raw, _problem in unclear}
    settle_all([one.raw for one in read if one.raw.pk not in said])
    for raw, problem in unclear:
        settle(raw, problem=problem)


def leave_unclear(event: RawArrived) -> None:
    """Every try to take the item in has failed, whatever the reason: it waits where people see it."""
    raw = Raw.objects.filter(id=event.raw_id, state=Raw.State.NEW).first()
    if raw:
        settle(
            raw,
            problem=_("An error came up each time this was to be taken in. It can be read again once that is mended."),
        )


def _storable(inbound: Inbound) -> Inbound:
    """Without NUL, which not every database holds."""
    if not any(map(_has_nul, vars(inbound).values())):
        return inbound
    return replace(inbound, **{name: _without_nul(value) for name, value in vars(inbound).items()})


def _has_nul(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value


def _without_nul(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_without_nul, value))
    return value.replace("\0", "") if isinstance(value, str) else value


def _take(intake: Intake, arrival: Arrival) -> str:
    """Put one message where it belongs. Returns "" or a sentence about why nobody can tell where that is."""
    inbound = arrival.inbound
    if inbound.report:
        return _told(intake, inbound.report)
    _name(intake, arrival)
    inbound = arrival.inbound
    name = inbound.sender_name if believed(inbound.authentication.state, NAME) else ""
    customer = intake.people.at(inbound.sender, name=name)
    place = place_among(intake, inbound, customer)
    take(intake, arrival, customer=customer, place=place)
    if place.conversation:
        _arrived(intake, inbound)
    return ""


def _told(intake: Intake, report: Report) -> str:
    intake.write()
    fits = note_report(report, inbox_id=intake.inbox.pk)
    intake.forget()
    # Copies of what we sent by the way, e.g. of an answer to a chat, are about nothing here.
    told = fits or report.state == "accepted"
    return "" if told else _("A delivery report names a message not known here.")


def _name(intake: Intake, arrival: Arrival) -> None:
    """A new raw item is a new message, even where its sender has used the id before."""
    if arrival.raw is None or channel_class(intake.inbox.kind).traits.unique_ids:
        return
    own_id = arrival.inbound.external_id
    held = intake.held(own_id)
    if held and held[0] != arrival.raw.pk:
        arrival.claimed_id = own_id
        arrival.inbound = replace(arrival.inbound, external_id=again(own_id, arrival.raw))


def _arrived(intake: Intake, inbound: Inbound) -> None:
    """Whoever answers a message of ours has it: what was uncertain about it is settled."""
    doubtful = [one for one in inbound.thread if one in intake.doubtful]
    if not doubtful:
        return
    intake.write()
    for external_id in doubtful:
        for inbox_id in intake.doubtful[external_id]:
            note_report(Report(external_id=external_id, state="delivered"), inbox_id=inbox_id)
    intake.forget()
