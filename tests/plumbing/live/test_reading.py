"""Reading the event table while others write it."""

import threading

import pytest
from django.db import connection, transaction

from opieka.plumbing.live.reading import Reader, missed
from opieka.plumbing.live.subscription import Subscription
from opieka.plumbing.models import EventRow

pytestmark = pytest.mark.django_db(transaction=True)

ALL = Subscription(organisation_id=1, mark="m")


def event(topic: str = "inbox", organisation_id: int = 1) -> int:
    return EventRow.objects.create(organisation_id=organisation_id, name="T", payload={}, topics=[topic]).pk


def test_each_change_is_read_once():
    reader = Reader()
    reader.start()
    last = [event(f"conversation:{n}") for n in range(3)][-1]

    assert reader.new()[1].topics == {"conversation:0", "conversation:1", "conversation:2"}
    assert reader.seq == last
    assert reader.new() == {}


def test_organisations_are_kept_apart():
    reader = Reader()
    reader.start()
    event("a", 1)
    event("b", 2)

    assert {number: change.topics for number, change in reader.new().items()} == {1: {"a"}, 2: {"b"}}


def test_a_change_that_was_begun_earlier_and_committed_later_is_read_too():
    """On PostgreSQL its number is smaller than one that was read before; on SQLite the second writer has to wait."""
    reader = Reader()
    reader.start()
    begun, go_on = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            event("slow")
            begun.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert begun.wait(10)
    heard: set[str] = set()
    if connection.vendor == "postgresql":
        event("quick")
        heard |= reader.new()[1].topics
        assert heard == {"quick"}
    go_on.set()
    thread.join()
    if connection.vendor != "postgresql":
        event("quick")

    heard |= reader.new()[1].topics
    assert heard == {"slow", "quick"}
    assert reader.new() == {}


def test_a_listener_that_left_before_a_slow_commit_learns_of_it_on_return():
    begun, go_on = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            event("slow")
            begun.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert begun.wait(10)
    if connection.vendor == "postgresql":
        last_heard = event("quick")
        go_on.set()
        thread.join()
    else:
        go_on.set()
        thread.join()
        last_heard = 0
        event("quick")

    assert "slow" in missed(ALL, last_heard).topics


def test_what_was_missed_is_only_what_one_may_hear():
    before = event("visitor:1")
    event("visitor:1")
    event("visitor:2")
    event("visitor:1", organisation_id=2)
    one = Subscription(organisation_id=1, mark="m", topics=frozenset({"visitor:1"}))

    assert missed(one, before).topics == {"visitor:1"}
    assert missed(one, EventRow.objects.latest("id").pk).topics <= {"visitor:1"}
