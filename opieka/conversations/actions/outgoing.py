"""What every message of ours goes through: the row, the outbox, the event."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.channels.base import File
from opieka.channels.registry import channel_class
from opieka.conversations.events import ReplyWritten
from opieka.conversations.models import Attachment, Author, Conversation, Delivery, Message
from opieka.conversations.queries import answer_goes_to
from opieka.conversations.rules import preview_of
from opieka.conversations.words import remember_words
from opieka.plumbing import files
from opieka.plumbing.events import publish
from opieka.plumbing.filetypes import type_of


def write(
    thread: Conversation,
    text: str,
    *,
    author: Author,
    member: Membership | None,
    extra: dict[str, Any],
    token: str = "",
) -> Message:
    """One message of ours, for the customer of this conversation; `tell` says it on the card."""
    message = Message.objects.create(
        organisation_id=thread.organisation_id,
        conversation=thread,
        author=author,
        member=member,
        text=text.strip(),
        extra=extra,
        token=token or None,
        words_due=False,
        created_at=timezone.now(),
    )
    remember_words([message])
    return message


def tell(thread: Conversation, message: Message) -> None:
    """Let the card say what was said last."""
    thread.last_message_at = message.created_at
    thread.preview = preview_of(message.text)


def queue(thread: Conversation, message: Message, *, undo: bool, copies: list[str]) -> Delivery:
    """Put the reply in the outbox. Where the channel allows, it waits a little so that it can be taken back."""
    waits = undo and channel_class(thread.channel).traits.undo and thread.inbox.settings.get("undo", True)
    wait = timedelta(seconds=settings.UNDO_SECONDS if waits else 0)
    message.recipients = {"cc": copies}
    message.inbox = thread.inbox
    message.save(update_fields=["recipients", "inbox"])
    leaves_at = message.created_at + wait
    return Delivery.objects.create(
        organisation_id=thread.organisation_id,
        message=message,
        recipient=answer_goes_to(thread),
        idempotency_key=uuid.uuid4().hex,
        not_before=leaves_at,
        due_at=leaves_at,
    )


def announce_reply(thread: Conversation, message: Message) -> None:
    publish(
        ReplyWritten(
            organisation_id=thread.organisation_id,
            conversation_id=thread.pk,
            message_id=message.pk,
            author=message.author,
        )
    )


def attach(message: Message | None, file: File, *, organisation_id: int, folder: str = "attachments") -> Attachment:
    """Keep a file."""
    attachment = stored([file], organisation_id=organisation_id, folder=folder)[0]
    attachment.message = message
    attachment.save()
    return attachment


def stored(found: Sequence[File], *, organisation_id: int, folder: str = "attachments") -> list[Attachment]:
    """The rows of files that lie in the store now; a type is told from the bytes, whatever the sender called it."""
    keys = files.store().put_all([file.content for file in found], folder=folder)
    return [
        Attachment(
            organisation_id=organisation_id,
            name=file.name[:200] or "plik",
            content_type=type_of(file.content, claimed=file.content_type),
            size=len(file.content),
            file=key,
            sha256=hashlib.sha256(file.content).hexdigest(),
            cid=file.cid[:200],
        )
        for file, key in zip(found, keys, strict=True)
    ]
