"""Spam: put away where it is kept and seen, and brought back with its clock as if it had never been away."""

from typing import Any

from django.db import transaction

from opieka.accounts.models import Membership, Team
from opieka.conversations.actions.hand_over import publish_handed_over
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.undo import remembered
from opieka.conversations.events import ConversationChanged, ConversationCleared, ConversationQuarantined
from opieka.conversations.models import Author, Conversation, Kind, Message, Speaker, Status
from opieka.conversations.queries import answer_goes_to
from opieka.customers.actions import CannotBlock, block
from opieka.customers.models import Block
from opieka.customers.rules import domain_of
from opieka.plumbing.events import publish

PUT_AWAY = ("status", "snoozed_until", "waiting_since", "quarantine", "unread")


@transaction.atomic
def mark_spam(conversation: Conversation, *, by: Membership) -> bool:
    """An agent says that this is spam, or that the filter was right. False when an agent has said so before."""
    thread = lock(conversation.pk)
    if thread.status == Status.SPAM and (thread.quarantine or {}).get("by") != "filter":
        return False
    with remembered(thread, "spam", by=by):
        _put_away(thread, {"by": "agent", "name": by.name})
        thread.unread = 0
    save(thread, *PUT_AWAY)
    log_event(thread, "marked as spam", by=by)
    _tell_quarantined(thread)
    return True


@transaction.atomic
def block_sender(conversation: Conversation, *, by: Membership, whole_domain: bool = False) -> Block:
    """Block whoever wrote last, or everybody at their domain, and put the conversation away. Raises CannotBlock."""
    thread = lock(conversation.pk)
    address = answer_goes_to(thread)
    wanted = domain_of(address) if whole_domain else address
    if not wanted:
        raise CannotBlock("nobody")
    with remembered(thread, "block", by=by) as kept:
        blocked = block(by, kind=thread.channel, value=wanted)
        kept["block"] = blocked.pk
        # What was called spam before goes on teaching the filter; whom somebody blocks need not write spam.
        said = (thread.quarantine or {}).get("by") == "agent" and thread.status == Status.SPAM
        _put_away(thread, {"by": "agent" if said else "block", "name": by.name, "value": blocked.value})
        thread.unread = 0
    save(thread, *PUT_AWAY)
    # The id of a visitor in a chat says nothing to anybody.
    log_event(thread, "blocked", by=by, value=blocked.value if "@" in blocked.value else str(thread.customer))
    _tell_quarantined(thread)
    return blocked


@transaction.atomic
def quarantine(conversation: Conversation, *, chance: float, words: list[str]) -> bool:
    """The filter takes it for spam. False when somebody has looked after it meanwhile."""
    thread = lock(conversation.pk)
    if thread.status != Status.OPEN or thread.assignee_id or thread.speaker == Speaker.PERSON:
        return False
    _put_away(thread, {"by": "filter", "chance": round(chance, 3), "words": words})
    save(thread, *PUT_AWAY)
    log_event(thread, "quarantined")
    _tell_quarantined(thread)
    return True


def _put_away(thread: Conversation, why: dict[str, Any]) -> None:
    thread.status = Status.SPAM
    thread.snoozed_until = None
    thread.waiting_since = None
    thread.quarantine = why


def _tell_quarantined(thread: Conversation) -> None:
    by = str((thread.quarantine or {}).get("by", ""))
    publish(ConversationQuarantined(organisation_id=thread.organisation_id, conversation_id=thread.pk, by=by))


@transaction.atomic
def not_spam(conversation: Conversation, *, by: Membership | None = None) -> bool:
    """Back into the inbox for a person to answer, the clock counted from when the customer wrote.

    `by` None: what it says may have a legal meaning. False when it was not in quarantine.
    """
    thread = lock(conversation.pk)
    if thread.status != Status.SPAM:
        return False
    called = thread.speaker == Speaker.ASSISTANT
    with remembered(thread, "not spam", by=by):
        thread.status = Status.OPEN
        thread.quarantine = {"cleared": True}
        thread.resolved_at = None
        thread.waiting_since = _waits_since(thread)
        thread.unread = max(1, thread.unread)
        if called:
            # The assistant has let it pass in silence; only people look at what comes back.
            thread.speaker = Speaker.QUEUE
            thread.team = thread.team or Team.objects.filter(organisation=thread.organisation, takes_new=True).first()
    save(thread, "status", "quarantine", "resolved_at", "waiting_since", "unread", "speaker", "team")
    log_event(thread, "not spam", by=by)
    publish(
        ConversationCleared(
            organisation_id=thread.organisation_id, conversation_id=thread.pk, by="agent" if by else "law"
        )
    )
    if called:
        publish_handed_over(thread, "not spam")
    return True


def _waits_since(thread: Conversation) -> Any:
    """When the first message came that nobody has answered; None where there is none."""
    said = Message.objects.filter(conversation=thread, kind=Kind.REPLY, withdrawn_at=None).order_by("id")
    answer = said.filter(author__in=[Author.AGENT, Author.ASSISTANT]).last()
    asked = said.filter(author=Author.CUSTOMER, automatic=False, id__gt=answer.pk if answer else 0).first()
    return asked.created_at if asked else None


@transaction.atomic
def flag_legal(message: Message, *, legal: str, chance: float | None = None) -> None:
    """What looks like spam, or comes from somebody blocked, may have a legal meaning: said beside the message.

    `chance` is how sure the filter was, where the message stayed in the inbox for its meaning alone.
    """
    thread = lock(message.conversation_id)
    said = {"meaning": legal} | ({"chance": round(chance, 3)} if chance is not None else {})
    if message.extra.get("legal") == said:
        return
    message.extra = {**message.extra, "legal": said}
    message.save(update_fields=["extra"])
    if legal not in thread.tags:
        thread.tags = [*thread.tags, legal]
    save(thread, "tags")
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))
