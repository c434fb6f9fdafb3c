"""What agents do to a conversation besides speaking. Each verb remembers how to take it back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership, Team
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.undo import remembered
from opieka.conversations.events import (
    AnswerJudged,
    Assigned,
    ConversationChanged,
    ConversationReopened,
    ConversationResolved,
    ConversationSnoozed,
    ConversationWoken,
)
from opieka.conversations.models import Author, Conversation, Message, Speaker, Status
from opieka.conversations.rules import may_become
from opieka.plumbing.events import publish


class CannotDo(Exception):
    """The conversation is not in a state for that; the text is a word of `rules.MOVES`."""


@transaction.atomic
def assign(
    conversation: Conversation, *, by: Membership | None, to: Membership | None = None, team: Team | None = None
) -> None:
    """Give the conversation to a person, to a team's queue, or (neither) back to everybody; `by` None is the house."""
    thread = lock(conversation.pk)
    if thread.assignee_id == (to.pk if to else None) and (team is None or thread.team_id == team.pk):
        return
    with remembered(thread, "assign", by=by):
        thread.assignee = to
        if team is not None:
            thread.team = team
        if to and thread.speaker == Speaker.ASSISTANT:
            thread.speaker = Speaker.QUEUE
    save(thread, "assignee", "team", "speaker")
    log_event(thread, "assigned", by=by, to=to.name if to else "", team=team.name if team else "")
    publish(
        Assigned(
            organisation_id=thread.organisation_id,
            conversation_id=thread.pk,
            membership_id=to.pk if to else None,
            team_id=thread.team_id,
        )
    )


@transaction.atomic
def resolve(conversation: Conversation, *, by: Membership | None = None, who: str = Author.AGENT) -> bool:
    """The matter is settled. `who` is agent, customer or assistant. False when it was settled already, or is spam."""
    thread = lock(conversation.pk)
    if not may_become(thread.status, Status.RESOLVED):
        return False
    with remembered(thread, "resolve", by=by):
        thread.status = Status.RESOLVED
        thread.snoozed_until = None
        thread.waiting_since = None
        thread.unread = 0
        thread.resolved_at = timezone.now()
        thread.resolved_by = who
    save(thread, "status", "snoozed_until", "waiting_since", "unread", "resolved_at", "resolved_by")
    log_event(thread, "resolved", by=by, who=str(who))
    publish(ConversationResolved(organisation_id=thread.organisation_id, conversation_id=thread.pk, by=str(who)))
    return True


@transaction.atomic
def reopen(conversation: Conversation, *, by: Membership | None = None, who: str = Author.AGENT) -> bool:
    """The matter is not settled after all."""
    thread = lock(conversation.pk)
    if not may_become(thread.status, Status.OPEN):
        return False
    was_resolved = thread.status == Status.RESOLVED
    with remembered(thread, "reopen", by=by):
        thread.status = Status.OPEN
        thread.snoozed_until = None
        thread.resolved_at = None
    save(thread, "status", "snoozed_until", "resolved_at")
    if was_resolved:
        log_event(thread, "reopened", by=by, who=str(who))
        publish(ConversationReopened(organisation_id=thread.organisation_id, conversation_id=thread.pk, by=str(who)))
    else:
        publish(ConversationWoken(organisation_id=thread.organisation_id, conversation_id=thread.pk))
    return True


@transaction.atomic
def snooze(conversation: Conversation, *, until: datetime, by: Membership) -> None:
    """Put the conversation away until then, or until the customer writes. Raises CannotDo."""
    thread = lock(conversation.pk)
    if thread.status != Status.SNOOZED and not may_become(thread.status, Status.SNOOZED):
        raise CannotDo(thread.status)
    with remembered(thread, "snooze", by=by):
        thread.status = Status.SNOOZED
        thread.snoozed_until = until
    save(thread, "status", "snoozed_until")
    log_event(thread, "snoozed", by=by, until=until.isoformat())
    publish(ConversationSnoozed(organisation_id=thread.organisation_id, conversation_id=thread.pk))


@transaction.atomic
def wake(conversation: Conversation) -> bool:
    """A snoozed conversation is due again."""
    thread = lock(conversation.pk)
    if thread.status != Status.SNOOZED:
        return False
    thread.status = Status.OPEN
    thread.snoozed_until = None
    save(thread, "status", "snoozed_until")
    log_event(thread, "woken")
    publish(ConversationWoken(organisation_id=thread.organisation_id, conversation_id=thread.pk))
    return True


def wake_due() -> int:
    """Wake every conversation whose time has come."""
    due = Conversation.objects.filter(status=Status.SNOOZED, snoozed_until__lte=timezone.now())
    return sum(wake(conversation) for conversation in due.order_by("snoozed_until")[:500])


@transaction.atomic
def change(conversation: Conversation, *, by: Membership, **fields: Any) -> None:
    """Correct the card: `topic`, `tags` or `subject`."""
    unknown = set(fields) - {"topic", "tags", "subject"}
    if unknown:
        raise TypeError(f"change() does not change {', '.join(sorted(unknown))}.")
    thread = lock(conversation.pk)
    with remembered(thread, "change", by=by):
        for name, value in fields.items():
            setattr(thread, name, value)
    save(thread, *fields)
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))


@transaction.atomic
def mark(conversation: Conversation, *, topic: str = "", language: str = "", tag: str = "") -> None:
    """Write on the card what a message is about. What stands there stays: an agent may have set it."""
    thread = lock(conversation.pk)
    marked = {
        "topic": thread.topic or topic,
        "language": thread.language or language,
        "tags": [*thread.tags, tag] if tag and tag not in thread.tags else thread.tags,
    }
    changed = [name for name, value in marked.items() if getattr(thread, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(thread, name, marked[name])
    save(thread, *changed)
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))


@transaction.atomic
def mark_read(conversation: Conversation, *, unread: bool = False) -> None:
    """The team has seen it, or wants it to look new again."""
    thread = lock(conversation.pk)
    wanted = max(1, thread.unread) if unread else 0
    if thread.unread == wanted:
        return
    thread.unread = wanted
    save(thread, "unread")
    publish(ConversationChanged(organisation_id=thread.organisation_id, conversation_id=thread.pk))


@transaction.atomic
def judge(message: Message, *, helpful: bool) -> None:
    """The customer said whether the assistant's answer was enough. "Yes" settles the matter; silence never does.

    An old answer settles nothing: not once people answer, and not what the customer has asked after it.
    """
    thread = lock(message.conversation_id)
    message.extra = {**message.extra, "helpful": helpful}
    message.save(update_fields=["extra"])
    publish(
        AnswerJudged(
            organisation_id=message.organisation_id,
            conversation_id=thread.pk,
            message_id=message.pk,
            helpful=helpful,
        )
    )
    asked_since = Message.objects.filter(conversation=thread, author=Author.CUSTOMER, id__gt=message.pk)
    if helpful and thread.speaker == Speaker.ASSISTANT and not asked_since.exists():
        resolve(thread, who="assistant")
