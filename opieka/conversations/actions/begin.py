"""We write first."""

from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.channels.models import Inbox
from opieka.channels.queries import own_addresses
from opieka.channels.registry import channel_class
from opieka.conversations.actions.lock import hold_numbers, next_number
from opieka.conversations.actions.say import reply
from opieka.conversations.events import ConversationBegun
from opieka.conversations.models import Attachment, Conversation, Speaker
from opieka.conversations.queries import written_as
from opieka.conversations.rules import plain_subject
from opieka.customers.actions import recognise
from opieka.plumbing.events import publish


class CannotBegin(Exception):
    """Nobody can be written to like this; `what` says which part of it is wrong."""

    def __init__(self, what: Literal["inbox", "to", "ourselves", "subject"]) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, kw_only=True)
class First:
    """What we write to somebody who has not written to us about it. `name` is theirs, where it is known."""

    to: str
    subject: str
    text: str
    name: str = ""


@transaction.atomic
def begin(inbox: Inbox, *, to: str, subject: str, name: str = "") -> Conversation:
    """A conversation with whoever has this address, for a person to write in; the assistant keeps out of it."""
    now = timezone.now()
    return Conversation.objects.create(
        organisation_id=inbox.organisation_id,
        number=next_number(inbox.organisation_id),
        inbox=inbox,
        channel=inbox.kind,
        customer=recognise(inbox.organisation, kind=inbox.kind, value=to, name=name),
        subject=plain_subject(subject),
        speaker=Speaker.QUEUE,
        team_id=inbox.team_id,
        created_at=now,
        last_message_at=now,
    )


@transaction.atomic
def write_first(
    inbox: Inbox, first: First, *, by: Membership, attachments: list[Attachment] | None = None, token: str = ""
) -> Conversation:
    """A person begins a conversation and leads it. Raises CannotBegin, NothingToSend.

    Asked for again under the same `token` it is the conversation that was begun before.
    """
    to, traits = first.to.strip(), channel_class(inbox.kind).traits
    if not (inbox.active and traits.writes_first):
        raise CannotBegin("inbox")
    if not channel_class(inbox.kind).is_address(to):
        raise CannotBegin("to")
    if to.lower() in own_addresses(inbox.organisation_id):
        raise CannotBegin("ourselves")
    if not plain_subject(first.subject):
        raise CannotBegin("subject")
    hold_numbers(inbox.organisation_id)
    if known := written_as(by, token):
        return known.conversation
    begun = begin(inbox, to=to, subject=first.subject, name=first.name.strip())
    publish(ConversationBegun(organisation_id=begun.organisation_id, conversation_id=begun.pk))
    reply(begun, first.text, by=by, attachments=attachments, copies=[], token=token)
    return begun
