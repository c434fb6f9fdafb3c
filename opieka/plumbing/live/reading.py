"""Reading what changed from the event table, for all connections of a process at once."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.db.models import Max, Q

from opieka.plumbing.live.subscription import Subscription
from opieka.plumbing.models import EventRow

EVERYTHING = "*"
AT_ONCE = 2000
MOST_MISSED = 5000
LATE_SECONDS = 60.0
LATE_IDS = 500
MOST_GAPS = 1000


@dataclass
class Change:
    """What changed in one organisation, up to a sequence number."""

    seq: int = 0
    topics: set[str] = field(default_factory=set)


def newest() -> int:
    """How far the events have come."""
    return int(EventRow.objects.aggregate(newest=Max("id"))["newest"] or 0)


class Reader:
    """Knows how far it has read. PostgreSQL hands out ids before the commit, so a smaller one may appear later:

    ids that were skipped are asked for again for a minute. SQLite has one writer, and its ids appear in order.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._gaps: dict[int, float] = {}

    def start(self) -> None:
        """Read from here on; transactions that are still open now are waited for too."""
        self.seq = newest()
        self._gaps = {}
        if connection.vendor != "sqlite":
            recent = range(max(0, self.seq - LATE_IDS) + 1, self.seq)
            self._remember_gaps(set(recent), set(EventRow.objects.filter(id__in=recent).values_list("id", flat=True)))

    def new(self) -> dict[int, Change]:
        """What changed since the last look, by organisation."""
        wanted = Q(id__gt=self.seq) | Q(id__in=list(self._gaps)) if self._gaps else Q(id__gt=self.seq)
        rows = EventRow.objects.filter(wanted).order_by("id").values_list("id", "organisation_id", "topics")[:AT_ONCE]
        changes: dict[int, Change] = defaultdict(Change)
        ids = set()
        for seq, organisation_id, topics in rows:
            ids.add(seq)
            if topics:
                change = changes[organisation_id]
                change.seq = max(change.seq, seq)
                change.topics.update(topics)
        self._advance(ids)
        return changes

    def _advance(self, ids: set[int]) -> None:
        last = max(ids, default=0)
        if last > self.seq:
            if connection.vendor != "sqlite":
                self._remember_gaps(set(range(self.seq + 1, last)), ids)
            self.seq = last
        late = time.monotonic() - LATE_SECONDS
        self._gaps = {seq: since for seq, since in self._gaps.items() if seq not in ids and since > late}

    def _remember_gaps(self, expected: set[int], found: set[int]) -> None:
        now = time.monotonic()
        self._gaps |= dict.fromkeys(sorted(expected - found)[-MOST_GAPS:], now)


def missed(subscription: Subscription, after: int) -> Change:
    """What a connection missed since sequence number `after`; EVERYTHING when that was too long ago to tell."""
    last = newest()
    if after > last or last - after > MOST_MISSED:
        return Change(last, {EVERYTHING} if subscription.topics is None else set(subscription.topics))
    rows = EventRow.objects.filter(organisation_id=subscription.organisation_id, id__lte=last)
    changed: set[str] = set()
    for topics in rows.filter(_since(after)).values_list("topics", flat=True):
        changed |= subscription.hears(topics)
    return Change(last, changed)


def _since(after: int) -> Q:
    last = EventRow.objects.filter(id=after).values_list("at", flat=True).first()
    if last is None or connection.vendor == "sqlite":
        return Q(id__gt=after)
    # What was being written when the listener left may bear a smaller number.
    return Q(id__gt=after) | Q(id__gt=after - LATE_IDS, at__gte=last - timedelta(seconds=LATE_SECONDS))
