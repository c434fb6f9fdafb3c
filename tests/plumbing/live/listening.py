"""Listeners of the live link, as tests have them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import websockets
from django.db import connection, transaction
from django.test import Client
from websockets.protocol import State

from opieka.accounts.models import Membership
from opieka.plumbing.live.subscription import Admission, Refusal, Scope, Subscription, query
from opieka.plumbing.models import EventRow
from tests.plumbing.serving import Served
from tests.world import PASSWORD

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


def login(member: Membership) -> dict[str, str]:
    client = Client()
    assert client.login(email=member.user.email, username=member.user.email, password=PASSWORD)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
