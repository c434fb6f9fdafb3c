"""The outbox as a whole: noticing that it is stuck, and letting what is stuck leave once more."""

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.channels import outages
from opieka.channels.models import Inbox, Outage
from opieka.conversations import outbox
from opieka.conversations.actions.deliver import move, resend
from opieka.conversations.events import ReplyWritten
from opieka.conversations.models import Delivery, Message
from opieka.plumbing import audit, jobs
from opieka.plumbing.events import publish

State = Delivery.State


def watch_outbox() -> None:
    """An outage begins where something is stuck, and ends where nothing is any more."""
    stuck = {one.inbox.pk: one for one in outbox.stuck()}
    for one in stuck.values():
        outages.hold_up(one.inbox, since=one.since, why=one.why, waiting=one.count)
    lasting = Outage.objects.filter(side=Outage.Side.OUT, caught_up_at=None).select_related("inbox")
    for outage in lasting.exclude(inbox__in=stuck):
        outages.drain(outage.inbox)


@transaction.atomic
def retry_stuck(inbox: Inbox, *, by: Membership) -> int:
    """Whatever is stuck in this inbox leaves now, or fails anew. Returns how many replies that is.

    What is being handed over in this very moment is left alone: it might leave twice.
    """
    tried = sum(_hasten(found.message) for found in outbox.stuck_for(by, inbox))
    if tried:
        audit.record(
            by.organisation_id, f"membership:{by.pk}", "retried outbox", subject=f"inbox:{inbox.pk}", count=tried
        )
    return tried


def _hasten(message: Message) -> bool:
    delivery = Delivery.objects.select_for_update().get(message=message)
    if delivery.state == State.FAILED:
        resend(message)
        return True
    if delivery.state != State.QUEUED:
        return False
    delivery.attempts, delivery.not_before = 0, timezone.now()
    delivery.message = message
    move(delivery, State.QUEUED, error=delivery.error)
    event = ReplyWritten(
        organisation_id=message.organisation_id,
        conversation_id=message.conversation.standing_id,
        message_id=message.pk,
        author=message.author,
    )
    # Its job may wait for the next attempt, or may have been given up: one that finds nothing to do does nothing.
    jobs.hasten(event.key())
    publish(event)
    return True
