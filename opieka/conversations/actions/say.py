"""We say something: a reply to the customer, a note among ourselves, or news from the house itself."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.conversations.actions.hand_over import join
from opieka.conversations.actions.lock import lock, save, with_its_own
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
from opieka.conversations.queries import written_as
from opieka.plumbing.events import publish


class PeopleAnswer(Exception):
    """The assistant may not speak: a person leads this conversation, or was called."""


class NothingToSend(Exception):
    """An empty reply or note."""


@transaction.atomic
def reply(
    conversation: Conversation, text: str, *, by: Membership, attachments: list[Attachment] | None = None,
    copies: list[str] | None = None, token: str = "",
) -> Message:  # fmt: skip
    """A person answers the customer. Whoever answers leads the conversation from now on.

    Where conversations were merged, it goes to those who take part in the one that is named, and to nobody else. Asked for again under the same `token`, also at the same moment, it is the reply that was written before.
    """
    thread = lock(conversation.pk)
    if known := written_as(by, token):
        return known
    if not text.strip() and not attachments:
        raise NothingToSend
    join(thread, by)
    part = thread if thread.pk == conversation.pk else with_its_own(conversation.pk)
    message = write(part, text, author=Author.AGENT, member=by, extra={}, token=token)
    for attachment in attachments or []:
        attachment.message = message
        attachment.save(update_fields=["message"])
    copies = copies_for(part) if copies is None else copies
    delivery = queue(part, message, undo=True, copies=copies)
    tell(thread, message)
    now = message.created_at
    thread.first_reply_at = thread.first_reply_at or now
    thread.waiting_since = None
    thread.status = Status.WAITING
    thread.snoozed_until = thread.resolved_at = None
    save(
        thread,
        "last_message_at",
        "preview",
        "first_reply_at",
        "waiting_since",
        "status",
        "snoozed_until",
        "resolved_at",
    )
    Draft.objects.filter(conversation=thread, member=by, kind=Kind.REPLY).delete()
    if delivery.not_before > now:
        Undo.objects.create(
            organisation_id=thread.organisation_id, member=by, conversation=thread, verb="reply", message=message
        )
    announce_reply(thread, message)
    return message


@transaction.atomic
def say(
    conversation: Conversation, text: str, *, extra: dict[str, Any] | None = None, automatic: bool = True
) -> Message:
    """The assistant speaks. Raises PeopleAnswer, decided under the lock, when a person leads or was called."""
    thread = lock(conversation.pk)
    if thread.speaker != Speaker.ASSISTANT or thread.person_joined_at:
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
        created_at=timezone.now(),
    )
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
