"""What others tell us about messages of ours: it arrived, it came back, somebody complained about it."""

from django.db import transaction

from opieka.channels.base import Report
from opieka.conversations.actions.deliver import fail, lose_address, move
from opieka.conversations.actions.follow_up import note_letter_report
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationChanged
from opieka.conversations.models import Delivery
from opieka.customers.actions import mark_complained, mark_reachable
from opieka.plumbing.events import publish

State = Delivery.State


@transaction.atomic
def note_report(report: Report, *, inbox_id: int) -> bool:
    """A report came back: the same message turns green or red. False when no message of ours fits."""
    found = Delivery.objects.filter(message__inbox_id=inbox_id, external_id=report.external_id)
    delivery = found.select_related("message__conversation").first()
    if delivery is None:
        return note_letter_report(report, inbox_id=inbox_id)
    copy = bool(report.recipient) and report.recipient.lower() != delivery.recipient.lower()
    _mark_address(delivery, report)
    if report.state == "complained":
        _complained(delivery, report)
    elif report.state == "accepted":
        if delivery.state == State.UNCERTAIN:
            move(delivery, State.ACCEPTED)
    elif copy and report.state != "delivered":
        # The message itself may well have arrived; only somebody who was to get a copy did not.
        move(delivery, delivery.state, error=f"{report.recipient}: {report.reason}")
    elif report.state == "failed" and delivery.state != State.FAILED:
        fail(delivery, error=report.reason)
    elif report.state == "delayed" and delivery.state == State.ACCEPTED:
        move(delivery, State.ACCEPTED, error=report.reason)
    elif report.state == "delivered" and not copy and delivery.state != State.FAILED:
        move(delivery, State.DELIVERED)
    return True


def _mark_address(delivery: Delivery, report: Report) -> None:
    """Only of those the message went to: whoever writes a report can name any address in it."""
    named = report.recipient or delivery.recipient
    if named.lower() not in {one.lower() for one in (delivery.recipient, *delivery.message.recipients.get("cc", ()))}:
        return
    if report.state == "failed" and report.no_such_address:
        conversation = delivery.message.conversation
        lose_address(conversation, named, kind=conversation.channel)
    marks = {"delivered": mark_reachable, "complained": mark_complained}
    if mark := marks.get(report.state):
        mark(delivery.organisation_id, kind=delivery.message.conversation.channel, value=named)


def _complained(delivery: Delivery, report: Report) -> None:
    """Whoever complains about a message has it."""
    if delivery.state in {State.ACCEPTED, State.UNCERTAIN}:
        move(delivery, State.DELIVERED)
    thread = lock(delivery.message.conversation_id)
    log_event(thread, "complained", address=report.recipient or delivery.recipient)
    save(thread)
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))
