"""All listeners of this process, found by organisation and by topic."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from opieka.plumbing.live.connection import ENDED, TOO_SLOW, Connection, frame
from opieka.plumbing.live.reading import Change
from opieka.plumbing.live.subscription import TooMany

MOST_ALTOGETHER = 20_000
SLOW_SECONDS = 10.0


class Hub:
    """Spreads changes to those who may hear them, and ends connections whose time or right is over."""

    def __init__(self, *, most_of_address: int) -> None:
        self._most_of_address = most_of_address
        self.occupied = asyncio.Event()
        self.told = 0
        self._all: set[Connection] = set()
        self._by_organisation: dict[int, set[Connection]] = defaultdict(set)
        self._by_topic: dict[tuple[int, str], set[Connection]] = defaultdict(set)
        self._of_mark: Counter[str] = Counter()
        self._of_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._all))

    def add(self, connection: Connection) -> None:
        """Raises TooMany when there are too many."""
        one = connection.subscription
        if self._of_mark[one.mark] >= one.most or self._of_address[connection.address] >= self._most_of_address:
            raise TooMany("Too many connections are open from here.")
        if len(self._all) >= MOST_ALTOGETHER:
            raise TooMany("Too many connections are open.")
        self._all.add(connection)
        self._of_mark[one.mark] += 1
        self._of_address[connection.address] += 1
        for group in self._groups(connection):
            group.add(connection)
        self.occupied.set()

    def remove(self, connection: Connection) -> None:
        if connection not in self._all:
            return
        self._all.remove(connection)
        self._forget_empty(self._of_mark, connection.subscription.mark)
        self._forget_empty(self._of_address, connection.address)
        for group in self._groups(connection):
            group.discard(connection)
        one = connection.subscription
        for topic in one.topics or ():
            if not self._by_topic[one.organisation_id, topic]:
                del self._by_topic[one.organisation_id, topic]
        if not self._all:
            self.occupied.clear()

    @staticmethod
    def _forget_empty(counter: Counter[str], name: str) -> None:
        counter[name] -= 1
        if counter[name] <= 0:
            del counter[name]

    def _groups(self, connection: Connection) -> Iterable[set[Connection]]:
        one = connection.subscription
        if one.topics is None:
            return [self._by_organisation[one.organisation_id]]
        return [self._by_topic[one.organisation_id, topic] for topic in one.topics]

    def spread(self, changes: dict[int, Change]) -> None:
        """Tell everybody what they may hear of these changes."""
        for organisation_id, change in changes.items():
            text = frame(change.seq, change.topics)
            for connection in self._by_organisation.get(organisation_id, ()):
                connection.tell(change.seq, change.topics, text=text)
                self.told += 1
            for topic in change.topics:
                for connection in self._by_topic.get((organisation_id, topic), ()):
                    connection.tell(change.seq, [topic])
                    self.told += 1

    def tend(self, seq: int) -> None:
        """Once a second: a sign of life where one is due; an end to those who do not read or whose time is over."""
        now, clock = time.monotonic(), time.time()
        for connection in self:
            one = connection.subscription
            if connection.writing_since is not None and now - connection.writing_since > SLOW_SECONDS:
                connection.end(TOO_SLOW, "This connection does not keep up.")
            elif one.expires is not None and clock >= one.expires:
                connection.end(ENDED, "The time of this connection is over.")
            elif one.beat is not None and now - connection.heard_at >= one.beat:
                connection.tell(seq, ())

    def marks(self) -> frozenset[str]:
        return frozenset(self._of_mark)

    def end_marks(self, marks: Iterable[str], *, reason: str) -> None:
        gone = set(marks)
        for connection in self:
            if connection.subscription.mark in gone:
                connection.end(ENDED, reason)
