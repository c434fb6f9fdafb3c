"""One test for every driver of jobs; Celery against a real RabbitMQ and a real Redis."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from opieka.plumbing import jobs
from opieka.plumbing.environment import BadSetting
from opieka.plumbing.jobs import Options, drivers, enqueue
from opieka.plumbing.jobs.drivers.base import Driver
from opieka.plumbing.jobs.registry import name_of
from opieka.plumbing.models import JobRow
from tests.plumbing.jobs import jobs_to_run
from tests.plumbing.jobs.jobs_to_run import MOST_AT_ONCE, RAN, fail_always, put_off, say, say_slowly, wait_for_the_gate

URLS = {
    "threads": "threads:",
    "rabbitmq": "amqp://guest:guest@127.0.0.1:5672//?queue=opieka-test-{}",
    "redis": "redis://127.0.0.1:6379/9?queue=opieka-test-{}",
}

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(
    params=[
        "threads",
        pytest.param("rabbitmq", marks=pytest.mark.scaled),
        pytest.param("redis", marks=pytest.mark.scaled),
    ]
)
def driver(request: pytest.FixtureRequest, settings: object) -> Iterator[Driver]:
    jobs_to_run.forget()
    settings.JOBS_URL = URLS[request.param].format(uuid.uuid4().hex[:8])  # type: ignore[attr-defined]
    drivers.chosen.cache_clear()
    chosen = drivers.chosen()
    yield chosen
    drivers.chosen.cache_clear()
    if chosen.carries:
        with chosen._app.connection_for_write() as broker:  # type: ignore[attr-defined]
            broker.default_channel.queue_delete(chosen.queue)  # type: ignore[attr-defined]


@pytest.fixture
def working(driver: Driver) -> Iterator[Driver]:
    stop = threading.Event()
    worker = threading.Thread(target=driver.work, args=[stop], kwargs={"workers": 3}, daemon=True)
    worker.start()
    yield driver
    stop.set()
    worker.join(20)
    assert not worker.is_alive()


def until(true: Callable[[], object], *, sweep: Driver | None = None, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s; {RAN=}"
        time.sleep(0.02)
        if sweep:
            sweep.sweep()


def test_a_job_runs_soon_after_its_commit(working: Driver):
    enqueue(say, word="warm")
    until(lambda: RAN)
    took = []
    for _ in range(5):
        RAN.clear()
        began = time.monotonic()
        enqueue(say, word="now")
        until(lambda: RAN)
        took.append(time.monotonic() - began)

    assert min(took) < 0.3


def test_a_job_does_not_run_before_its_commit(working: Driver):
    with transaction.atomic():
        enqueue(say, word="committed")
        time.sleep(0.5)
        assert RAN == []
    until(lambda: RAN == ["committed"])


def test_a_hundred_jobs_run_once_each_and_those_of_a_key_in_order(working: Driver):
    for number in range(100):
        enqueue(say_slowly, Options(key=f"lane {number % 4}"), word=f"{number % 4}:{number:03}", lane=f"{number % 4}")
    until(lambda: not JobRow.objects.exists(), sweep=working)

    lanes = {lane: [word for word in RAN if word.startswith(f"{lane}:")] for lane in range(4)}
    assert all(words == sorted(words) for words in lanes.values())
    assert len(RAN) == len(set(RAN)) == 100
    assert set(MOST_AT_ONCE.values()) == {1}


def test_what_is_due_later_is_taken_when_it_is_due(working: Driver):
    enqueue(put_off, seconds=1.5)
    until(lambda: RAN == ["put off"], sweep=working)
    time.sleep(0.5)
    assert RAN == ["put off"]
    until(lambda: len(RAN) >= 2, sweep=working)


def test_a_failure_is_kept_for_another_try(working: Driver):
    enqueue(fail_always)

    until(lambda: JobRow.objects.filter(state="ready", attempts=1).exclude(last_error="").exists())


def test_what_was_never_announced_is_found_anyway(driver: Driver, working: Driver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drivers, "announce", lambda *_: None)
    enqueue(say, word="found")
    JobRow.objects.update(sent_to_broker_at=None)

    until(lambda: RAN == ["found"], sweep=working)


BROKERS = pytest.mark.parametrize("driver", ["rabbitmq", "redis"], indirect=True)


def row(word: str, *, sent_ago: timedelta | None = None, **fields: object) -> JobRow:
    """A job whose id was sent that long ago, or never."""
    now = timezone.now()
    sent = now - sent_ago if sent_ago is not None else None
    return JobRow(name=name_of(say), payload={"word": word}, run_after=now, sent_to_broker_at=sent, **fields)


@BROKERS
@pytest.mark.scaled
def test_what_was_lost_is_sent_again_though_the_queue_is_never_empty(driver: Driver):
    enqueue(say, word="in the queue")
    until(driver.depth)  # type: ignore[attr-defined]
    lost, perhaps = row("lost", sent_ago=timedelta(minutes=6)), row("perhaps", sent_ago=timedelta(minutes=1))
    JobRow.objects.bulk_create([lost, perhaps])

    assert driver.sweep() == 1

    lost.refresh_from_db()
    assert timezone.now() - lost.sent_to_broker_at < timedelta(minutes=1)


@BROKERS
@pytest.mark.scaled
def test_jobs_that_wait_for_their_key_keep_nothing_due_from_being_sent(driver: Driver):
    busy = row("busy", key="k", state="running")
    waiting = [row("waits", key="k", priority=1, sent_ago=timedelta(minutes=6)) for _ in range(600)]
    due = row("due")
    JobRow.objects.bulk_create([busy, *waiting, due])

    assert driver.sweep() == 1

    due.refresh_from_db()
    assert due.sent_to_broker_at


def test_stopping_finishes_what_is_being_run_and_takes_nothing_new(driver: Driver):
    stop = threading.Event()
    worker = threading.Thread(target=driver.work, args=[stop], kwargs={"workers": 1}, daemon=True)
    worker.start()
    enqueue(wait_for_the_gate, word="finished")
    assert jobs_to_run.BEGUN.wait(20)
    enqueue(say, word="left")
    stop.set()
    time.sleep(1.5)
    jobs_to_run.GATE.set()
    worker.join(30)

    assert not worker.is_alive()
    assert RAN == ["finished"]
    assert JobRow.objects.get().state == "ready"
    jobs.drain()


def open_connections() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])
    name = str(connection.settings_dict["NAME"])
    return sum(str(found.resolve()) == name for found in Path("/proc/self/fd").iterdir())


def test_workers_keep_one_connection_each_and_close_it_when_they_end(driver: Driver):
    before = open_connections()
    stop = threading.Event()
    worker = threading.Thread(target=driver.work, args=[stop], kwargs={"workers": 3}, daemon=True)
    worker.start()
    for number in range(20):
        enqueue(say, word=str(number))
    until(lambda: len(RAN) == 20)
    during = open_connections()
    stop.set()
    worker.join(20)

    assert during - before <= 6
    # SQLite keeps the file of a closed connection open for as long as another one holds a lock.
    allowed = before + (1 if connection.vendor == "postgresql" else 6)
    until(lambda: open_connections() <= allowed, seconds=3)


def test_it_says_that_it_works(driver: Driver):
    assert isinstance(driver.check(), str)


@pytest.mark.parametrize("url", ["amqp://guest:guest@127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_holds_up_no_commit(url: str, settings: object):
    settings.JOBS_URL = url  # type: ignore[attr-defined]
    drivers.chosen.cache_clear()
    began = time.monotonic()
    for _ in range(20):
        enqueue(say, word="kept")

    assert time.monotonic() - began < 5
    assert JobRow.objects.count() == 20
    with pytest.raises(OSError, match="does not answer"):
        drivers.chosen().check()
    drivers.chosen.cache_clear()


def test_an_unknown_driver_is_refused_in_a_sentence(settings: object):
    settings.JOBS_URL = "kafka://x"  # type: ignore[attr-defined]
    drivers.chosen.cache_clear()
    with pytest.raises(BadSetting, match="OPIEKA_JOBS_URL"):
        drivers.chosen()
    drivers.chosen.cache_clear()
