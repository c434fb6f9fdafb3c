"""Running a claimed job to its end: done, again later, or a dead letter."""

import random
import traceback
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from opieka.plumbing.jobs.claiming import FIRST_LEASE, claim, expired, give_back, hold, mine, new_worker, take_along
from opieka.plumbing.jobs.queue import Options, enqueue
from opieka.plumbing.jobs.registry import INSTEAD, KNOWN, Known, known_as
from opieka.plumbing.models import JobRow

FIRST_RETRY = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_ERROR = 4000
GONE = "The worker stopped in the middle of this job."
# A worker may well stop for reasons of its own, such as a restart; a job that is tried a few times only outlives that.
MOST_DEATHS = 8

log = structlog.get_logger("opieka.jobs")


class Again(Exception):
    """Not now: run this job again at `at`, without counting an attempt."""

    def __init__(self, *, at: datetime) -> None:
        super().__init__(f"again at {at:%H:%M:%S}")
        self.at = at


def run(row: JobRow) -> bool:
    """Run a claimed job to its end, with those behind it where it takes them along. True when all have succeeded."""
    try:
        known = known_as(row.name)
        if known.lease > FIRST_LEASE:
            hold(row, known.lease)
    except (KeyError, ImportError) as error:
        fail(row, traceback.format_exc(limit=-6), kind=type(error).__name__)
        return False
    others = take_along(row, known.together)
    return _run_together(known, [row, *others]) if others else _end(row, _tried(known, row))


def _run_together(known: Known, rows: list[JobRow]) -> bool:
    """All by one call; where that fails, one after the other, in their order, up to the first that fails by itself."""
    try:
        known.function(*[_event_of(row) for row in rows])
    except Exception as error:  # noqa: BLE001 - Each is tried again by itself, where its row keeps what went wrong.
        log.warning("jobs failed together", name=rows[0].name, count=len(rows), error=type(error).__name__)
        return _run_one_by_one(known, rows)
    first, *others = rows
    JobRow.objects.filter(id__in=[row.pk for row in others], state=JobRow.State.READY, worker=first.worker).delete()
    return _end(first, None)


def _run_one_by_one(known: Known, rows: list[JobRow]) -> bool:
    """The first ends last: while it runs, nobody else takes one of its key."""
    first, *others = rows
    trouble = _tried(known, first)
    went_well = trouble is None
    while went_well and others:
        row = others.pop(0)
        went_well = _end(row, _tried(known, row))
    give_back(others)
    return _end(first, trouble) and went_well


def _tried(known: Known, row: JobRow) -> Exception | None:
    """What went wrong, if anything."""
    try:
        _call(known, row)
    except Exception as error:  # noqa: BLE001 - The one place where everything is caught: the row keeps the error.
        return error
    return None


def _end(row: JobRow, trouble: Exception | None) -> bool:
    """Say in the row how it went. True when it went well."""
    if trouble is None:
        _done(row)
    elif isinstance(trouble, Again):
        _put_off(row, at=trouble.at, attempts=max(0, row.attempts - 1))
    else:
        fail(row, "".join(traceback.format_exception(trouble, limit=-6)), kind=type(trouble).__name__)
    return trouble is None


def _call(known: Known, row: JobRow) -> None:
    if "event" in row.payload and "data" in row.payload:
        known.function(_event_of(row))
    else:
        known.function(**row.payload)


def _event_of(row: JobRow) -> Any:
    from opieka.plumbing.events import rebuild

    return rebuild(row.payload["event"], row.payload["data"])


def _done(row: JobRow) -> None:
    # A row that must exist only once stays a while, else the same thing could be asked for again.
    if row.once:
        mine(row).update(state=JobRow.State.DONE, leased_until=None, worker="")
    else:
        mine(row).delete()


def _put_off(row: JobRow, *, at: datetime, attempts: int, error: str = "", key: str | None = None) -> None:
    mine(row).update(
        key=row.key if key is None else key,
        state=JobRow.State.READY,
        run_after=at,
        attempts=attempts,
        leased_until=None,
        worker="",
        sent_to_broker_at=None,
        last_error=error[-LONGEST_ERROR:],
    )


def fail(row: JobRow, error: str, *, kind: str = "") -> None:
    """Put the job back for later, or leave it as a dead letter after its last attempt."""
    if row.attempts > _retries(row.name):
        _give_up(row, error)
        log.error("a job gave up", job=row.pk, name=row.name, attempts=row.attempts, error=kind)
        return
    wait = min(LONGEST_WAIT, FIRST_RETRY * 2 ** min(row.attempts - 1, 12)) * random.uniform(0.8, 1.2)
    _put_off(row, at=timezone.now() + wait, attempts=row.attempts, error=error, key=_place_after(row))
    log.warning("a job failed", job=row.pk, name=row.name, attempts=row.attempts, error=kind, again_s=wait.seconds)


def _place_after(row: JobRow) -> str:
    """Its key, or none: what fails for the second time is not worth waiting for where order matters less than going on."""
    known = KNOWN.get(row.name)
    return "" if known and known.steps_aside and row.attempts > 1 else row.key


@transaction.atomic
def _give_up(row: JobRow, error: str) -> None:
    """A dead letter; and what is to be done instead is queued with it, behind nobody of its key."""
    buried = mine(row).update(state=JobRow.State.DEAD, leased_until=None, worker="", last_error=error[-LONGEST_ERROR:])
    instead = INSTEAD.get(row.name)
    if buried and instead:
        options = Options(priority=row.priority, organisation_id=row.organisation_id)
        enqueue(instead, options, **row.payload)


def _retries(name: str) -> int:
    try:
        return known_as(name).retries
    except (KeyError, ImportError):
        return 0


def release_expired() -> int:
    """Give back the jobs of workers that died. One that keeps killing its worker becomes a dead letter too."""
    rows = expired()
    for row in rows:
        if row.attempts > max(_retries(row.name), MOST_DEATHS):
            fail(row, GONE, kind="WorkerGone")
        else:
            _put_off(row, at=timezone.now(), attempts=row.attempts, error=GONE)
    return len(rows)


def drain(*, limit: int = 1000) -> int:
    """Run every job that is due, here and now; for tests, the demo and commands. Returns how many ran."""
    worker = new_worker()
    done = 0
    while done < limit and (row := claim(worker)):
        run(row)
        done += 1
    return done
