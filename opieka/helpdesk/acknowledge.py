"""Acknowledging receipt: one short mail per conversation and day, to people only, and never to a program for long."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation

from opieka.accounts.hours import opening
from opieka.channels.form import ACKNOWLEDGEMENT, ACKNOWLEDGEMENT_CLOSED
from opieka.conversations.actions import announce
from opieka.conversations.actions.lock import lock
from opieka.conversations.echo import echoes_us
from opieka.conversations.events import AcknowledgementWanted
from opieka.conversations.models import Author, Conversation, Kind, Message, Status
from opieka.conversations.queries import trouble_of
from opieka.conversations.rules import state_of
from opieka.conversations.variables import WRITTEN, fill

ONCE_IN = timedelta(hours=24)
MARK = "acknowledges"


@transaction.atomic
def acknowledge(event: AcknowledgementWanted) -> None:
    """Tell the customer that their message has come, where the inbox is set to, unless somebody has answered it."""
    message = Message.objects.select_related(
        "conversation__inbox", "conversation__organisation", "conversation__customer"
    ).get(id=event.message_id)
    thread = lock(event.conversation_id)
    if not _may_go(thread, message):
        return
    # Of merged conversations it answers the one that the message belongs to.
    answered = message.conversation
    text = text_for(answered, timezone.now())
    if text:
        # Without a quotation: who forges a sender must not have us carry their words to that address.
        announce(answered, text, extra={MARK: message.pk, "unquoted": True})


def _may_go(thread: Conversation, message: Message) -> bool:
    # Whoever forged a sender would have us write to somebody who never wrote.
    forged = state_of(message.authentication) == "failed"
    if forged or thread.status == Status.SPAM or trouble_of(message.conversation) or echoes_us(message):
        return False
    said = Message.objects.filter(conversation=thread, kind=Kind.REPLY, withdrawn_at=None)
    answered = said.filter(id__gt=message.pk).exclude(author=Author.CUSTOMER).exists()
    lately = Message.objects.filter(conversation=thread, created_at__gt=timezone.now() - ONCE_IN, extra__has_key=MARK)
    return not answered and not lately.exists()


def text_for(thread: Conversation, now: datetime) -> str:
    """The inbox's own words, those for closed hours while nobody is here; a line whose variable is empty goes."""
    house, own = thread.organisation, thread.inbox.settings
    closed = bool(house.opening_hours) and not opening(house, now).open
    name, usual = ("acknowledgement_closed", ACKNOWLEDGEMENT_CLOSED) if closed else ("acknowledgement", ACKNOWLEDGEMENT)
    with translation.override(house.language):
        text = fill(str(own.get(name) or usual), thread, by=None)
    return "\n".join(line for line in text.splitlines() if not WRITTEN.search(line)).strip()
