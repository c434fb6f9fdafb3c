"""We write first."""

from django.db import transaction
from django.utils import timezone

from opieka.channels.models import Inbox
from opieka.conversations.actions.lock import next_number
from opieka.conversations.models import Conversation, Speaker
from opieka.conversations.rules import plain_subject
from opieka.customers.actions import recognise


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
