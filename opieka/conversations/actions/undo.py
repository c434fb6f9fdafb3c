"""Remembering what a member did, and taking the last of it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.actions.lock import hold, save
from opieka.conversations.actions.log import log_event
from opieka.conversations.actions.merge import undo_merging
from opieka.conversations.actions.say import save_draft
from opieka.conversations.actions.schedule import cancel_scheduled
from opieka.conversations.actions.withdraw import withdraw
from opieka.conversations.events import (
    ConversationChanged,
    ConversationCleared,
    ConversationQuarantined,
    ConversationReopened,
    ConversationResolved,
)
from opieka.conversations.models import Author, Conversation, Kind, Message, Speaker, Status, Undo
from opieka.conversations.queries import draft_of
from opieka.customers.actions import unblock
from opieka.plumbing.events import publish

LASTS = timedelta(minutes=10)

TIMES = {"snoozed_until", "resolved_at", "waiting_since"}
# Fields that say one thing together go back together, or not at all: who has changed one of them since knows better.
STATE = ("status", "snoozed_until", "resolved_at", "resolved_by", "waiting_since", "quarantine")
OWNER = ("assignee_id", "team_id", "speaker")
TOGETHER = (STATE, OWNER, ("topic",), ("tags",), ("subject",))


@contextmanager
def remembered(thread: Conversation, verb: str, *, by: Membership | None) -> Iterator[dict[str, Any]]:
    """Keep what this verb changes, for "undo"; what the house does by itself (`by` None) nobody takes back.

    What it made besides goes into the dict, by name: {"block": id}.
    """
    before, made = _work_of(thread), dict[str, Any]()
    yield made
    after = _work_of(thread) | made
    before |= dict.fromkeys(made)
    changed = [name for name, value in before.items() if value != after[name]]
    if by and changed:
        Undo.objects.create(
            organisation_id=thread.organisation_id,
            member=by,
            conversation=thread,
            verb=verb,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )


def _work_of(thread: Conversation) -> dict[str, Any]:
    """The fields that verbs change, as JSON values; a moment in UTC, however it was written."""
    found = {name: getattr(thread, name) for name in ("unread", *(name for names in TOGETHER for name in names))}
    moments = {name: found[name].astimezone(UTC).isoformat() for name in TIMES if found[name]}
    return found | moments


@transaction.atomic
def undo_last(member: Membership) -> Undo | None:
    """Take back the member's last act that still can be; None when there is none.

    What somebody else has changed since stays as they left it. A reply is taken back only while it has not left; its
    text goes back to the draft, before what has been typed since.
    """
    last = (
        Undo.objects.select_for_update()
        .filter(member=member, used_at=None, created_at__gt=timezone.now() - LASTS)
        .order_by("-id")
        .first()
    )
    if last is None:
        return None
    last.used_at = timezone.now()
    last.save(update_fields=["used_at"])
    if last.message:
        return last if _withdraw(last.message, member) else None
    if last.scheduled:
        return last if cancel_scheduled(last.scheduled, by=member) else None
    if last.verb in {"merge", "unmerge", "split"}:
        return last if undo_merging(last) else None
    thread = hold(last.conversation_id)
    if thread.merged_into_id:
        return None
    was = thread.status
    fields = _restore(thread, last)
    lifted = "block" in last.after and unblock(last.after["block"], by=member)
    if not fields and not lifted:
        return None
    save(thread, *(name.removesuffix("_id") for name in fields))
    log_event(thread, "undone", by=member, what=last.verb)
    _tell(thread, was)
    return last


def _withdraw(message: Message, member: Membership) -> bool:
    if not withdraw(message, by=member):
        return False
    since = draft_of(message.conversation, member)
    save_draft(message.conversation, "\n\n".join(text for text in (message.text, since) if text), by=member)
    return True


def _restore(thread: Conversation, last: Undo) -> list[str]:
    """Put back what still is as the act left it; the names of the fields."""
    now, restored = _work_of(thread), []
    for names in TOGETHER:
        mine = [name for name in names if name in last.after]
        if any(now[name] != last.after[name] for name in mine):
            continue
        for name in mine:
            value = last.before[name]
            setattr(thread, name, datetime.fromisoformat(value) if name in TIMES and value else value)
        restored += mine
    if "status" in restored and now["unread"] == last.after.get("unread"):
        thread.unread = last.before["unread"]
        restored.append("unread")
    if thread.status == Status.SNOOZED and thread.snoozed_until and thread.snoozed_until <= timezone.now():
        thread.status, thread.snoozed_until = Status.OPEN, None
    if "speaker" in restored and thread.asked_for_person_at:
        # The customer has asked for a person meanwhile, so the assistant does not come back.
        thread.speaker = Speaker.QUEUE
    return restored


def _tell(thread: Conversation, was: str) -> None:
    """A resolution that was taken back never happened: the customer does not see it, and it is not counted."""
    about = {"organisation_id": thread.organisation_id, "conversation_id": thread.pk}
    if was == Status.SPAM != thread.status:
        publish(ConversationCleared(**about, by=Author.AGENT.value))
    elif was != Status.SPAM == thread.status:
        publish(ConversationQuarantined(**about, by=str((thread.quarantine or {}).get("by", ""))))
    elif was == Status.RESOLVED != thread.status:
        lines = Message.objects.filter(conversation=thread, kind=Kind.EVENT, extra__verb="resolved")
        if line := lines.order_by("-id").first():
            line.extra = {**line.extra, "undone": True}
            line.save(update_fields=["extra"])
        publish(ConversationReopened(**about, by=Author.AGENT.value))
    elif was != Status.RESOLVED == thread.status:
        publish(ConversationResolved(**about, by=thread.resolved_by or Author.AGENT.value))
    else:
        publish(ConversationChanged(**about))
