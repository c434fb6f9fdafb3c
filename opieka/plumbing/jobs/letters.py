"""What is in the queue, and what to do about jobs that gave up."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from opieka.plumbing.jobs import drivers
from opieka.plumbing.jobs.claiming import lag_seconds
from opieka.plumbing.models import JobRow


def dead_letters(organisation_id: int, *, shared: bool = False) -> QuerySet[JobRow]:
    """The jobs of this organisation that gave up, newest first; with `shared`, those that belong to none as well."""
    whose = (
        Q(organisation_id=organisation_id) | Q(organisation_id=None) if shared else Q(organisation_id=organisation_id)
    )
    return JobRow.objects.filter(whose, state=JobRow.State.DEAD).order_by("-id")


@transaction.atomic
def retry(job_id: int, *, organisation_id: int | None = None) -> bool:
    """Give a dead letter a fresh set of attempts. False when there is no such dead letter (of that organisation)."""
    revived = _dead(job_id, organisation_id).update(
        state=JobRow.State.READY, attempts=0, run_after=timezone.now(), last_error="", sent_to_broker_at=None
    )
    if revived:
        transaction.on_commit(lambda: drivers.announce(job_id, 5))
    return bool(revived)


@transaction.atomic
def hasten(key: str) -> int:
    """Let the jobs of this key that wait for a later moment run now, in their order. Returns how many those are."""
    now = timezone.now()
    later = JobRow.objects.filter(key=key, state=JobRow.State.READY, run_after__gt=now)
    hastened = list(later.order_by("id").values_list("id", "priority"))
    later.update(run_after=now, sent_to_broker_at=None)
    if hastened:
        transaction.on_commit(lambda: drivers.announce(*hastened[0]))
    return len(hastened)


def discard(job_id: int, *, organisation_id: int | None = None) -> bool:
    """A person decided that a dead letter need not be done any more."""
    return bool(_dead(job_id, organisation_id).delete()[0])


def _dead(job_id: int, organisation_id: int | None) -> QuerySet[JobRow]:
    dead = JobRow.objects.filter(id=job_id, state=JobRow.State.DEAD)
    return dead if organisation_id is None else dead.filter(organisation_id=organisation_id)


def counts() -> dict[str, Any]:
    """How many jobs are ready (due and later), running and dead, and how many seconds the oldest due one has waited."""
    now = timezone.now()
    states = dict(
        JobRow.objects.exclude(state=JobRow.State.DONE).values_list("state").annotate(Count("id")).order_by("state")
    )
    due = JobRow.objects.filter(state=JobRow.State.READY, run_after__lte=now).count()
    return {
        "due": due,
        "later": states.get("ready", 0) - due,
        "running": states.get("running", 0),
        "dead": states.get("dead", 0),
        "lag_seconds": round(lag_seconds(now), 1),
    }
