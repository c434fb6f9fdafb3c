"""The shop whose mail is measured: `python -m opieka.cli.bench.ingest_scene MAILS`."""

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from opieka.cli.base import start_django
from opieka.cli.bench.mails import SUPPORT, WRITERS_A_MAIL, Post
from opieka.cli.bench.vocabulary import vocabulary

SEED = 1


@dataclass(frozen=True)
class Pace:
    """How long so many mails took: seconds of the clock, seconds of the processor, and commits to the database."""

    mails: int
    seconds: float
    processor: float
    commits: int

    @property
    def per_second(self) -> float:
        return round(self.mails / self.seconds, 1)

    @property
    def cpu_us(self) -> float:
        return round(self.processor / self.mails * 1e6, 1)


def main(mails: int) -> dict[str, Any]:
    """The figures, measured in this very process, which has read no mail before."""
    from django.db import connection

    inbox = _inbox()
    post = Post(random.Random(SEED), vocabulary(random.Random(SEED)), writers=max(1, int(2 * mails * WRITERS_A_MAIL)))
    batches = [post.mails(mails), post.mails(mails)]
    cold, warm = (_paced(mails, partial(_take_in, inbox, batch)) for batch in batches)
    _check(2 * mails)
    limit = _paced(mails, partial(_keep_only, batches[1], commits=warm.commits))
    return {
        "mails": mails,
        "per_second": warm.per_second,
        "cpu_us": warm.cpu_us,
        "cold_per_second": cold.per_second,
        "cold_cpu_us": cold.cpu_us,
        "limit_per_second": limit.per_second,
        "ratio_to_limit": round(warm.per_second / limit.per_second, 4),
        "commits": warm.commits,
        "bytes_a_mail": sum(map(len, batches[1])) // mails,
        "database": connection.vendor,
    }


def _inbox() -> Any:
    from opieka.accounts.actions import found
    from opieka.channels.actions import connect
    from opieka.channels.email import Email
    from opieka.plumbing.preparing import prepare

    prepare(with_backup=False)
    owner = found("Bench", email="owner@bench.example", person="Owner")
    form: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    form |= {"address": SUPPORT, "imap_host": "127.0.0.1", "smtp_host": "127.0.0.1"}
    return connect(owner.organisation, "email", name="Poczta", cleaned=form)


def _paced(mails: int, work: Callable[[], None]) -> Pace:
    """How long the work took, and how often it committed: at the end of a transaction, or a statement by itself."""
    from django.db import connection

    database: Any = connection
    commits = 0
    # Nothing else sees every end of a transaction.
    commit = database._commit  # noqa: SLF001

    def committed() -> None:
        nonlocal commits
        commits += 1
        commit()

    def executed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal commits
        commits += not database.in_atomic_block and sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, *rest)

    database._commit = committed  # noqa: SLF001
    try:
        with database.execute_wrapper(executed):
            began, processor = time.perf_counter(), time.process_time()
            work()
            return Pace(mails, time.perf_counter() - began, time.process_time() - processor, commits)
    finally:
        database._commit = commit  # noqa: SLF001


def _take_in(inbox: Any, mails: list[bytes]) -> None:
    """What the watcher of a mailbox does with a batch, and what workers then do with what it has kept."""
    from opieka.channels.actions import keep_all
    from opieka.channels.base import Hook
    from opieka.channels.email.sync import BATCH_MAILS
    from opieka.channels.queries import channel_of

    channel = channel_of(inbox)
    for start in range(0, len(mails), BATCH_MAILS):
        hooks = [Hook(body=body, content_type="message/rfc822") for body in mails[start : start + BATCH_MAILS]]
        meant = [replace(hook, meant_for=channel.branch(hook)) for hook in hooks]
        keep_all(inbox, [(channel.dedupe_key(hook), hook) for hook in meant], cursor={"uid": start})
        _run_jobs()


def _run_jobs() -> None:
    """Those that take mail in. What reacts to messages is left in the queue: it is no intake."""
    from opieka.conversations.actions import take_in
    from opieka.plumbing.jobs.claiming import claim, new_worker
    from opieka.plumbing.jobs.registry import name_of
    from opieka.plumbing.jobs.running import run
    from opieka.plumbing.models import JobRow

    worker = new_worker()
    waiting = JobRow.objects.filter(name=name_of(take_in), state=JobRow.State.READY, key__startswith="inbox:")
    while (job_id := waiting.values_list("id", flat=True).first()) and (row := claim(worker, only=job_id)):
        run(row)


def _check(mails: int) -> None:
    """Figures of work that was not done are worth nothing."""
    from opieka.channels.models import Raw
    from opieka.conversations.models import Message

    kept, said = Raw.objects.filter(state=Raw.State.TAKEN_IN).count(), Message.objects.filter(author="customer").count()
    if (kept, said) != (mails, mails):
        raise SystemExit(f"Of {mails} mails {kept} were settled and {said} became messages.")


def _keep_only(mails: list[bytes], *, commits: int) -> None:
    """The same bytes in a table without an index, in so many transactions of one size."""
    from django.db import connection, transaction

    kind = "bytea" if connection.vendor == "postgresql" else "blob"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_limit (id integer PRIMARY KEY, body {kind} NOT NULL)")
        for number in range(commits):
            rows = list(enumerate(mails))[len(mails) * number // commits : len(mails) * (number + 1) // commits]
            with transaction.atomic():
                cursor.executemany("INSERT INTO bench_limit VALUES (%s, %s)", rows)


if __name__ == "__main__":
    start_django()
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))) + "\n")
