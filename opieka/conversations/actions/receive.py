"""A customer says something."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.channels.base import Inbound
from opieka.channels.models import Inbox, Raw
from opieka.conversations.actions.lock import lock, next_number, save
from opieka.conversations.actions.outgoing import attach
from opieka.conversations.events import ConversationReopened, MessageReceived, MessagesSeen
from opieka.conversations.models import Author, Conversation, Message, Status
from opieka.conversations.rules import plain_subject, preview_of, subject_from
from opieka.customers.models import Customer
from opieka.plumbing.events import publish


@transaction.atomic
def receive(
    inbox: Inbox,
    inbound: Inbound,
    *,
    customer: Customer,
    conversation: Conversation | None = None,
    raw: Raw | None = None,
) -> Message:
    """Record a customer's message once, however often the channel repeats it.

    It joins `conversation` when one is given, else it starts one. An automatic message never reopens anything. For one
    that was merged it stays that one's, and stands in the thread that shows it.
    """
    known = Message.objects.filter(inbox=inbox, external_id=inbound.external_id).first()
    if known:
        return known
    thread = lock(conversation.pk) if conversation else _start(inbox, inbound, customer)
    message = Message.objects.create(
        organisation_id=inbox.organisation_id,
        conversation=conversation or thread,
        inbox=inbox,
        raw=raw,
        external_id=inbound.external_id[:300],
        author=Author.CUSTOMER,
        text=inbound.text,
        html=inbound.html,
        full_text=inbound.full_text,
        recipients={"from": inbound.sender, "to": list(inbound.recipients), "cc": list(inbound.copies)},
        extra=_extra(inbound),
        automatic=inbound.automatic,
        verified=inbound.verified,
        created_at=timezone.now(),
    )
    for file in inbound.files:
        attach(message, file, organisation_id=inbox.organisation_id)
    _touch(thread, message)
    publish(
        MessageReceived(
            organisation_id=inbox.organisation_id,
            conversation_id=thread.pk,
            message_id=message.pk,
            automatic=inbound.automatic,
        )
    )
    return message


def _extra(inbound: Inbound) -> dict[str, Any]:
    """What pages may need of a customer's message besides its text; nothing that is empty."""
    known = {
        "choice": inbound.choice,
        "remarks": list(inbound.remarks),
        "remote_pictures": list(inbound.remote_pictures),
        "sent_at": inbound.sent_at.isoformat() if inbound.sent_at else "",
    }
    return {name: value for name, value in known.items() if value}


def _start(inbox: Inbox, inbound: Inbound, customer: Customer) -> Conversation:
    now = timezone.now()
    subject = plain_subject(inbound.subject) or subject_from(inbound.text)
    return Conversation.objects.create(
        organisation_id=inbox.organisation_id,
        number=next_number(inbox.organisation_id),
        inbox=inbox,
        channel=inbox.kind,
        customer=customer,
        subject=subject,
        team_id=inbox.team_id,
        created_at=now,
        last_message_at=now,
    )


def _touch(thread: Conversation, message: Message) -> None:
    """What a customer's message does to the card."""
    thread.last_message_at = message.created_at
    thread.preview = preview_of(message.text)
    thread.unread += 1
    fields = ["last_message_at", "preview", "unread"]
    if not message.automatic:
        thread.waiting_since = thread.waiting_since or message.created_at
        fields.append("waiting_since")
        if thread.status != Status.OPEN:
            fields += _reopen(thread)
    save(thread, *fields)


def _reopen(thread: Conversation) -> list[str]:
    was_resolved = thread.status == Status.RESOLVED
    thread.status = Status.OPEN
    thread.snoozed_until = None
    thread.resolved_at = None
    if was_resolved:
        publish(
            ConversationReopened(
                organisation_id=thread.organisation_id, conversation_id=thread.pk, by=Author.CUSTOMER.value
            )
        )
    return ["status", "snoozed_until", "resolved_at"]


@transaction.atomic
def see(conversation: Conversation, *, up_to: int) -> None:
    """The customer has read our messages up to this id."""
    now = timezone.now()
    unseen = Message.objects.filter(conversation=conversation, id__lte=up_to, seen_at=None)
    if unseen.exclude(author=Author.CUSTOMER).update(seen_at=now):
        thread = lock(conversation.pk)
        save(thread)
        publish(MessagesSeen(organisation_id=thread.organisation_id, conversation_id=thread.pk))
