"""Making a conversation of its own of a message, or of everything from it on. The rules are in `conversations.merging`."""

from django.db import transaction

from opieka.accounts.models import Membership
from opieka.conversations.actions.card import card_of, put_card, retold
from opieka.conversations.actions.lock import lock, next_number
from opieka.conversations.actions.log import log_event
from opieka.conversations.events import ConversationChanged, ConversationSplit
from opieka.conversations.merging import Refusal
from opieka.conversations.models import Author, Conversation, Kind, Message, Speaker, Split, Status, Undo
from opieka.conversations.rules import subject_from
from opieka.plumbing.events import publish


class CannotSplit(Exception):
    """Not from this message; the text is a `merging.Refusal`."""


@transaction.atomic
def split(message: Message, *, by: Membership, alone: bool = False, subject: str = "") -> Conversation:
    """Let the message and all after it, or it `alone`, be a conversation of their own. Raises CannotSplit.

    Its clock runs from when the message arrived. Answers by mail to either part find the right one.
    """
    thread = lock(message.conversation_id)
    said = Message.objects.filter(conversation=thread).exclude(kind=Kind.EVENT)
    chosen = said.filter(id=message.pk).first()
    if message.conversation_id != thread.pk:
        raise CannotSplit(Refusal.SEPARATE)
    if chosen is None or chosen.author != Author.CUSTOMER or chosen.kind != Kind.REPLY:
        raise CannotSplit(Refusal.NOT_SAID)
    moved = [chosen] if alone else [one for one in said if (one.created_at, one.pk) >= (chosen.created_at, chosen.pk)]
    rest = said.filter(author=Author.CUSTOMER, kind=Kind.REPLY).exclude(id__in=[one.pk for one in moved])
    if not rest.exists():
        raise CannotSplit(Refusal.NOTHING_LEFT)
    before = card_of(thread)
    made = _begun(thread, chosen, subject=subject)
    Message.objects.filter(id__in=[one.pk for one in moved]).update(conversation=made)
    put_card(made, retold(made, card_of(made)))
    put_card(thread, retold(thread, before))
    Split.objects.create(
        organisation_id=thread.organisation_id,
        source=thread,
        target=made,
        member=by,
        messages=[one.pk for one in moved],
        before=before,
        after=card_of(thread),
        made=card_of(made),
    )
    _tell(thread, made, by=by)
    return made


def _begun(thread: Conversation, first: Message, *, subject: str) -> Conversation:
    """The new conversation: the same customer, inbox and owner."""
    return Conversation.objects.create(
        organisation_id=thread.organisation_id,
        number=next_number(thread.organisation_id),
        inbox=thread.inbox,
        channel=thread.channel,
        customer=thread.customer,
        subject=(subject.strip() or subject_from(first.text))[:200],
        status=Status.OPEN,
        speaker=Speaker.QUEUE if thread.speaker == Speaker.ASSISTANT else thread.speaker,
        assignee=thread.assignee,
        team=thread.team,
        language=thread.language,
        person_joined_at=thread.person_joined_at,
        created_at=first.created_at,
        last_message_at=first.created_at,
    )


def _tell(thread: Conversation, made: Conversation, *, by: Membership) -> None:
    log_event(thread, "split", by=by, number=made.number)
    log_event(made, "split off", by=by, number=thread.number)
    Undo.objects.create(
        organisation_id=thread.organisation_id, member=by, conversation=made, verb="split", after={"other": thread.pk}
    )
    about = {"organisation_id": thread.organisation_id}
    publish(ConversationSplit(**about, conversation_id=made.pk, from_id=thread.pk))
    publish(ConversationChanged(**about, conversation_id=thread.pk))
