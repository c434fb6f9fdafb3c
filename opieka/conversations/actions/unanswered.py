"""An answer that never arrived is no answer: the customer waits again, and agents see it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationChanged, ConversationReopened
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Status
from opieka.plumbing.events import publish


@transaction.atomic
def unanswered_again(message: Message) -> None:
    """Open the conversation whose latest answer of a person failed, whoever settled it meanwhile."""
    if message.author != Author.AGENT or _answers(message).filter(id__gt=message.pk).exists():
        return
    thread = lock(message.conversation_id)
    if thread.status == Status.OPEN and thread.waiting_since:
        return
    was_resolved = thread.status == Status.RESOLVED
    thread.status = Status.OPEN
    thread.snoozed_until = thread.resolved_at = None
    thread.waiting_since = _waits_since(message)
    thread.unread += 1
    save(thread, "status", "snoozed_until", "resolved_at", "waiting_since", "unread")
    log_event(thread, "came back")
    _tell(thread, was_resolved=was_resolved)


@transaction.atomic
def answered_again(message: Message) -> None:
    """A person lets the same answer leave once more: unless the customer has written since, we wait for them."""
    since = Message.objects.filter(conversation_id=message.conversation_id, kind=Kind.REPLY, id__gt=message.pk)
    if message.author != Author.AGENT or since.filter(author=Author.CUSTOMER, automatic=False).exists():
        return
    thread = lock(message.conversation_id)
    if thread.status == Status.OPEN:
        thread.status, thread.waiting_since = Status.WAITING, None
        save(thread, "status", "waiting_since")
        _tell(thread, was_resolved=False)


def _answers(message: Message) -> QuerySet[Message]:
    """What people answered in this conversation and what has not failed."""
    said = Message.objects.filter(conversation_id=message.conversation_id, kind=Kind.REPLY, author=Author.AGENT)
    return said.filter(withdrawn_at=None).exclude(delivery__state=Delivery.State.FAILED)


def _waits_since(message: Message) -> datetime:
    before = _answers(message).filter(id__lt=message.pk).order_by("-id").first()
    said = Message.objects.filter(conversation_id=message.conversation_id, author=Author.CUSTOMER, automatic=False)
    first = said.filter(id__gt=before.pk if before else 0).order_by("id").first()
    return first.created_at if first else message.created_at


def _tell(thread: Conversation, *, was_resolved: bool) -> None:
    about = {"organisation_id": thread.organisation_id, "conversation_id": thread.pk}
    publish(ConversationReopened(**about, by=Author.SYSTEM.value) if was_resolved else ConversationChanged(**about))
