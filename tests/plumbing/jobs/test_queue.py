"""The table of jobs, without any driver."""

import socket
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from opieka.plumbing import jobs
from opieka.plumbing.jobs import Options, enqueue
from opieka.plumbing.jobs.claiming import claim, due, hold, new_worker, successor
from opieka.plumbing.jobs.running import LONGEST_WAIT, MOST_DEATHS, release_expired, run
from opieka.plumbing.models import JobRow
from tests.plumbing.jobs import jobs_to_run
from tests.plumbing.jobs.jobs_to_run import RAN, fail_always, fail_with_a_fallback, put_off, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_ran_yet() -> None:
    jobs_to_run.forget()


def later(**by: float) -> object:
    return time_machine.travel(timezone.now() + timedelta(**by), tick=False)


def test_a_job_that_is_done_is_gone():
    enqueue(say, word="done")

    assert jobs.drain() == 1
    assert RAN == ["done"]
    assert not JobRow.objects.exists()


def test_a_job_exists_only_if_its_transaction_commits():
    def give_up() -> None:
        with transaction.atomic():
            enqueue(say, word="never")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_up()

    assert jobs.drain() == 0


def test_a_smaller_priority_goes_first_and_then_the_longest_due():
    now = timezone.now()
    for word, priority, ago in [("late", 5, 1), ("early", 5, 9), ("urgent", 2, 0)]:
        enqueue(say, Options(priority=priority, run_after=now - timedelta(seconds=ago)), word=word)

    jobs.drain()

    assert RAN == ["urgent", "early", "late"]


def test_what_is_due_later_waits():
    enqueue(say, Options(run_after=timezone.now() + timedelta(hours=1)), word="later")

    assert jobs.drain() == 0
    with later(hours=1, seconds=1):
        assert jobs.drain() == 1


def test_jobs_of_one_key_run_in_order_even_when_the_first_fails():
    enqueue(fail_always, Options(key="k"))
    enqueue(say, Options(key="k", priority=1), word="second")

    assert jobs.drain() == 1
    assert RAN == []

    with later(minutes=1):
        jobs.drain()
    with later(minutes=2):
        jobs.drain()

    # The first is a dead letter by now and no longer holds up the others.
    assert RAN == ["second"]
    assert JobRow.objects.get().state == "dead"


def test_a_claimed_job_holds_back_its_key_and_nothing_else():
    enqueue(say, Options(key="k"), word="first")
    enqueue(say, Options(key="k"), word="second")
    enqueue(say, Options(key="other"), word="other")

    taken = [claim(new_worker()) for _ in range(3)]

    assert [row and row.payload["word"] for row in taken] == ["first", "other", None]


def test_a_dead_letter_that_is_tried_again_while_its_key_is_busy_stops_nobody():
    enqueue(fail_always, Options(key="k"))
    JobRow.objects.update(state="dead")
    enqueue(say, Options(key="k"), word="busy")
    assert claim(new_worker())
    jobs.retry(JobRow.objects.get(state="dead").pk)
    enqueue(say, word="elsewhere")

    taken = [claim(new_worker()) for _ in range(2)]

    assert [row and row.payload["word"] for row in taken] == ["elsewhere", None]


def test_the_next_of_a_key_is_known_when_the_one_before_is_done():
    enqueue(say, Options(key="k"), word="first")
    enqueue(say, Options(key="k"), word="second")
    row = claim(new_worker())
    assert row is not None
    assert successor("k") is None

    run(row)

    following = successor("k")
    assert following is not None
    assert following.payload["word"] == "second"


def test_a_failure_is_retried_with_growing_waits_and_ends_as_a_dead_letter():
    enqueue(fail_always)
    waits = []
    for _ in range(3):
        row = JobRow.objects.get()
        with time_machine.travel(row.run_after, tick=False):
            jobs.drain()
            waits.append((JobRow.objects.get().run_after - timezone.now()).total_seconds())

    dead = JobRow.objects.get()
    assert dead.state == "dead"
    assert "it never works" in dead.last_error
    assert 1.6 <= waits[0] <= 2.4
    assert 3.2 <= waits[1] <= 4.8
    assert max(waits) < LONGEST_WAIT.total_seconds()


def test_what_gives_up_is_a_dead_letter_and_something_else_is_done_instead():
    enqueue(fail_with_a_fallback, Options(key="k", organisation_id=7), word="thanks")
    jobs.drain()
    assert RAN == []

    with later(minutes=1):
        jobs.drain()

    assert RAN == ["instead of thanks"]
    assert list(JobRow.objects.values_list("state", "organisation_id")) == [("dead", 7)]


def test_a_dead_letter_gets_fresh_attempts_when_a_person_says_so():
    row = JobRow.objects.create(
        name="x.y", state="dead", attempts=9, run_after=timezone.now(), organisation_id=7, last_error="it broke"
    )

    assert not jobs.retry(row.pk, organisation_id=8)
    assert list(jobs.dead_letters(7)) == [row]
    assert jobs.retry(row.pk, organisation_id=7)

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("ready", 0)


def test_a_dead_letter_can_be_thrown_away_by_its_own_organisation():
    row = JobRow.objects.create(name="x.y", state="dead", run_after=timezone.now(), organisation_id=7)

    assert not jobs.discard(row.pk, organisation_id=8)
    assert jobs.discard(row.pk, organisation_id=7)


def test_putting_off_counts_no_attempt():
    enqueue(put_off, seconds=30)

    jobs.drain()

    row = JobRow.objects.get()
    assert (row.state, row.attempts) == ("ready", 0)
    assert row.run_after > timezone.now() + timedelta(seconds=25)


def test_once_means_once_even_after_it_was_done():
    for _ in range(2):
        enqueue(say, Options(once="greet:1"), word="once")
        jobs.drain()

    assert RAN == ["once"]


def test_an_unknown_job_becomes_a_dead_letter_at_once():
    JobRow.objects.create(name="os.system", payload={"command": "true"}, run_after=timezone.now())

    jobs.drain()

    assert JobRow.objects.get().state == "dead"


def test_a_job_comes_back_when_its_lease_runs_out_and_its_old_worker_can_no_longer_settle_it():
    enqueue(say, word="again")
    slow = claim("far-away/1/1/1")
    assert slow is not None
    assert release_expired() == 0

    with later(minutes=3):
        assert release_expired() == 1
        fast = claim("far-away/2/2/2")
        assert fast is not None
        run(slow)
        assert JobRow.objects.get().worker == "far-away/2/2/2"
        run(fast)

    assert not JobRow.objects.exists()


def test_a_job_held_by_its_worker_does_not_come_back():
    enqueue(say, word="long")
    row = claim("far-away/1/1/1")
    assert row is not None

    with later(minutes=1):
        hold(row, timedelta(minutes=2))
    with later(minutes=2, seconds=30):
        assert release_expired() == 0


def test_the_jobs_of_a_process_that_was_killed_here_come_back_without_waiting_for_the_lease():
    enqueue(say, word="again")
    claim(f"{socket.gethostname()[:30]}/999999999/1/1")
    enqueue(say, word="mine")
    claim(new_worker())

    assert release_expired() == 1
    assert {row.payload["word"]: row.state for row in JobRow.objects.all()} == {"again": "ready", "mine": "running"}


def test_a_job_that_keeps_killing_its_worker_becomes_a_dead_letter():
    enqueue(fail_always)
    states = []
    for _ in range(MOST_DEATHS + 1):
        JobRow.objects.update(run_after=timezone.now())
        assert claim(f"{socket.gethostname()[:30]}/999999999/1/1")
        release_expired()
        states.append(JobRow.objects.get().state)

    # A few restarts are no fault of the job, however few times it would be tried.
    assert states == ["ready"] * MOST_DEATHS + ["dead"]


def test_the_counts_say_what_waits_and_for_how_long():
    now = timezone.now()
    enqueue(say, Options(run_after=now - timedelta(seconds=40)), word="due")
    enqueue(say, Options(run_after=now + timedelta(seconds=40)), word="later")
    JobRow.objects.create(name="x", state="dead", run_after=now)

    counted = jobs.counts()

    assert {key: counted[key] for key in ("due", "later", "running", "dead")} == {
        "due": 1, "later": 1, "running": 0, "dead": 1,
    }  # fmt: skip
    assert 39 <= counted["lag_seconds"] <= 45


def test_what_its_own_key_holds_back_waits_for_no_worker():
    now = timezone.now()
    enqueue(say, Options(key="k", run_after=now + timedelta(minutes=8)), word="put off")
    enqueue(say, Options(key="k", run_after=now - timedelta(minutes=8)), word="behind it")
    enqueue(say, Options(key="l"), word="busy")
    enqueue(say, Options(key="l", run_after=now - timedelta(minutes=8)), word="behind that")
    assert claim(new_worker())

    assert jobs.lag_seconds(now) == 0
    assert not due(now)
