"""Who holds which job: claiming, holding on to it, and taking it back from the dead.

A claim is one statement, so that it is atomic and short on SQLite and skips rows others hold on PostgreSQL.
"""

import os
import socket
from datetime import datetime, timedelta
from functools import cache
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from opieka.plumbing.models import JobRow

FIRST_LEASE = timedelta(minutes=2)
RACES = 5

# A job is free when it has no key, or is the oldest of its key and none of that key runs. The second question is asked
# by itself: a dead letter that is tried again may be older than the one that runs. The literal states and the shape of
# NOT (key = '') let both databases use the partial indexes of the table.
FREE = """plumbing_jobrow.state = 'ready' AND (plumbing_jobrow.key = '' OR (
  NOT EXISTS (
    SELECT 1 FROM plumbing_jobrow older WHERE NOT (older.key = '') AND older.key = plumbing_jobrow.key
    AND older.id < plumbing_jobrow.id AND older.state = 'ready')
  AND NOT EXISTS (
    SELECT 1 FROM plumbing_jobrow busy WHERE NOT (busy.key = '') AND busy.key = plumbing_jobrow.key
    AND busy.state = 'running')))"""

CLAIM = """
UPDATE plumbing_jobrow SET state = 'running', worker = %s, leased_until = %s, attempts = attempts + 1
WHERE id = (
  SELECT id FROM plumbing_jobrow WHERE run_after <= %s {only} AND {free}
  ORDER BY priority, run_after, id LIMIT 1 {lock})
RETURNING *
"""

_numbers = count(1)


def new_worker() -> str:
    """A name no other worker has: "host/process id/when the process began/number"."""
    return f"{_process()}/{next(_numbers)}"


def claim(worker: str, *, only: int | None = None) -> JobRow | None:
    """Take the next job: ready, due, and the oldest of its key. Another worker cannot take it meanwhile."""
    now = timezone.now()
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    statement = CLAIM.format(only="AND id = %s" if only is not None else "", free=FREE, lock=lock)
    values = [worker, _adapt(now + FIRST_LEASE), _adapt(now), *([only] if only is not None else [])]
    for _ in range(RACES):
        try:
            return next(iter(list(JobRow.objects.raw(statement, values))), None)
        except IntegrityError:
            # Two of one key were claimed in the same moment and the table let one through. Look again.
            continue
    return None


def _adapt(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def free(now: datetime) -> QuerySet[JobRow]:
    """Jobs that a worker could take now: due, and held back by no other of their key."""
    return JobRow.objects.filter(run_after__lte=now).extra(where=[FREE])  # noqa: S610 - A constant of ours.


def due(now: datetime) -> bool:
    """Whether a worker could take anything. A read, so that looking costs a SQLite writer nothing."""
    return free(now).exists()


def lag_seconds(now: datetime) -> float:
    """How long the job that is due the longest has waited for a worker; 0 when none waits.

    What its own key holds back does not count: it waits for the job before it, not for a worker.
    """
    oldest = free(now).aggregate(first=Min("run_after"))["first"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def successor(key: str) -> JobRow | None:
    """The job that may run now that the one before it in its key is done."""
    waiting = JobRow.objects.filter(key=key).exclude(state__in=[JobRow.State.DEAD, JobRow.State.DONE])
    oldest = waiting.order_by("id").first()
    ready = oldest is not None and oldest.state == JobRow.State.READY and oldest.run_after <= timezone.now()
    return oldest if ready else None


def hold(row: JobRow, lease: timedelta) -> None:
    """Keep a job that is still being run from being given to others."""
    mine(row).update(leased_until=timezone.now() + lease)


def mine(row: JobRow) -> QuerySet[JobRow]:
    """The row as long as this very claim of it stands; nobody when another worker has it by now."""
    return JobRow.objects.filter(id=row.pk, state=row.state, worker=row.worker, attempts=row.attempts)


def take_along(row: JobRow, most: int) -> list[JobRow]:
    """The jobs that wait right behind this one in its key and are like it, to be run with it.

    They stay ready: as long as this one runs, its key keeps others away from them. The attempt is counted before it is
    made, so that what kills a worker is tried alone the next time.
    """
    if not row.key or most < 2 or row.attempts > 1:
        return []
    behind = JobRow.objects.filter(key=row.key, id__gt=row.pk, state=JobRow.State.READY).order_by("id")[: most - 1]
    now = timezone.now()
    found = list(takewhile(lambda one: _is_like(row, one) and one.run_after <= now, behind))
    JobRow.objects.filter(id__in=[one.pk for one in found]).update(worker=row.worker, attempts=F("attempts") + 1)
    for one in found:
        one.worker, one.attempts = row.worker, one.attempts + 1
    return found


def _is_like(row: JobRow, other: JobRow) -> bool:
    return (other.name, other.attempts, other.once) == (row.name, 0, None)


def give_back(rows: list[JobRow]) -> None:
    """Those that were taken along and not tried."""
    ids = [row.pk for row in rows]
    JobRow.objects.filter(id__in=ids, state=JobRow.State.READY).update(worker="", attempts=F("attempts") - 1)


def expired() -> list[JobRow]:
    """Jobs whose worker is gone: their lease ran out, or their process on this machine has ended."""
    running = JobRow.objects.filter(state=JobRow.State.RUNNING)
    late = list(running.filter(leased_until__lt=timezone.now()))
    here = running.filter(leased_until__gte=timezone.now(), worker__startswith=f"{_host()}/")
    return late + [row for row in here if not _alive(row.worker)]


@cache
def _host() -> str:
    return socket.gethostname()[:30]


def _process() -> str:
    # Asked anew each time: a forked child is another process.
    return f"{_host()}/{os.getpid()}/{_began(os.getpid())}"


def _alive(worker: str) -> bool:
    host, process, began, _ = worker.split("/")
    return host == _host() and _began(int(process)) == began


def _began(process: int) -> str:
    """When the process began, in ticks of the kernel; "" when there is none (or no /proc, where only leases count)."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
