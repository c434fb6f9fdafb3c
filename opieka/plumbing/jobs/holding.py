"""Keeping hold of the jobs that this process is running, so that long ones are not given to another worker."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from opieka.plumbing.jobs.claiming import hold
from opieka.plumbing.jobs.registry import known_as
from opieka.plumbing.models import JobRow

RENEW_EVERY = 20.0


class Holding:
    """Which jobs are being run, and since when. One thread of the process calls `renew` about every second."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[JobRow, float]] = {}
        self._renewed = time.monotonic()

    def __len__(self) -> int:
        return len(self._running)

    @contextmanager
    def during(self, row: JobRow) -> Iterator[None]:
        self._running[row.pk] = (row, time.monotonic())
        try:
            yield
        finally:
            del self._running[row.pk]

    def renew(self) -> None:
        """Renew the leases, except of jobs that have taken longer than they may: those may be tried elsewhere."""
        now = time.monotonic()
        if now - self._renewed < RENEW_EVERY:
            return
        self._renewed = now
        for row, since in list(self._running.values()):
            known = known_as(row.name)
            if now - since < known.longest.total_seconds():
                hold(row, known.lease)
