"""Holding a conversation still while it changes."""

from django.db.models import F

from opieka.conversations.models import Conversation, Numbering

_WITH_ITS_OWN = Conversation.objects.select_related("inbox", "customer", "organisation")


def lock(conversation_id: int) -> Conversation:
    """The row, held until the transaction ends; every verb that changes a conversation starts here.

    For one that was merged it is the row of the conversation that stands. SQLite ignores the lock: there a writing
    transaction (IMMEDIATE) is alone anyway.
    """
    wanted = conversation_id
    while True:
        standing = Conversation.objects.values_list("merged_into", flat=True).get(id=wanted)
        thread = hold(standing or wanted)
        if thread.merged_into_id is None:
            return thread
        # It was merged while we waited for it.
        wanted = thread.pk


def hold(conversation_id: int) -> Conversation:
    """The very row, whatever it was merged into."""
    return _WITH_ITS_OWN.select_for_update(of=("self",)).get(id=conversation_id)


def with_its_own(conversation_id: int) -> Conversation:
    """The very row, not held: of a part while the conversation that shows it is held, which nobody else then changes."""
    return _WITH_ITS_OWN.get(id=conversation_id)


def part_of(thread: Conversation, conversation_id: int) -> Conversation:
    """The conversation of that id, which is the held one or was merged into it."""
    return thread if thread.pk == conversation_id else with_its_own(conversation_id)


def save(conversation: Conversation, *fields: str) -> None:
    """Write the fields and grow the version."""
    conversation.version += 1
    conversation.save(update_fields=[*fields, "version"])


def hold_numbers(organisation_id: int) -> None:
    """Nobody else begins a conversation of this organisation until the transaction ends."""
    Numbering.objects.get_or_create(organisation_id=organisation_id)
    Numbering.objects.select_for_update().get(organisation_id=organisation_id)


def next_number(organisation_id: int) -> int:
    """The next conversation number of this organisation, without gaps or doubles."""
    Numbering.objects.get_or_create(organisation_id=organisation_id)
    Numbering.objects.filter(organisation_id=organisation_id).update(last=F("last") + 1)
    return Numbering.objects.get(organisation_id=organisation_id).last
