"""What several messages of one inbox need to know, asked for all of them at once, and what they change, written at once.

One message is a group of one. An intake lives within one transaction; each message of it sees what those before it have
changed, whether that is written already or not.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from opieka.channels.base import Inbound
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import own_addresses
from opieka.conversations.actions.lock import Held, Numbers, lock_all
from opieka.conversations.models import Attachment, Conversation, Delivery, Message, Scheduled
from opieka.conversations.rules import plain_subject
from opieka.conversations.words import remember
from opieka.customers.models import Customer
from opieka.customers.people import People
from opieka.plumbing.events import Event, publish_all
from opieka.plumbing.rows import Ids, insert, update

SAME_SUBJECT_WITHIN = timedelta(days=30)
MOST_UNDER_ONE_ID = 20
MOST_REFERRED = 5000
KNOWN = ("people", "ours", "_held", "_referred", "_numbered", "_pointed_to", "_under_subject", "_scheduled", "doubtful")
CHANGED = (
    "last_message_at", "preview", "unread", "waiting_since", "status", "snoozed_until", "resolved_at", "version",
)  # fmt: skip


@dataclass(kw_only=True, eq=False)
class Arrival:
    """One message on its way in: the raw item it was read from, and its files, which are in the file store already.

    `claimed_id` is the id that its sender gave it, where another message had that already. `words` are what it is found by,
    which are told before the transaction begins.
    """

    inbound: Inbound
    raw: Raw | None = None
    claimed_id: str | None = None
    words: str = ""
    files: list[Attachment] = field(default_factory=list)


class Intake:
    """Messages on their way into one inbox, and what is known of all of them."""

    def __init__(self, inbox: Inbox, arrivals: Sequence[Arrival]) -> None:
        self.inbox = inbox
        self._arrivals = list(arrivals)
        self._began = timezone.now()
        self._moments = 0
        self._numbers = Numbers(inbox.organisation_id)
        self._begun: dict[int, Conversation] = {}
        self._changed: dict[int, Conversation] = {}
        self._said: list[Message] = []
        self._words: list[tuple[int, int, str]] = []
        self._files: list[Attachment] = []
        self._events: list[Event] = []
        self.forget()

    def forget(self) -> None:
        """Ask anew: others have changed what was known, or are about to. What was not written yet is written first."""
        self.write()
        for name in KNOWN:
            self.__dict__.pop(name, None)
        self._conversation_ids = Ids(Conversation, at_once=len(self._arrivals))
        self._message_ids = Ids(Message, at_once=len(self._arrivals))
        self._attachment_ids = Ids(Attachment, at_once=sum(len(one.files) for one in self._arrivals))

    def now(self) -> datetime:
        """A moment of its own for each message, so that their order is seen."""
        self._moments += 1
        return self._began + timedelta(microseconds=self._moments - 1)

    # --- what is asked for all of them at once ---
    @cached_property
    def people(self) -> People:
        senders = [one.inbound.sender for one in self._arrivals]
        return People(self.inbox.organisation, self.inbox.kind, senders)

    @cached_property
    def ours(self) -> frozenset[str]:
        return own_addresses(self.inbox.organisation_id)

    @cached_property
    def _held(self) -> dict[str, tuple[int | None, int]]:
        """(raw item, message) of what this inbox holds under each id."""
        ids = {one.inbound.external_id for one in self._arrivals}
        ids |= {again(one.inbound.external_id, one.raw) for one in self._arrivals if one.raw}
        same = Message.objects.filter(inbox=self.inbox, external_id__in=ids)
        return {said: (raw, pk) for said, raw, pk in same.values_list("external_id", "raw_id", "id") if said}

    @cached_property
    def _referred(self) -> dict[str, set[int]]:
        """The conversations that hold a message of each id that is referred to; a re-used id may name several."""
        found: dict[str, set[int]] = defaultdict(set)
        ids = {reference for one in self._arrivals for reference in one.inbound.thread}
        if not ids:
            return found
        own = list(Inbox.objects.filter(organisation_id=self.inbox.organisation_id).values_list("id", flat=True))
        here = Message.objects.filter(inbox__in=own).order_by("-id")
        sent = Delivery.objects.filter(organisation_id=self.inbox.organisation_id, external_id__in=ids)
        # The literal lets both databases use the partial index of the table.
        sent = sent.extra(where=["NOT (conversations_delivery.external_id = '')"])
        for rows in (
            here.filter(external_id__in=ids).values_list("external_id", "conversation_id"),
            here.filter(claimed_id__in=ids).values_list("claimed_id", "conversation_id"),
            sent.order_by("-id").values_list("external_id", "message__conversation_id"),
        ):
            for reference, conversation_id in rows[:MOST_REFERRED]:
                found[str(reference)].add(conversation_id)
        return found

    @cached_property
    def _numbered(self) -> dict[int, int]:
        said = {one for arrival in self._arrivals for one in (arrival.inbound.proof, arrival.inbound.hint)}
        numbers = {int(one) for one in said if one.isdigit()}
        named = Conversation.objects.filter(organisation_id=self.inbox.organisation_id, number__in=numbers)
        return dict(named.values_list("number", "id")) if numbers else {}

    @cached_property
    def _under_subject(self) -> dict[tuple[int, str], list[tuple[int, datetime]]]:
        """(id, last message) of the conversations under each subject of a customer who has written before."""
        found: dict[tuple[int, str], list[tuple[int, datetime]]] = defaultdict(list)
        known = {one.pk for arrival in self._arrivals if (one := self.people.known_at(arrival.inbound.sender))}
        if not known:
            return found
        moments = [one.inbound.sent_at for one in self._arrivals if one.inbound.sent_at]
        since = min([self._began, *moments]) - SAME_SUBJECT_WITHIN
        subjects = {form for one in self._arrivals for form in _forms(plain_subject(one.inbound.subject))}
        own = Conversation.objects.filter(customer__in=known, last_message_at__gt=since)
        same = own.annotate(lowered=Lower("subject")).filter(lowered__in=subjects).order_by("id")
        for customer_id, subject, pk, last in same.values_list("customer_id", "subject", "id", "last_message_at"):
            for form in _forms(subject):
                found[customer_id, form].append((pk, last))
        return found

    @cached_property
    def _pointed_to(self) -> Held:
        """Every conversation that any of the messages may join, held until the transaction ends."""
        ids = {pk for some in self._referred.values() for pk in _latest(some)} | set(self._numbered.values())
        return lock_all(ids)

    @cached_property
    def _scheduled(self) -> frozenset[int]:
        """The standing conversations in which a reply waits for its moment."""
        ids = list(self._pointed_to.standing)
        waiting = Scheduled.objects.filter(
            Q(conversation__in=ids) | Q(conversation__merged_into__in=ids), ended_at=None
        )
        pairs = waiting.values_list("conversation_id", "conversation__merged_into_id") if ids else ()
        return frozenset(standing or own for own, standing in pairs)

    @cached_property
    def doubtful(self) -> dict[str, list[int]]:
        """The inboxes from which a message of ours was sent under each id, of those of which nobody knows whether they arrived."""
        found: dict[str, list[int]] = defaultdict(list)
        ids = {reference for one in self._arrivals for reference in one.inbound.thread}
        sent = Delivery.objects.filter(
            organisation_id=self.inbox.organisation_id, external_id__in=ids, state=Delivery.State.UNCERTAIN
        )
        for external_id, inbox_id in sent.values_list("external_id", "message__inbox_id") if ids else ():
            found[external_id].append(inbox_id)
        return found

    # --- what is asked about one of them ---
    def held(self, external_id: str) -> tuple[int | None, int] | None:
        """(raw item, message) of what this inbox holds under that id."""
        return self._held.get(external_id)

    def referred(self, reference: str) -> list[Conversation]:
        """The conversations that hold a message of this id, the latest first."""
        return [self._pointed_to.own[pk] for pk in _latest(self._referred.get(reference, ()))]

    def numbered(self, number: str) -> list[Conversation]:
        pk = self._numbered.get(int(number)) if number.isdigit() else None
        return [self._pointed_to.own[pk]] if pk else []

    def last_under(self, subject: str, customer: Customer, *, since: datetime) -> int | None:
        """The customer's last conversation under this subject."""
        same = [one for form in _forms(subject) for one in self._under_subject.get((customer.pk, form), ())]
        return max((pk for pk, last in same if last > since), default=None)

    def thread_of(self, conversation: Conversation) -> Conversation:
        """The conversation that stands for this one, held."""
        return self._pointed_to.held(conversation)

    def has_scheduled(self, thread: Conversation) -> bool:
        return thread.pk in self._scheduled

    # --- what is changed ---
    def begin(self, conversation: Conversation) -> Conversation:
        """A new conversation; its id and number are given here."""
        conversation.pk = self._conversation_ids.take()
        conversation.number = self._numbers.take()
        self._begun[conversation.pk] = conversation
        self._pointed_to.add(conversation)
        for form in _forms(conversation.subject):
            self._under_subject[conversation.customer_id, form].append((conversation.pk, conversation.last_message_at))
        return conversation

    def add(self, message: Message, arrival: Arrival) -> None:
        """A new message with its files and words."""
        message.pk = self._message_ids.take()
        known = self._held, self._referred
        self._said.append(message)
        known[0][str(message.external_id)] = (message.raw_id, message.pk)
        known[1][str(message.claimed_id or message.external_id)].add(message.conversation_id)
        if arrival.words:
            self._words.append((message.pk, message.organisation_id, arrival.words))
        for file in arrival.files:
            file.pk, file.message = self._attachment_ids.take(), message
            self._files.append(file)

    def change(self, thread: Conversation) -> None:
        """Write the card of this thread, and grow its version, when all is written."""
        thread.version += 1
        if thread.pk not in self._begun:
            self._changed[thread.pk] = thread

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def write(self) -> None:
        """Put into the database what is not there yet, and the events last, as their reactions need the rest."""
        if "people" in self.__dict__:
            self.people.write()
        self._numbers.write()
        insert(list(self._begun.values()))
        update(list(self._changed.values()), CHANGED)
        insert(self._said)
        remember(self._words)
        insert(self._files)
        if self._events:
            publish_all(self._events)
        self._begun, self._changed = {}, {}
        self._said, self._words, self._files, self._events = [], [], [], []


def again(external_id: str, raw: Raw) -> str:
    """The id of a mail whose own id another one bears."""
    return f"{external_id}#{raw.pk}"


def _latest(ids: Iterable[int]) -> list[int]:
    return sorted(ids, reverse=True)[:MOST_UNDER_ONE_ID]


def _forms(subject: str) -> set[str]:
    """The subject as either database writes it in lower case: SQLite knows the letters of ASCII alone."""
    return {subject.lower(), subject.encode().lower().decode()} if subject else set()
