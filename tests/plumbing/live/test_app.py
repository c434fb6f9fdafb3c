"""Live updates over real sockets: who may listen, what they hear, and when they are sent away."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import websockets
from django.db import connection, transaction
from django.test import Client
from websockets.protocol import State

from opieka.accounts.models import Membership, User
from opieka.asgi import Application
from opieka.conversations import actions
from opieka.plumbing.live import drivers, feed
from opieka.plumbing.live.subscription import Admission, Refusal, Scope, Subscription, query, use_admissions
from opieka.plumbing.models import EventRow
from opieka.web import live as agents
from opieka.web.live import AGENTS
from tests.plumbing.serving import Served, served
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)

EXPIRES: dict[str, float] = {}


def admit_by_name(scope: Scope) -> Subscription | None:
    """`?visitor=5` hears of conversation 5 of organisation 1."""
    number = query(scope).get("visitor", "")
    if not number:
        return None
    if number == "forged":
        raise Refusal("This token does not stand.")
    return Subscription(
        organisation_id=1,
        mark=f"visitor:{number}",
        topics=frozenset({f"visitor:{number}"}),
        most=3,
        expires=EXPIRES.get(number),
    )


VISITORS = Admission(admit=admit_by_name, stands=lambda marks: frozenset(m for m in marks if m.startswith("visitor")))


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.scaled)])
def live(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Live updates that look after their listeners ten times as often, so that nobody waits for what takes seconds."""
    assert feed.TEND_EVERY + feed.ASK_AGAIN_EVERY <= 5
    for module, name in ((feed, "TEND_EVERY"), (feed, "ASK_AGAIN_EVERY"), (agents, "BEAT")):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)
    settings.LIVE_URL = {"memory": "memory:", "redis": "redis://127.0.0.1:6379/9?channel=opieka-test"}[request.param]
    drivers.chosen.cache_clear()
    EXPIRES.clear()
    application = Application(only_live=True)
    use_admissions(AGENTS, VISITORS)
    with served(application) as running:
        yield running
    drivers.chosen.cache_clear()


def change(organisation_id: int, *topics: str) -> int:
    """An event as `publish` writes it."""
    from opieka.plumbing import live as plumbing_live

    with transaction.atomic():
        row = EventRow.objects.create(organisation_id=organisation_id, name="Test", payload={}, topics=list(topics))
        transaction.on_commit(plumbing_live.wake)
    return row.pk


async def in_thread(function: Callable[..., Any], *values: Any) -> Any:
    def call() -> Any:
        try:
            return function(*values)
        finally:
            connection.close()

    return await asyncio.to_thread(call)


class Listener:
    """A client that says what it heard."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def frame(self, seconds: float = 3) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            return json.loads(await self.socket.recv())

    async def hears(self, topic: str, seconds: float = 3) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            while True:
                frame = json.loads(await self.socket.recv())
                if topic in frame["changed"]:
                    return frame

    async def hears_nothing(self, seconds: float = 0.7) -> None:
        with pytest.raises(TimeoutError):
            await self.frame(seconds)

    async def code(self, seconds: float = 8) -> int:
        async with asyncio.timeout(seconds):
            with suppress(websockets.ConnectionClosed):
                while True:
                    await self.socket.recv()
            await self.socket.wait_closed()
        return int(self.socket.close_code)


@asynccontextmanager
async def listening(live: Served, headers: dict[str, str] | None = None, **asked: object) -> AsyncIterator[Listener]:
    """A listener that has been admitted, or refused."""
    address = f"{live.ws}/live?{urlencode(asked)}"
    hub, feed = live.application.live.hub, live.application.live.feed
    before = list(hub)  # Who has just hung up may still stand there, so counting would not do.
    async with websockets.connect(address, additional_headers=headers or {}, compression=None) as socket:
        while socket.state is State.OPEN and not (
            feed.ready.is_set() and any(link not in before for link in list(hub))
        ):
            await asyncio.sleep(0.01)
        yield Listener(socket)


def play(scene: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scene)


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


def login(member: Membership) -> dict[str, str]:
    client = Client()
    assert client.login(email=member.user.email, username=member.user.email, password=PASSWORD)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


@pytest.mark.proves(55)
def test_an_agent_hears_of_a_new_message_and_a_stranger_shop_does_not(live: Served, world: World):
    cookies = {name: login(getattr(world, name)) for name in ("piotr", "olek")}

    async def scene() -> None:
        async with listening(live, cookies["piotr"]) as piotr, listening(live, cookies["olek"]) as olek:
            conversation = await in_thread(world.ask)
            await piotr.hears(f"conversation:{conversation.pk}")
            for _ in range(2):
                try:
                    assert (await olek.frame(1))["changed"] == []
                except TimeoutError:
                    break

    play(scene())


def test_an_agent_gets_a_sign_of_life_every_few_seconds(live: Served, world: World):
    cookie = login(world.piotr)

    async def scene() -> None:
        async with listening(live, cookie) as piotr:
            for _ in range(2):
                assert (await piotr.frame(5))["changed"] == []

    play(scene())


@pytest.mark.parametrize("trouble", ["logged out", "deactivated", "left", "new password"])
def test_an_agent_who_may_no_longer_listen_is_sent_away_within_seconds(live: Served, world: World, trouble: str):
    cookie = login(world.piotr)

    def happens() -> None:
        user = User.objects.get(id=world.piotr.user_id)
        match trouble:
            case "logged out":
                from django.contrib.sessions.models import Session

                Session.objects.all().delete()
            case "deactivated":
                User.objects.filter(id=user.pk).update(is_active=False)
            case "left":
                Membership.objects.filter(user=user).delete()
            case "new password":
                user.set_password("another password here")
                user.save()

    async def scene() -> None:
        async with listening(live, cookie) as piotr:
            await piotr.frame()
            await in_thread(happens)
            assert await piotr.code(seconds=6) == 4401

    play(scene())


def test_strangers_and_forged_tokens_and_foreign_pages_are_refused(live: Served, world: World):
    cookie = login(world.piotr)

    async def scene() -> None:
        async with listening(live) as nobody:
            assert await nobody.code() == 4401
        async with listening(live, visitor="forged") as forger:
            assert await forger.code() == 4401
        async with listening(live, cookie | {"Origin": "https://evil.example"}) as lured:
            assert await lured.code() == 4401
        async with listening(live, cookie | {"Origin": live.http}) as ours:
            assert (await ours.frame())["changed"] == []

    play(scene())


def test_one_visitor_cannot_open_endless_connections(live: Served):
    async def scene() -> None:
        sockets = [await websockets.connect(f"{live.ws}/live?visitor=5") for _ in range(3)]
        await asyncio.sleep(0.2)
        async with listening(live, visitor=5) as fourth:
            assert await fourth.code() == 4429
        async with listening(live, visitor=6) as other:
            await other.hears_nothing(0.2)
        for socket in sockets:
            await socket.close()
        await asyncio.sleep(0.2)
        async with listening(live, visitor=5) as again:
            await again.hears_nothing(0.2)

    play(scene())


def test_a_connection_ends_with_its_time(live: Served):
    EXPIRES["5"] = time.time() + 1

    async def scene() -> None:
        async with listening(live, visitor=5) as anna:
            assert await anna.code(4) == 4401

    play(scene())


def test_what_a_listener_says_is_ignored(live: Served):
    async def scene() -> None:
        async with listening(live, visitor=5) as anna:
            for _ in range(50):
                await anna.socket.send("delete everything")
            await in_thread(change, 1, "visitor:5")
            await anna.frame()

    play(scene())


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


async def take(lines: AsyncIterator[str], most: int) -> AsyncIterator[str]:
    for _ in range(most):
        yield await anext(lines)


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


def test_conversations_are_announced_by_the_flow_itself(live: Served, world: World):
    conversation = world.ask()
    cookie = login(world.ola)

    async def scene() -> None:
        async with listening(live, cookie) as ola:
            await in_thread(lambda: actions.reply(conversation, "Jutro.", by=world.piotr))
            await ola.hears(f"conversation:{conversation.pk}")

    play(scene())
