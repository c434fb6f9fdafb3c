"""Putting jobs into the table. The row is the truth; whoever carries it further only carries its id."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.plumbing.jobs import drivers
from opieka.plumbing.jobs.registry import name_of
from opieka.plumbing.models import JobRow
from opieka.plumbing.rows import Ids, as_moment, insert_values

COLUMNS = ("name", "payload", "key", "priority", "run_after", "organisation_id", "sent_to_broker_at")
AT_FIRST = ("state", "attempts", "worker", "last_error", "created_at")


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a job is queued.

    Of jobs with one `key` only the oldest runs, so they run in order. Of one `once` only one row exists; it is kept
    for a while after it was done, so that the same thing is not done again. A smaller `priority` goes first.
    """

    key: str = ""
    once: str | None = None
    priority: int = 5
    run_after: datetime | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A job to be put into the table; `payload` must be JSON values."""

    function: Callable[..., None]
    payload: dict[str, Any]
    options: Options = Options()


def enqueue(function: Callable[..., None], /, options: Options = Options(), **payload: Any) -> None:
    """Write the job row, in the caller's transaction. `payload` must be JSON values."""
    enqueue_all([Wanted(function=function, payload=payload, options=options)])


def enqueue_all(wanted: Sequence[Wanted]) -> None:
    """Write the rows of several jobs, in the order given and in the caller's transaction."""
    with transaction.atomic(savepoint=False):
        _write(wanted)


def _write(wanted: Sequence[Wanted]) -> None:
    now = timezone.now()
    ids = Ids(JobRow, at_once=len(wanted))
    fresh: list[tuple[int, Wanted]] = []
    for one in wanted:
        if one.options.once:
            _once(one, now)
        else:
            fresh.append((ids.take(), one))
    if fresh:
        insert_values(JobRow, ("id", *COLUMNS, *AT_FIRST), [(pk, *_ready(one, now)) for pk, one in fresh])
    due = [
        (pk, one.options.priority) for pk, one in fresh if one.options.run_after is None or one.options.run_after <= now
    ]
    if due:
        transaction.on_commit(lambda: drivers.announce_all(due))


def _ready(wanted: Wanted, now: datetime) -> list[Any]:
    """The columns as the database takes them; those of which a new job knows nothing have their defaults."""
    columns = _columns(wanted, now)
    columns["payload"] = dumps(columns["payload"])
    moments = {moment: as_moment(moment) for moment in (now, columns["run_after"])}
    values = [moments.get(value, value) if isinstance(value, datetime) else value for value in columns.values()]
    return [*values, JobRow.State.READY.value, 0, "", "", moments[now]]


def _once(wanted: Wanted, now: datetime) -> None:
    job, is_new = JobRow.objects.get_or_create(once=wanted.options.once, defaults=_columns(wanted, now))
    if is_new and job.run_after <= now:
        transaction.on_commit(lambda: drivers.announce_all([(job.pk, job.priority)]))


def _columns(wanted: Wanted, now: datetime) -> dict[str, Any]:
    options = wanted.options
    run_after = options.run_after or now
    return {
        "name": name_of(wanted.function),
        "payload": wanted.payload,
        "key": options.key,
        "priority": options.priority,
        "run_after": run_after,
        "organisation_id": options.organisation_id,
        # Marked as sent in the same insert; when the broker fails, the clock sends it again later.
        "sent_to_broker_at": now if run_after <= now and drivers.chosen().carries else None,
    }
