"""Who may listen to live updates, and when they are sent away."""

import asyncio
import time

import pytest
import websockets

from opieka.accounts.models import Membership, User
from opieka.conversations import actions
from tests.plumbing.live.listening import EXPIRES, change, in_thread, listening, login, play
from tests.plumbing.serving import Served
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_conversations_are_announced_by_the_flow_itself(live: Served, world: World):
    conversation = world.ask()
    cookie = login(world.ola)

    async def scene() -> None:
        async with listening(live, cookie) as ola:
            await in_thread(lambda: actions.reply(conversation, "Jutro.", by=world.piotr))
            await ola.hears(f"conversation:{conversation.pk}")

    play(scene())
