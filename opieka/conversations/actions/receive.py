"""A customer says something."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.channels.base import Inbound, Invitation
from opieka.channels.models import Inbox, Raw
from opieka.channels.registry import channel_class
from opieka.conversations.actions.authenticate import known_as
from opieka.conversations.actions.lock import lock, next_number, save
from opieka.conversations.actions.outgoing import attach
from opieka.conversations.actions.schedule import hold_back
from opieka.conversations.events import (
    AcknowledgementWanted,
    ConversationReopened,
    MessageReceived,
    MessagesSeen,
    SenderUnproven,
    StrangerWrote,
)
from opieka.conversations.models import Author, Conversation, Message, Status
from opieka.conversations.rules import plain_subject, preview_of, subject_from
from opieka.customers.actions import mark_reachable
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
    blocked: str = "",
) -> Message:
    """Record a customer's message once, however often the channel repeats it.

    It joins `conversation` when one is given, else it starts one; in quarantine where its sender is `blocked`. An
    automatic message never reopens anything. For one that was merged it stays that one's, and stands in the thread that shows it.
    """
    known = Message.objects.filter(inbox=inbox, external_id=inbound.external_id).first()
    if known:
        return known
    thread = lock(conversation.pk) if conversation else _start(inbox, inbound, customer, blocked=blocked)
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
        authentication=known_as(inbound.authentication),
        created_at=timezone.now(),
    )
    for file in inbound.files:
        attach(message, file, organisation_id=inbox.organisation_id)
    # A letter without a word is known by its files.
    _touch(thread, message, preview=message.text or ", ".join(file.name for file in inbound.files))
    # Looked at before the assistant is: both are reactions of one conversation, in the order of their events.
    if thread.status == Status.SPAM or (not conversation and _may_be_spam(inbox)):
        publish(StrangerWrote(organisation_id=inbox.organisation_id, conversation_id=thread.pk, message_id=message.pk))
    publish(
        MessageReceived(
            organisation_id=inbox.organisation_id,
            conversation_id=thread.pk,
            message_id=message.pk,
            automatic=inbound.automatic,
        )
    )
    if raw and inbound.authentication.pending:
        publish(SenderUnproven(organisation_id=inbox.organisation_id, conversation_id=thread.pk, message_id=message.pk))
    if not message.automatic:
        # Said here and not in the flow: most messages find nothing that waits, and most inboxes acknowledge nothing.
        hold_back(thread)
        _ask_for_acknowledgement(thread, message)
    return message


def _may_be_spam(inbox: Inbox) -> bool:
    """Where strangers can write to a thousand firms at once, and agents have shown what spam looks like."""
    return inbox.organisation.sifts_mail and not channel_class(inbox.kind).traits.instant


def _extra(inbound: Inbound) -> dict[str, Any]:
    """What pages may need of a customer's message besides its text; nothing that is empty."""
    known = {
        "choice": inbound.choice,
        "remarks": list(inbound.remarks),
        "remote_pictures": list(inbound.remote_pictures),
        "pixels": list(inbound.pixels),
        "invitations": [_plain(one) for one in inbound.invitations],
        "sent_at": inbound.sent_at.isoformat() if inbound.sent_at else "",
    }
    return {name: value for name, value in known.items() if value}


def _plain(invitation: Invitation) -> dict[str, Any]:
    """The invitation as JSON holds it; moments as ISO 8601."""
    ends = invitation.ends.isoformat() if invitation.ends else ""
    return vars(invitation) | {"starts": invitation.starts.isoformat(), "ends": ends}


def _ask_for_acknowledgement(thread: Conversation, message: Message) -> None:
    inbox = thread.inbox
    if channel_class(inbox.kind).traits.acknowledges and inbox.settings.get("acknowledges"):
        publish(
            AcknowledgementWanted(
                organisation_id=thread.organisation_id, conversation_id=thread.pk, message_id=message.pk
            )
        )


def _start(inbox: Inbox, inbound: Inbound, customer: Customer, *, blocked: str) -> Conversation:
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
        status=Status.SPAM if blocked else Status.OPEN,
        quarantine={"by": "block", "value": blocked} if blocked else None,
        created_at=now,
        last_message_at=now,
    )


def _touch(thread: Conversation, message: Message, *, preview: str) -> None:
    """What a customer's message does to the card."""
    thread.last_message_at = message.created_at
    thread.preview = preview_of(preview)
    thread.unread += 1
    fields = ["last_message_at", "preview", "unread"]
    if not message.automatic and thread.status != Status.SPAM:
        # Whoever writes from an address reads there too.
        sender = str(message.recipients.get("from", ""))
        mark_reachable(thread.organisation_id, kind=thread.channel, value=sender)
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
