"""Putting jobs into the table. The row is the truth; whoever carries it further only carries its id."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from opieka.plumbing.jobs import drivers
from opieka.plumbing.jobs.registry import name_of
from opieka.plumbing.models import JobRow


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


def enqueue(function: Callable[..., None], /, options: Options = Options(), **payload: Any) -> None:
    """Write the job row, in the caller's transaction. `payload` must be JSON values."""
    now = timezone.now()
    run_after = options.run_after or now
    due = run_after <= now
    row = {
        "name": name_of(function),
        "payload": payload,
        "key": options.key,
        "priority": options.priority,
        "run_after": run_after,
        "organisation_id": options.organisation_id,
        # Marked as sent in the same insert; when the broker fails, the clock sends it again later.
        "sent_to_broker_at": now if due and drivers.chosen().carries else None,
    }
    if options.once:
        job, is_new = JobRow.objects.get_or_create(once=options.once, defaults=row)
    else:
        job, is_new = JobRow.objects.create(**row), True
    if is_new and due:
        transaction.on_commit(lambda: drivers.announce(job.pk, job.priority))
