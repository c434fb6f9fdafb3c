"""The clock: puts jobs that recur into the queue, brings back what dead workers held, and sends what nobody took.

Any number of clocks may run. A slot of a schedule is queued exactly once because its row is unique.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from opieka.plumbing.jobs import drivers
from opieka.plumbing.jobs.queue import Options, enqueue
from opieka.plumbing.jobs.registry import SCHEDULES, Schedule, known_as
from opieka.plumbing.jobs.running import release_expired
from opieka.plumbing.models import JobRow

TICK = 1.0
RELEASE_EVERY = 5.0
FORGET_AFTER = timedelta(days=35)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

log = structlog.get_logger("opieka.clock")


def slot_of(schedule: Schedule, now: datetime) -> datetime:
    """When the slot that `now` falls into began. All clocks agree on it."""
    return now - (now - EPOCH - schedule.offset) % schedule.every


class Clock:
    """Ticks until it is told to stop. It remembers what it queued, so that a tick in the same slot costs nothing."""

    def __init__(self) -> None:
        autodiscover_modules("jobs")
        self._queued: dict[str, datetime] = {}
        self._released = 0.0

    def run(self, stop: threading.Event) -> None:
        while True:
            try:
                self.tick(timezone.now())
                close_old_connections()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database does not answer", error=str(error))
                connection.close()
            if stop.wait(TICK):
                connection.close()
                return

    def tick(self, now: datetime) -> None:
        if time.monotonic() - self._released >= RELEASE_EVERY:
            self._released = time.monotonic()
            release_expired()
        for schedule in list(SCHEDULES.values()):
            slot = slot_of(schedule, now)
            if self._queued.get(schedule.name) != slot:
                self._queue(schedule, slot)
        drivers.chosen().sweep()

    def _queue(self, schedule: Schedule, slot: datetime) -> None:
        enqueue(known_as(schedule.name).function, Options(once=_once(schedule, slot), priority=6))
        self._queued[schedule.name] = slot
        # The slot before stays too, for a clock that is a little behind this one.
        kept = [_once(schedule, slot), _once(schedule, slot - schedule.every)]
        done = JobRow.objects.filter(state=JobRow.State.DONE)
        done.filter(once__startswith=f"{schedule.name}@").exclude(once__in=kept).delete()
        # Of a schedule that keeps failing the newest dead letter says it all.
        dead = JobRow.objects.filter(state=JobRow.State.DEAD, once__startswith=f"{schedule.name}@").order_by("-id")
        dead.filter(id__in=list(dead.values_list("id", flat=True)[1:])).delete()
        done.filter(run_after__lt=timezone.now() - FORGET_AFTER).exclude(once__contains="@").delete()


def _once(schedule: Schedule, slot: datetime) -> str:
    return f"{schedule.name}@{slot:%Y-%m-%dT%H:%M:%S}"
