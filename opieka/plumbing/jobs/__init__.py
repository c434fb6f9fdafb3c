"""Jobs: rows written in the transaction of the change, run until they succeed.

    @job(retries=5)
    def fetch_mail(inbox_id: int) -> None: ...

    enqueue(fetch_mail, inbox_id=3)

A job must be harmless to run twice. `Again(at=...)` puts it off without counting an attempt; any other exception
is a failed attempt, retried with backoff, and after the last one the row stays as a dead letter; what
`on_giving_up` names for it is then done instead.
"""

from opieka.plumbing.jobs.claiming import lag_seconds
from opieka.plumbing.jobs.letters import counts, dead_letters, discard, hasten, retry
from opieka.plumbing.jobs.queue import Options, Wanted, enqueue, enqueue_all
from opieka.plumbing.jobs.registry import cron, job, know, known_as, on_giving_up
from opieka.plumbing.jobs.running import Again, drain

__all__ = [
    "Again", "Options", "Wanted", "counts", "cron", "dead_letters", "discard", "drain", "enqueue", "enqueue_all",
    "hasten", "job", "know", "known_as", "lag_seconds", "on_giving_up", "retry",
]  # fmt: skip
