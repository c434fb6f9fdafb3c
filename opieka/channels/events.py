"""What others may react to."""

from dataclasses import dataclass

from opieka.plumbing.events import Event


@dataclass(frozen=True, kw_only=True)
class RawArrived(Event):
    """Something came in and was stored as it came."""

    urgent = True
    raw_id: int
    inbox_id: int

    def key(self) -> str:
        return f"inbox:{self.inbox_id}"


@dataclass(frozen=True, kw_only=True)
class RawUnclear(Event):
    """Something came in that nobody could read; it waits in the list "Do wyjaśnienia"."""

    raw_id: int
    inbox_id: int

    def topics(self) -> tuple[str, ...]:
        return ("unclear",)


@dataclass(frozen=True, kw_only=True)
class InboxTroubled(Event):
    """An inbox lost its connection, or got it back (`trouble` is empty then)."""

    inbox_id: int
    trouble: str

    def topics(self) -> tuple[str, ...]:
        return ("inboxes",)


@dataclass(frozen=True, kw_only=True)
class InboxLost(Event):
    """An inbox has not been reached for five minutes."""

    inbox_id: int
    outage_id: int

    def topics(self) -> tuple[str, ...]:
        return ("inboxes",)


@dataclass(frozen=True, kw_only=True)
class SecretEnding(Event):
    """A secret with which an inbox gets in ends within two weeks, on `ends_on` (ISO 8601)."""

    inbox_id: int
    ends_on: str

    def topics(self) -> tuple[str, ...]:
        return ("inboxes",)


@dataclass(frozen=True, kw_only=True)
class InboxBack(Event):
    """A lost inbox is reached again, and everything of that time (`brought_in` items) has been fetched."""

    inbox_id: int
    outage_id: int
    brought_in: int

    def topics(self) -> tuple[str, ...]:
        return ("inboxes",)


@dataclass(frozen=True, kw_only=True)
class OutboxStuck(Event):
    """Replies of an inbox should have left ten minutes ago, or the other side refuses one after another."""

    inbox_id: int
    outage_id: int

    def topics(self) -> tuple[str, ...]:
        return ("inboxes",)


@dataclass(frozen=True, kw_only=True)
class OutboxDrained(Event):
    """Nothing is stuck there any more; `sent` replies of that time have left."""

    inbox_id: int
    outage_id: int
    sent: int

    def topics(self) -> tuple[str, ...]:
        return ("inboxes",)
