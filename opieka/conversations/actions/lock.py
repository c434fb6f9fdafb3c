"""Holding a conversation still while it changes."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

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


@dataclass(frozen=True)
class Held:
    """Conversations as they are (`own`), and those that stand for them, which are held; the same object where it is one."""

    own: dict[int, Conversation] = field(default_factory=dict)
    standing: dict[int, Conversation] = field(default_factory=dict)

    def held(self, conversation: Conversation) -> Conversation:
        """The one that stands for this one; as `lock` where it was not among those asked for."""
        if conversation.standing_id not in self.standing:
            self.standing[conversation.standing_id] = lock(conversation.pk)
        return self.standing[conversation.standing_id]

    def add(self, conversation: Conversation) -> None:
        """One that has just been begun, which nobody else can see."""
        self.own[conversation.pk] = self.standing[conversation.pk] = conversation


def lock_all(ids: Collection[int]) -> Held:
    """As `lock`, for many: in the order of their ids, so that two who do this wait for one another and not in a circle."""
    if not ids:
        return Held()
    while True:
        own = Conversation.objects.in_bulk(ids)
        wanted = {one.standing_id for one in own.values()}
        # SQLite ignores the lock; there what was just read need not be read again.
        known = {} if connection.features.has_select_for_update else {pk: own[pk] for pk in wanted & own.keys()}
        rows = Conversation.objects.select_for_update().filter(id__in=wanted - known.keys()).order_by("id")
        standing = known | {one.pk: one for one in rows}
        if all(one.merged_into_id is None for one in standing.values()):
            return Held({**own, **{pk: one for pk, one in standing.items() if pk in own}}, standing)
        # One of them was merged while we waited for it.


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


def hold_numbers(organisation_id: int) -> int:
    """Nobody else begins a conversation of this organisation until the transaction ends. The last number so far."""
    Numbering.objects.get_or_create(organisation_id=organisation_id)
    return Numbering.objects.select_for_update().get(organisation_id=organisation_id).last


class Numbers:
    """The next conversation numbers of an organisation, without gaps or doubles.

    Whoever takes one holds them until the transaction ends, and must write how far they got.
    """

    def __init__(self, organisation_id: int) -> None:
        self._organisation_id = organisation_id
        self._last: int | None = None

    def take(self) -> int:
        if self._last is None:
            self._last = hold_numbers(self._organisation_id)
        self._last += 1
        return self._last

    def write(self) -> None:
        if self._last is not None:
            Numbering.objects.filter(organisation_id=self._organisation_id).update(last=self._last)
        self._last = None


def next_number(organisation_id: int) -> int:
    """The next conversation number of this organisation."""
    numbers = Numbers(organisation_id)
    number = numbers.take()
    numbers.write()
    return number
