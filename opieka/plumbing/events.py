"""Events: things that happened, in the past tense, written in the transaction that made them happen.

An event is a frozen dataclass of plain values. `publish` inserts its row and one job for each reaction that
`opieka/flow.py` lists, so that neither can exist without the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from json import dumps
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone

from opieka.plumbing import jobs, live, rows
from opieka.plumbing.live.reading import LATE_IDS, MOST_MISSED
from opieka.plumbing.models import EventRow

KEPT_FOR = timedelta(days=14)
FORGOTTEN_AT_ONCE = 1000

KNOWN: dict[str, type["Event"]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Fields are JSON values; `organisation_id` says whose event it is."""

    organisation_id: int

    urgent: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        KNOWN[cls.__name__] = cls

    def topics(self) -> tuple[str, ...]:
        """What changed, for live pages, e.g. ("inbox", "conversation:812"). Ids only."""
        return ()

    def key(self) -> str:
        """Reactions to events of one key run in the order in which the events happened; "" is no order."""
        return ""


Reaction = Callable[[Any], None]
Flow = Mapping[type[Event], Sequence[Reaction]]
GivenUp = Mapping[Reaction, Reaction]
_flow: dict[type[Event], Sequence[Reaction]] = {}


def use_flow(flow: Flow, given_up: GivenUp | None = None) -> None:
    """Hand over the flow at start-up; every reaction becomes a known job, with what is done when it gives up."""
    _flow.clear()
    _flow.update(flow)
    for reactions in flow.values():
        for reaction in reactions:
            jobs.know(reaction)
    for reaction, instead in (given_up or {}).items():
        jobs.on_giving_up(reaction, instead)


def publish(event: Event) -> None:
    """Record the event and the jobs of its reactions. Must run inside the transaction of the change."""
    publish_all([event])


def publish_all(events: Sequence[Event]) -> None:
    """Record the events, in this order, and the jobs of their reactions. Must run inside the transaction of the change."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{', '.join(type(one).__name__ for one in events)} was published outside a transaction.")
    told = [(event, type(event).__name__, dict(vars(event)), event.topics()) for event in events]
    now = rows.as_moment(timezone.now())
    rows.insert_values(
        EventRow,
        ("organisation_id", "name", "payload", "topics", "at"),
        [(event.organisation_id, name, dumps(data), dumps(topics), now) for event, name, data, topics in told],
    )
    jobs.enqueue_all(
        [
            jobs.Wanted(
                function=reaction,
                payload={"event": name, "data": data},
                options=jobs.Options(
                    key=event.key(), organisation_id=event.organisation_id, priority=2 if event.urgent else 5
                ),
            )
            for event, name, data, _ in told
            for reaction in _flow.get(type(event), ())
        ]
    )
    if any(topics for *_, topics in told):
        transaction.on_commit(live.wake)


def rebuild(name: str, data: Mapping[str, Any]) -> Event:
    """The event that `publish` wrote, from its row."""
    return KNOWN[name](**data)


def last_seq() -> int:
    """The sequence number from which a page drawn now must listen on. Read it before reading what the page shows."""
    return EventRow.objects.order_by("-id").values_list("id", flat=True).first() or 0


def forget(organisation_id: int, *, up_to: int) -> int:
    """Delete old events of an organisation, none newer than `up_to` and none a live page may still ask for."""
    bound = min(up_to, last_seq() - MOST_MISSED - LATE_IDS)
    old = EventRow.objects.filter(
        organisation_id=organisation_id, id__lte=bound, at__lt=timezone.now() - KEPT_FOR
    ).order_by("id")
    forgotten = 0
    # In small steps: others want to write meanwhile.
    while ids := list(old.values_list("id", flat=True)[:FORGOTTEN_AT_ONCE]):
        forgotten += EventRow.objects.filter(id__in=ids).delete()[0]
    return forgotten
