"""We say something: a reply to the customer, a note among ourselves, or news from the house itself."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.actions.hand_over import join
from opieka.conversations.actions.lock import lock, part_of, save
from opieka.conversations.actions.outgoing import announce_reply, queue, tell, write
from opieka.conversations.actions.place import copies_for
from opieka.conversations.events import NoteWritten
from opieka.conversations.models import (
    Attachment,
    Author,
    Conversation,
    Draft,
    Kind,
    Message,
    Speaker,
    Status,
    Undo,
)
from opieka.conversations.queries import files_of_draft, written_as
from opieka.conversations.variables import filled
from opieka.conversations.words import remember_words
from opieka.plumbing.events import publish


class PeopleAnswer(Exception):
    """The assistant may not speak: a person leads this conversation, or was called."""


class NothingToSend(Exception):
    """An empty reply or note."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a person wrote for the customer; `copies` None is everybody of the customer's last mail."""

    text: str
    attachments: list[Attachment] = field(default_factory=list)
    copies: list[str] | None = None
    token: str = ""


@transaction.atomic
def reply(
    conversation: Conversation, text: str, *, by: Membership, attachments: list[Attachment] | None = None,
    copies: list[str] | None = None, token: str = "",
) -> Message:  # fmt: skip
    """A person answers the customer. Whoever answers leads the conversation from now on.

    Where conversations were merged, it goes to those who take part in the one that is named, and to nobody else. Asked for again under the same `token`, also at the same moment, it is the reply that was written before.
    """
    written = Written(text=text, attachments=attachments or [], copies=copies, token=token)
    return answer(lock(conversation.pk), written, by=by, part=conversation.pk, undo=True)


def answer(thread: Conversation, written: Written, *, by: Membership, part: int, undo: bool) -> Message:
    """Write and queue a person's answer in a conversation that is held; `undo`: it waits a little, to be taken back.

    `part` is the id of the conversation it answers: the same one, or one that was merged into it.
    Raises NothingToSend, and EmptyVariable where a variable of a template has no value.
    """
    if known := written_as(by, written.token):
        return known
    if not written.text.strip() and not written.attachments:
        raise NothingToSend
    answered = part_of(thread, part)
    text = filled(written.text, answered, by=by)
    join(thread, by)
    message = write(answered, text, author=Author.AGENT, member=by, extra={}, token=written.token)
    for attachment in written.attachments:
        attachment.message = message
        attachment.save(update_fields=["message"])
    copies = copies_for(answered) if written.copies is None else written.copies
    delivery = queue(answered, message, undo=undo, copies=copies)
    tell(thread, message)
    now = message.created_at
    thread.first_reply_at = thread.first_reply_at or now
    thread.waiting_since = None
    thread.status = Status.WAITING
    thread.snoozed_until = thread.resolved_at = None
    if thread.quarantine:
        thread.quarantine = {"cleared": True}
    save(
        thread,
        "quarantine",
        "last_message_at",
        "preview",
        "first_reply_at",
        "waiting_since",
        "status",
        "snoozed_until",
        "resolved_at",
    )
    forget_draft(thread, by)
    if delivery.not_before > now:
        Undo.objects.create(
            organisation_id=thread.organisation_id, member=by, conversation=thread, verb="reply", message=message
        )
    announce_reply(thread, message)
    return message


def forget_draft(thread: Conversation, member: Membership) -> None:
    """The member's draft of a reply was used: it goes, and so do the files that waited with it."""
    Draft.objects.filter(conversation=thread, member=member, kind=Kind.REPLY).delete()
    files_of_draft(thread, member).update(scheduled=None)


@transaction.atomic
def say(
    conversation: Conversation, text: str, *, extra: dict[str, Any] | None = None, automatic: bool = True
) -> Message:
    """The assistant speaks. Raises PeopleAnswer, decided under the lock, when a person leads or was called, or it is spam."""
    thread = lock(conversation.pk)
    if thread.speaker != Speaker.ASSISTANT or thread.person_joined_at or thread.status == Status.SPAM:
        raise PeopleAnswer
    message = write(thread, text, author=Author.ASSISTANT, member=None, extra=extra or {})
    tell(thread, message)
    message.automatic = automatic
    message.save(update_fields=["automatic"])
    queue(thread, message, undo=False, copies=[])
    save(thread, "last_message_at", "preview")
    announce_reply(thread, message)
    return message


@transaction.atomic
def announce(conversation: Conversation, text: str, *, extra: dict[str, Any] | None = None) -> Message:
    """The house itself writes to the customer, e.g. a survey: nobody leads, nothing reopens, no clock stops."""
    thread = lock(conversation.pk)
    message = write(thread, text, author=Author.SYSTEM, member=None, extra=extra or {})
    message.automatic = True
    message.save(update_fields=["automatic"])
    queue(thread, message, undo=False, copies=[])
    save(thread)
    announce_reply(thread, message)
    return message


@transaction.atomic
def note(conversation: Conversation, text: str, *, by: Membership | None, token: str = "") -> Message:
    """A note among ourselves. It has no delivery, so nothing can ever send it. `token` as for a reply.

    Where conversations were merged, a person's note is for the one that stands, the house's for the one it is about.
    """
    if not text.strip():
        raise NothingToSend
    thread = lock(conversation.pk)
    if by and (known := written_as(by, token)):
        return known
    message = Message.objects.create(
        organisation_id=thread.organisation_id,
        conversation=thread if by else conversation,
        kind=Kind.NOTE,
        author=Author.AGENT if by else Author.SYSTEM,
        member=by,
        text=text.strip(),
        token=token or None,
        words_due=False,
        created_at=timezone.now(),
    )
    remember_words([message])
    if by:
        Draft.objects.filter(conversation=thread, member=by, kind=Kind.NOTE).delete()
    save(thread)
    publish(NoteWritten(organisation_id=thread.organisation_id, conversation_id=thread.pk, message_id=message.pk))
    return message


@transaction.atomic
def save_draft(conversation: Conversation, text: str, *, by: Membership, kind: str = Kind.REPLY) -> None:
    """Keep what an agent has typed, where the page shows it; an empty text removes the draft."""
    if not text.strip():
        Draft.objects.filter(conversation_id=conversation.standing_id, member=by, kind=kind).delete()
        return
    Draft.objects.update_or_create(
        conversation_id=conversation.standing_id,
        member=by,
        kind=kind,
        defaults={"text": text, "organisation_id": conversation.organisation_id},
    )
