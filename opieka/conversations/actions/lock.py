"""Holding a conversation still while it changes."""

from django.db.models import F

from opieka.conversations.models import Conversation, Numbering


def lock(conversation_id: int) -> Conversation:
    """The row, held until the transaction ends; every verb that changes a conversation starts here.

    SQLite ignores the lock: there a writing transaction (IMMEDIATE) is alone anyway.
    """
    held = Conversation.objects.select_for_update(of=("self",)).select_related("inbox", "customer", "organisation")
    return held.get(id=conversation_id)


def save(conversation: Conversation, *fields: str) -> None:
    """Write the fields and grow the version."""
    conversation.version += 1
    conversation.save(update_fields=[*fields, "version"])


def next_number(organisation_id: int) -> int:
    """The next conversation number of this organisation, without gaps or doubles."""
    Numbering.objects.get_or_create(organisation_id=organisation_id)
    Numbering.objects.filter(organisation_id=organisation_id).update(last=F("last") + 1)
    return Numbering.objects.get(organisation_id=organisation_id).last
