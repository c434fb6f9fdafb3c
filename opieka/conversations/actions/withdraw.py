"""Taking back a reply before it leaves."""

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.actions.card import told_by_messages
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationReopened, ReplyWithdrawn
from opieka.conversations.models import Author, Delivery, Message, Status
from opieka.plumbing.events import publish


@transaction.atomic
def withdraw(message: Message, *, by: Membership | None = None) -> bool:
    """Take back a reply that has not left, or could not. False when it is too late.

    The customer has no answer then, so the matter is open, whoever settled it meanwhile.
    """
    unsent = [Delivery.State.QUEUED, Delivery.State.FAILED]
    taken = Delivery.objects.filter(message=message, state__in=unsent).delete()[0]
    if not taken:
        return False
    message.withdrawn_at = timezone.now()
    message.save(update_fields=["withdrawn_at"])
    thread = lock(message.conversation_id)
    was_resolved = thread.status == Status.RESOLVED
    thread.status = Status.OPEN
    thread.snoozed_until = thread.resolved_at = None
    told = told_by_messages(thread)
    for name, value in told.items():
        setattr(thread, name, value)
    save(thread, "status", "snoozed_until", "resolved_at", *told)
    if was_resolved:
        log_event(thread, "reopened", by=by, who=Author.AGENT.value)
        publish(
            ConversationReopened(
                organisation_id=thread.organisation_id, conversation_id=thread.pk, by=Author.AGENT.value
            )
        )
    publish(ReplyWithdrawn(organisation_id=thread.organisation_id, conversation_id=thread.pk, message_id=message.pk))
    return True
