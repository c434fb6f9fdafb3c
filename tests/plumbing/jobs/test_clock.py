"""The clock."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from opieka.plumbing import jobs
from opieka.plumbing.jobs.clock import Clock, slot_of
from opieka.plumbing.jobs.registry import SCHEDULES, Schedule, name_of
from opieka.plumbing.models import JobRow
from tests.plumbing.jobs import jobs_to_run

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


def chime() -> None:
    jobs_to_run.RAN.append("chime")


@pytest.fixture(autouse=True)
def only_the_chime(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs_to_run.forget()
    name = name_of(chime)
    jobs.know(chime)
    Clock()  # Finds every schedule there is, so that they can be put aside.
    for other in list(SCHEDULES):
        monkeypatch.delitem(SCHEDULES, other)
    monkeypatch.setitem(SCHEDULES, name, Schedule(name=name, every=timedelta(minutes=5)))


@pytest.mark.django_db
def test_clocks_agree_on_slots_and_a_slot_is_queued_once():
    for clock in (Clock(), Clock()):
        for second in range(3):
            clock.tick(NOON + timedelta(seconds=second))

    assert jobs.drain() == 1


@pytest.mark.django_db
def test_a_slot_that_was_done_is_not_queued_again_by_a_clock_that_starts_later():
    Clock().tick(NOON)
    jobs.drain()

    Clock().tick(NOON + timedelta(seconds=5))

    assert jobs.drain() == 0


@pytest.mark.django_db
def test_the_next_slot_is_queued_and_old_rows_go():
    clock = Clock()
    for number in range(5):
        clock.tick(NOON + timedelta(minutes=5 * number))
        jobs.drain()

    assert jobs_to_run.RAN == ["chime"] * 5
    assert JobRow.objects.count() == 2


@pytest.mark.django_db
def test_of_a_schedule_that_keeps_failing_the_newest_dead_letter_stays():
    clock = Clock()
    for number in range(4):
        clock.tick(NOON + timedelta(minutes=5 * number))
        JobRow.objects.filter(state="ready").update(state="dead")
    clock.tick(NOON + timedelta(minutes=20))

    assert list(JobRow.objects.order_by("id").values_list("state", flat=True)) == ["dead", "ready"]
    assert JobRow.objects.get(state="dead").once.endswith("@2026-11-24T12:15:00")


def test_an_offset_moves_the_slot():
    nightly = Schedule(name="n", every=timedelta(days=1), offset=timedelta(hours=2))

    assert slot_of(nightly, NOON) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert slot_of(nightly, NOON.replace(hour=1)) == datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_ten_clocks_that_tick_at_once_queue_a_slot_once():
    clocks = [Clock() for _ in range(10)]
    together = threading.Barrier(10)

    def tick(clock: Clock) -> None:
        together.wait()
        clock.tick(NOON)
        connection.close()

    threads = [threading.Thread(target=tick, args=[clock]) for clock in clocks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert JobRow.objects.filter(name=name_of(chime)).count() == 1
