"""Live updates over real sockets: what listeners hear, also of what changed while they were away."""

import asyncio
import time

import pytest
from django.db import connection

from opieka.plumbing.models import EventRow
from tests.plumbing.live.listening import change, in_thread, listening, login, play
from tests.plumbing.serving import Served
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visitor_hears_of_its_own_conversation_and_of_nothing_else(live: Served):
    async def scene() -> None:
        async with listening(live, visitor=5) as anna:
            await in_thread(change, 1, "inbox", "visitor:6")
            await in_thread(change, 2, "visitor:5")
            await anna.hears_nothing()
            seq = await in_thread(change, 1, "inbox", "conversation:5", "visitor:5")
            assert await anna.frame() == {"seq": seq, "changed": ["visitor:5"]}

    play(scene())


def test_an_event_reaches_a_listener_within_a_tenth_of_a_second(live: Served):
    async def scene() -> None:
        async with listening(live, visitor=5) as anna:
            took = []
            for _ in range(10):
                await asyncio.sleep(0.05)
                began = time.monotonic()
                await in_thread(change, 1, "visitor:5")
                await anna.frame()
                took.append(time.monotonic() - began)
            assert sorted(took)[8] < 0.25
            assert sorted(took)[4] < 0.1

    play(scene())


def test_what_another_process_wrote_without_a_word_is_heard_within_half_a_second(live: Served):
    def silently() -> int:
        return EventRow.objects.create(organisation_id=1, name="T", payload={}, topics=["visitor:5"]).pk

    async def scene() -> None:
        async with listening(live, visitor=5) as anna:
            await asyncio.sleep(0.1)
            seq = await in_thread(silently)
            assert (await anna.frame(1))["seq"] == seq

    play(scene())


def test_whoever_comes_back_learns_what_changed_meanwhile(live: Served):
    first = change(1, "visitor:5")
    change(1, "visitor:6")
    last = change(1, "visitor:5")

    async def scene() -> None:
        async with listening(live, visitor=5, after=first) as anna:
            frame = await anna.frame()
            assert frame["changed"] == ["visitor:5"]
            assert frame["seq"] >= last
        if connection.vendor == "sqlite":
            # PostgreSQL looks back a minute, because what was begun before may have been committed since.
            async with listening(live, visitor=5, after=last) as anna:
                await anna.hears_nothing(0.4)

    play(scene())


def test_a_thousand_changes_while_away_are_one_frame(live: Served, world: World):
    rows = [
        EventRow(organisation_id=world.shop.pk, name="T", payload={}, topics=["inbox", f"conversation:{n % 50}"])
        for n in range(1000)
    ]
    cookie = login(world.piotr)
    before = change(world.shop.pk, "inbox")
    EventRow.objects.bulk_create(rows)

    async def scene() -> None:
        began = time.monotonic()
        async with listening(live, cookie, after=before) as piotr:
            frame = await piotr.hears("inbox")
            assert len(frame["changed"]) == 51
            assert time.monotonic() - began < 2

    play(scene())


def test_whoever_was_away_too_long_is_told_that_everything_may_have_changed(live: Served, world: World):
    cookie = login(world.piotr)

    async def scene() -> None:
        async with listening(live, cookie, after=10**12) as piotr:
            assert (await piotr.hears("*"))["changed"] == ["*"]

    play(scene())
