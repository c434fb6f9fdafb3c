"""Counting: by several at once, after a late event, and once more when the formulas have changed."""

import threading
import time

import pytest
from django.db import connection, transaction

from opieka.insight.actions import catch_up, count_new, recount
from opieka.insight.models import Fact, Position
from opieka.plumbing.models import EventRow
from tests.world import World


def somebody_waits_for_us() -> bool:
    """Whether another connection waits for what this transaction holds; on SQLite whoever writes simply waits."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_who_count_at_once_both_finish_and_nothing_is_counted_twice(world: World):
    conversation = world.ask()
    recount(world.shop)
    outcomes: list[object] = []

    def count_beside() -> None:
        try:
            outcomes.append(recount(world.shop))
        finally:
            connection.close()

    beside = threading.Thread(target=count_beside)
    with transaction.atomic():
        recount(world.shop)
        beside.start()
        until = time.monotonic() + 20
        while not somebody_waits_for_us():
            assert time.monotonic() < until
    beside.join(timeout=30)

    kept = Fact.objects.filter(conversation_id=conversation.pk).count()
    assert (outcomes, kept > 0) == ([kept], True)


def test_an_event_that_became_visible_late_is_counted_though_nothing_follows_it(world: World):
    conversation = world.ask()
    count_new(world.shop)
    Fact.objects.all().delete()  # As if that transaction had not been visible then.

    count_new(world.shop)

    assert Fact.objects.filter(conversation_id=conversation.pk).exists()


def test_after_the_formulas_have_changed_everything_is_counted_afresh_once(world: World):
    conversation = world.ask()
    catch_up(world.shop)
    EventRow.objects.all().delete()
    Fact.objects.all().delete()
    nothing_new = catch_up(world.shop)
    Position.objects.update(formulas=0)

    catch_up(world.shop)

    assert nothing_new == 0
    assert Fact.objects.filter(conversation_id=conversation.pk).exists()
