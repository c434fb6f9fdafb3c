"""An answer that never arrived is no answer: the customer waits again, and agents see it and why."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from opieka.conversations.actions.card import told_by_messages
from opieka.conversations.actions.hand_over import hand_over
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationChanged, ConversationReopened
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Speaker, Status
from opieka.plumbing.events import publish

PUT_AWAY = {Status.WAITING, Status.SNOOZED, Status.RESOLVED}
ANSWERERS = (Author.AGENT, Author.ASSISTANT)


@transaction.atomic
def unanswered_again(message: Message, *, address: str, why: str, since: Message | None = None) -> None:
    """Open the conversation whose latest answer failed, whoever put it away meanwhile, with the clock where it stood.

    The clock of whoever has written again since goes back to their first unanswered question. `since` is the first of
    several answers that failed together.
    """
    if message.author not in ANSWERERS or _answers(message).filter(id__gt=message.pk).exists():
        return
    thread = lock(message.conversation_id)
    if thread.status not in {*PUT_AWAY, Status.OPEN}:
        return
    log_event(thread, "came back", address=address, why=why)
    if thread.status == Status.RESOLVED:
        _was_not_settled(thread, message)
    open_again(thread, waits_since=_waits_since(since or message))
    if thread.speaker == Speaker.ASSISTANT:
        # It would only write to the same place again.
        hand_over(thread, reason="not delivered")


def open_again(thread: Conversation, *, waits_since: datetime | None = None) -> None:
    """What was put away because somebody was answered, or would be, is open again; a conversation that is held."""
    was = thread.status
    told = told_by_messages(thread)
    since = [one for one in (thread.waiting_since, waits_since or told["waiting_since"]) if one]
    thread.waiting_since = min(since, default=None)
    thread.first_reply_at = told["first_reply_at"]
    if was in PUT_AWAY:
        thread.status = Status.OPEN
        thread.snoozed_until = thread.resolved_at = None
        thread.unread += 1
    save(thread, "status", "snoozed_until", "resolved_at", "waiting_since", "first_reply_at", "unread")
    _tell(thread, was_resolved=was == Status.RESOLVED)


@transaction.atomic
def answered_again(message: Message) -> None:
    """A person lets the same answer leave once more: unless the customer has written since, we wait for them."""
    since = Message.objects.filter(conversation_id=message.conversation_id, kind=Kind.REPLY, id__gt=message.pk)
    if message.author not in ANSWERERS or since.filter(author=Author.CUSTOMER, automatic=False).exists():
        return
    thread = lock(message.conversation_id)
    if thread.status == Status.OPEN:
        thread.status, thread.waiting_since = Status.WAITING, None
        thread.first_reply_at = told_by_messages(thread)["first_reply_at"]
        save(thread, "status", "waiting_since", "first_reply_at")
        _tell(thread, was_resolved=False)


def _answers(message: Message) -> QuerySet[Message]:
    """What was answered in this conversation and has not failed."""
    said = Message.objects.filter(conversation_id=message.conversation_id, kind=Kind.REPLY, author__in=ANSWERERS)
    return said.filter(withdrawn_at=None).exclude(delivery__state=Delivery.State.FAILED)


def _waits_since(message: Message) -> datetime:
    before = _answers(message).filter(id__lt=message.pk).order_by("-id").first()
    said = Message.objects.filter(conversation_id=message.conversation_id, author=Author.CUSTOMER, automatic=False)
    first = said.filter(id__gt=before.pk if before else 0).order_by("id").first()
    return first.created_at if first else message.created_at


def _was_not_settled(thread: Conversation, message: Message) -> None:
    """Nobody can have been content with what never reached them: no figure counts that it was settled."""
    lines = Message.objects.filter(conversation=thread, kind=Kind.EVENT, extra__verb="resolved", id__gt=message.pk)
    if line := lines.order_by("-id").first():
        line.extra = {**line.extra, "undone": True}
        line.save(update_fields=["extra"])


def _tell(thread: Conversation, *, was_resolved: bool) -> None:
    about = {"organisation_id": thread.organisation_id, "conversation_id": thread.pk}
    publish(ConversationReopened(**about, by=Author.SYSTEM.value) if was_resolved else ConversationChanged(**about))
