"""From a stored raw item to messages in the right conversations."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opieka.channels.actions import settle
from opieka.channels.base import Inbound, Report, Unreadable
from opieka.channels.events import RawArrived
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of, hook_of
from opieka.channels.registry import channel_class
from opieka.conversations.actions.place import Place, place_of
from opieka.conversations.actions.receive import receive
from opieka.conversations.actions.reported import note_report
from opieka.conversations.models import Delivery, Message
from opieka.conversations.rules import NAME, believed
from opieka.customers.actions import recognise
from opieka.plumbing.jobs import job


# Mails are taken in in the order they came; one that fails again and again holds up no other.
@job(retries=8, steps_aside=True)
def take_in(event: RawArrived) -> None:
    """Understand one raw item. What cannot be understood is kept where people see it, and the next one goes on."""
    raw = Raw.objects.select_related("inbox__organisation").get(id=event.raw_id)
    if raw.state != Raw.State.NEW:
        return
    try:
        found = [_storable(inbound) for inbound in channel_of(raw.inbox).parse(hook_of(raw))]
    except Unreadable as reason:
        settle(raw, problem=str(reason))
        return
    with transaction.atomic():
        problems = [_take(raw, inbound) for inbound in found]
        settle(raw, problem=" ".join(problem for problem in problems if problem))


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
    return replace(inbound, **{name: _without_nul(value) for name, value in vars(inbound).items()})


def _without_nul(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_without_nul, value))
    return value.replace("\0", "") if isinstance(value, str) else value


def _take(raw: Raw, inbound: Inbound) -> str:
    """Put one message where it belongs. Returns "" or a sentence about why nobody can tell where that is."""
    inbox = raw.inbox
    if inbound.report:
        fits = note_report(inbound.report, inbox_id=inbox.pk)
        # Copies of what we sent by the way, e.g. of an answer to a chat, are about nothing here.
        told = fits or inbound.report.state == "accepted"
        return "" if told else _("A delivery report names a message not known here.")
    inbound = _under_an_id_of_its_own(raw, inbound)
    name = inbound.sender_name if believed(inbound.authentication.state, NAME) else ""
    customer = recognise(inbox.organisation, kind=inbox.kind, value=inbound.sender, name=name)
    place = place_of(inbox, inbound, customer)
    message = receive(
        inbox, inbound, customer=customer, conversation=place.conversation, raw=raw, blocked=place.blocked
    )
    _remember_place(message, place)
    if place.conversation:
        _arrived(inbound, inbox)
    return ""


def _under_an_id_of_its_own(raw: Raw, inbound: Inbound) -> Inbound:
    """A new raw item is a new message, even where its sender has used the id before."""
    if channel_class(raw.inbox.kind).traits.unique_ids:
        return inbound
    same = Message.objects.filter(inbox=raw.inbox, external_id=inbound.external_id).exclude(raw=raw)
    return replace(inbound, external_id=f"{inbound.external_id}#{raw.pk}") if same.exists() else inbound


def _remember_place(message: Message, place: Place) -> None:
    """How it came into its conversation, and which other it may belong to."""
    # Taken in twice at once, it finds the conversation it has just begun itself.
    elsewhere = place.maybe if place.maybe and place.maybe.pk != message.conversation_id else None
    known = {"joined_by": place.by, "maybe": elsewhere.pk if elsewhere else 0}
    if fresh := {name: value for name, value in known.items() if value and name not in message.extra}:
        message.extra = {**message.extra, **fresh}
        message.save(update_fields=["extra"])


def _arrived(inbound: Inbound, inbox: Inbox) -> None:
    """Whoever answers a message of ours has it: what was uncertain about it is settled."""
    doubtful = Delivery.objects.filter(
        organisation_id=inbox.organisation_id, external_id__in=inbound.thread, state=Delivery.State.UNCERTAIN
    )
    for external_id, inbox_id in doubtful.values_list("external_id", "message__inbox_id"):
        note_report(Report(external_id=external_id, state="delivered"), inbox_id=inbox_id)
