"""Jobs of one key that are run by one call."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from opieka.plumbing import jobs
from opieka.plumbing.jobs import Options, Wanted, enqueue, enqueue_all
from opieka.plumbing.jobs.claiming import claim, new_worker, take_along
from opieka.plumbing.jobs.running import release_expired
from opieka.plumbing.models import JobRow
from tests.plumbing.jobs import jobs_to_run
from tests.plumbing.jobs.jobs_to_run import RAN, hear, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_ran_yet() -> None:
    jobs_to_run.forget()


def speak(*words: str, key: str = "spoken") -> None:
    def wanted(word: str) -> Wanted:
        data = {"organisation_id": 1, "word": word}
        return Wanted(function=hear, payload={"event": "Spoken", "data": data}, options=Options(key=key))

    enqueue_all([wanted(word) for word in words])


def test_those_of_one_key_are_run_by_one_call_up_to_the_most_it_takes():
    speak("a", "b", "c", "d")

    assert jobs.drain() == 2
    assert RAN == ["a+b+c", "d"]
    assert not JobRow.objects.exists()


def test_without_a_key_each_is_run_by_itself():
    speak("a", "b", key="")

    assert jobs.drain() == 2
    assert RAN == ["a", "b"]


def test_another_kind_of_job_between_them_keeps_its_place():
    speak("a")
    enqueue(say, Options(key="spoken"), word="between")
    speak("b")

    jobs.drain()

    assert RAN == ["a", "between", "b"]


def test_when_they_fail_together_each_is_tried_alone_up_to_the_one_that_fails():
    speak("a", "bad", "c")

    jobs.drain()

    assert RAN == ["a"]
    waiting = JobRow.objects.order_by("id")
    assert [(row.attempts, row.worker, bool(row.last_error)) for row in waiting] == [(1, "", True), (0, "", False)]


def test_when_the_first_fails_alone_it_is_put_off_and_the_others_wait_behind_it():
    speak("bad", "b")

    jobs.drain()

    assert RAN == []
    assert [row.attempts for row in JobRow.objects.order_by("id")] == [1, 0]
    assert jobs.drain() == 0


def test_what_may_have_killed_its_worker_is_tried_alone():
    speak("a", "b", "c")
    row = claim(new_worker())
    assert row is not None
    assert len(take_along(row, 3)) == 2

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        release_expired()
        jobs.drain()

    assert RAN == ["a", "b", "c"]


def test_nobody_else_takes_what_was_taken_along():
    speak("a", "b")
    row = claim(new_worker())
    assert row is not None
    take_along(row, 3)

    assert claim(new_worker()) is None
