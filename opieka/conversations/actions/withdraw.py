"""Taking back a reply before it leaves."""

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationReopened, ReplyWithdrawn
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Status
from opieka.conversations.rules import preview_of
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
    save(thread, "status", "snoozed_until", "resolved_at", *_retell(thread))
    if was_resolved:
        log_event(thread, "reopened", by=by, who=Author.AGENT.value)
        publish(
            ConversationReopened(
                organisation_id=thread.organisation_id, conversation_id=thread.pk, by=Author.AGENT.value
            )
        )
    publish(ReplyWithdrawn(organisation_id=thread.organisation_id, conversation_id=thread.pk, message_id=message.pk))
    return True


def _retell(thread: Conversation) -> list[str]:
    """Make the card say what the thread says without that reply; the names of the fields."""
    said = Message.objects.filter(conversation=thread, kind=Kind.REPLY, withdrawn_at=None).order_by("id")
    last = said.exclude(author=Author.SYSTEM).last()
    if last:
        thread.last_message_at, thread.preview = last.created_at, preview_of(last.text)
    answers = said.filter(author=Author.AGENT)
    first, latest = answers.first(), answers.last()
    thread.first_reply_at = first.created_at if first else None
    unanswered = said.filter(author=Author.CUSTOMER, automatic=False, id__gt=latest.pk if latest else 0).first()
    thread.waiting_since = unanswered.created_at if unanswered else None
    return ["last_message_at", "preview", "first_reply_at", "waiting_since"]
