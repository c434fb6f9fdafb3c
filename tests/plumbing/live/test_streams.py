"""Live updates as server-sent events, in bursts, and to listeners that do not read."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import websockets

from opieka.asgi import Application
from opieka.plumbing.live import drivers
from opieka.plumbing.live.subscription import Admission, Subscription, use_admissions
from opieka.web.live import AGENTS
from tests.plumbing.live.listening import VISITORS, change, in_thread, listening, play
from tests.plumbing.serving import Served, served

pytestmark = pytest.mark.django_db(transaction=True)


async def take(lines: AsyncIterator[str], most: int) -> AsyncIterator[str]:
    for _ in range(most):
        yield await anext(lines)


def test_a_burst_of_changes_is_told_in_few_frames(live: Served):
    async def scene() -> None:
        async with listening(live, visitor=5) as anna:
            await asyncio.sleep(0.2)
            last = await in_thread(lambda: [change(1, "visitor:5") for _ in range(200)][-1])
            frames = 0
            while (await anna.frame())["seq"] < last:
                frames += 1
            assert frames < 60

    play(scene())


def test_nobody_is_asked_for_while_nobody_listens(live: Served):
    feed = live.application.live.feed

    async def scene() -> None:
        async with listening(live, visitor=5):
            await asyncio.sleep(0.6)
        await asyncio.sleep(0.6)
        looked = feed.looked_at
        await asyncio.sleep(1)
        assert feed.looked_at == looked

    play(scene())


def test_server_sent_events_carry_the_same_and_take_up_where_they_stopped(live: Served):
    async def scene() -> None:
        async with httpx.AsyncClient(timeout=5) as client:
            async with client.stream("GET", f"{live.http}/live/sse?visitor=5") as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                lines = stream.aiter_lines()
                seq = await in_thread(change, 1, "visitor:5")
                seen = [line async for line in take(lines, 5)]
                assert seen[:2] == ["retry: 1500", ""]
                assert seen[2] == f"id: {seq}"
                assert json.loads(seen[3].removeprefix("data: ")) == {"seq": seq, "changed": ["visitor:5"]}
            missed = await in_thread(change, 1, "visitor:5")
            headers = {"Last-Event-ID": str(seq)}
            async with client.stream("GET", f"{live.http}/live/sse?visitor=5", headers=headers) as stream:
                seen = [line async for line in take(stream.aiter_lines(), 4)]
                assert seen[2] == f"id: {missed}"

    play(scene())


def test_server_sent_events_refuse_strangers_with_a_sentence(live: Served):
    answer = httpx.get(f"{live.http}/live/sse")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Log in to listen."


def test_a_listener_that_does_not_read_is_dropped_and_others_are_not_held_up(
    live: Served, monkeypatch: pytest.MonkeyPatch
):
    from opieka.plumbing.live import hub

    monkeypatch.setattr(hub, "SLOW_SECONDS", 1.0)
    long = [f"visitor:{n}:{'x' * 2000}" for n in range(400)]
    everything = Subscription(organisation_id=1, mark="visitor:slow", topics=None, most=3)
    use_admissions(AGENTS, Admission(admit=lambda _: everything, stands=lambda marks: marks))

    async def scene() -> None:
        slow = await websockets.connect(f"{live.ws}/live", max_queue=1, compression=None, max_size=None)
        quick = await websockets.connect(f"{live.ws}/live", compression=None, max_size=None)
        slow.transport.pause_reading()
        # A connection stands before its listener has been admitted.
        async with asyncio.timeout(20):
            while len(live.application.live.hub) < 2 or not live.application.live.feed.ready.is_set():
                await asyncio.sleep(0.01)
        for _ in range(12):
            await in_thread(change, 1, *long)
            async with asyncio.timeout(20):
                await quick.recv()
        for _ in range(80):
            if len(live.application.live.hub) == 1:
                break
            await asyncio.sleep(0.1)
        assert len(live.application.live.hub) == 1
        await quick.close()
        slow.transport.abort()

    play(scene())


def test_a_server_that_stops_sends_its_listeners_away_at_once(settings: Any):
    drivers.chosen.cache_clear()
    application = Application(only_live=True)
    use_admissions(AGENTS, VISITORS)

    async def scene(running: Served) -> None:
        async with listening(running, visitor=5) as anna:
            await asyncio.sleep(0.2)
            running.server.should_exit = True
            assert await anna.code() == 1012

    with served(application) as running:
        play(scene(running))
