"""A customer says something."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.channels.base import Inbound, Invitation
from opieka.channels.models import Inbox, Raw
from opieka.channels.registry import channel_class
from opieka.conversations.actions.authenticate import known_as
from opieka.conversations.actions.intake import Arrival, Intake
from opieka.conversations.actions.lock import lock, save
from opieka.conversations.actions.outgoing import stored
from opieka.conversations.actions.place import Place
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
from opieka.conversations.words import found_by
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

    It joins `conversation` when one is given, else it starts one; in quarantine where its sender is `blocked`.
    """
    files = stored(inbound.files, organisation_id=inbox.organisation_id)
    words = found_by(inbox.organisation_id, inbound.subject, inbound.text)
    arrival = Arrival(inbound=inbound, raw=raw, files=files, words=words)
    intake = Intake(inbox, [arrival])
    message = take(intake, arrival, customer=customer, place=Place(conversation=conversation, blocked=blocked))
    intake.write()
    return message


def take(intake: Intake, arrival: Arrival, *, customer: Customer, place: Place) -> Message:
    """Let the message join the conversation of its place, or begin one.

    An automatic message never reopens anything. For a conversation that was merged it stays that one's, and stands in
    the thread that shows it.
    """
    inbox, inbound = intake.inbox, arrival.inbound
    if known := intake.held(inbound.external_id):
        intake.write()
        return Message.objects.get(pk=known[1])
    now = intake.now()
    found = place.conversation
    thread = intake.thread_of(found) if found else _start(intake, inbound, customer, blocked=place.blocked, now=now)
    message = _said(arrival, intake, found or thread, now=now)
    message.extra = _extra(inbound) | _how(place)
    intake.add(message, arrival)
    # A letter without a word is known by its files.
    _touch(intake, thread, message, preview=message.text or ", ".join(file.name for file in inbound.files))
    about = {"organisation_id": inbox.organisation_id, "conversation_id": thread.pk, "message_id": message.pk}
    # Looked at before the assistant is: both are reactions of one conversation, in the order of their events.
    if thread.status == Status.SPAM or (not found and _may_be_spam(inbox)):
        intake.tell(StrangerWrote(**about))
    intake.tell(MessageReceived(**about, automatic=inbound.automatic))
    if arrival.raw and inbound.authentication.pending:
        intake.tell(SenderUnproven(**about))
    if not message.automatic:
        # Said here and not in the flow: most messages find nothing that waits, and most inboxes acknowledge nothing.
        if intake.has_scheduled(thread):
            intake.write()
            hold_back(thread)
            intake.forget()
        if _acknowledges(inbox if thread.inbox_id == inbox.pk else thread.inbox):
            intake.tell(AcknowledgementWanted(**about))
    return message


def _said(arrival: Arrival, intake: Intake, conversation: Conversation, *, now: datetime) -> Message:
    inbound = arrival.inbound
    return Message(
        organisation_id=intake.inbox.organisation_id,
        conversation=conversation,
        inbox_id=intake.inbox.pk,
        raw_id=arrival.raw.pk if arrival.raw else None,
        external_id=inbound.external_id[:300],
        claimed_id=arrival.claimed_id,
        author=Author.CUSTOMER,
        text=inbound.text,
        html=inbound.html,
        full_text=inbound.full_text,
        recipients={"from": inbound.sender, "to": list(inbound.recipients), "cc": list(inbound.copies)},
        automatic=inbound.automatic,
        words_due=False,
        authentication=known_as(inbound.authentication),
        created_at=now,
    )


def _how(place: Place) -> dict[str, Any]:
    """How it came into its conversation, and which other it may belong to."""
    known = {"joined_by": place.by, "maybe": place.maybe or 0}
    return {name: value for name, value in known.items() if value}


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


def _acknowledges(inbox: Inbox) -> bool:
    return channel_class(inbox.kind).traits.acknowledges and bool(inbox.settings.get("acknowledges"))


def _start(intake: Intake, inbound: Inbound, customer: Customer, *, blocked: str, now: datetime) -> Conversation:
    inbox = intake.inbox
    begun = Conversation(
        organisation_id=inbox.organisation_id,
        inbox_id=inbox.pk,
        channel=inbox.kind,
        customer_id=customer.pk,
        subject=plain_subject(inbound.subject) or subject_from(inbound.text),
        team_id=inbox.team_id,
        status=Status.SPAM if blocked else Status.OPEN,
        quarantine={"by": "block", "value": blocked} if blocked else None,
        created_at=now,
        last_message_at=now,
    )
    return intake.begin(begun)


def _touch(intake: Intake, thread: Conversation, message: Message, *, preview: str) -> None:
    """What a customer's message does to the card."""
    thread.last_message_at = message.created_at
    thread.preview = preview_of(preview)
    thread.unread += 1
    if not message.automatic and thread.status != Status.SPAM:
        # Whoever writes from an address reads there too.
        sender = str(message.recipients.get("from", ""))
        if thread.channel != intake.inbox.kind or intake.people.is_bounced(sender):
            mark_reachable(thread.organisation_id, kind=thread.channel, value=sender)
        thread.waiting_since = thread.waiting_since or message.created_at
        if thread.status != Status.OPEN:
            _reopen(intake, thread)
    intake.change(thread)


def _reopen(intake: Intake, thread: Conversation) -> None:
    was_resolved = thread.status == Status.RESOLVED
    thread.status = Status.OPEN
    thread.snoozed_until = None
    thread.resolved_at = None
    if was_resolved:
        by = Author.CUSTOMER.value
        intake.tell(ConversationReopened(organisation_id=thread.organisation_id, conversation_id=thread.pk, by=by))


@transaction.atomic
def see(conversation: Conversation, *, up_to: int) -> None:
    """The customer has read our messages up to this id."""
    now = timezone.now()
    unseen = Message.objects.filter(conversation=conversation, id__lte=up_to, seen_at=None)
    if unseen.exclude(author=Author.CUSTOMER).update(seen_at=now):
        thread = lock(conversation.pk)
        save(thread)
        publish(MessagesSeen(organisation_id=thread.organisation_id, conversation_id=thread.pk))
