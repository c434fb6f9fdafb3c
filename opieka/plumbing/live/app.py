"""The raw ASGI application behind `/live` (WebSocket) and `/live/sse` (server-sent events).

One-way: frames go down, whatever a listener says is ignored. `?after=SEQ` (and `Last-Event-ID`) asks for what was
missed since. Close codes: 4401 log in again, 4408 too slow, 4429 too many connections.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError

from opieka.plumbing import live
from opieka.plumbing.addresses import client_address
from opieka.plumbing.live.connection import ENDED, TOO_MANY, Connection
from opieka.plumbing.live.feed import Feed
from opieka.plumbing.live.hub import Hub
from opieka.plumbing.live.reading import missed
from opieka.plumbing.live.subscription import Refusal, Subscription, TooMany, admit, header, query

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

GOING_AWAY = 1012
TRY_LATER = 1013
STUCK_SECONDS = 10.0
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

log = structlog.get_logger("opieka.live")


class Live:
    """Start it inside the event loop that serves it."""

    def __init__(self) -> None:
        self.hub = Hub(most_of_address=settings.LIVE_PER_ADDRESS)
        self.feed = Feed(self.hub)

    def start(self) -> None:
        self.feed.start()
        live.serve(self.state)

    def end_all(self) -> None:
        """Send everybody away, so that a server that stops need not wait for them."""
        for connection in self.hub:
            connection.end(GOING_AWAY, "The server restarts.")

    async def stop(self) -> None:
        live.serve_no_more(self.state)
        self.end_all()
        await self.feed.stop()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif scope["path"] == "/live/sse" and scope["method"] == "GET":
            await self._stream(scope, receive, send)
        elif scope["path"] == "/live/healthz":
            state = self.state()
            await _answer(send, 200 if state["fresh"] else 503, state)
        else:
            await _answer(send, 404, "Live updates are at /live (WebSocket) and /live/sse.")

    async def _socket(self, scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        # Accepted even when refused: only then does the browser learn the code.
        await send({"type": "websocket.accept"})

        async def write(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        try:
            connection = await self._open(scope, write)
        except Refusal as refusal:
            await _close(send, TOO_MANY if isinstance(refusal, TooMany) else ENDED, str(refusal))
            return
        except (OperationalError, InterfaceError):
            await _close(send, TRY_LATER, "The database does not answer.")
            return
        code, reason = await self._until_over(connection, receive)
        if code:
            await _close(send, code, reason)

    async def _stream(self, scope: Message, receive: Receive, send: Send) -> None:
        async def write(text: str) -> None:
            # The id is what a browser sends back as Last-Event-ID; "{"seq":812," begins each frame.
            seq = text[7 : text.index(",")]
            data = f"id: {seq}\ndata: {text}\n\n".encode()
            await send({"type": "http.response.body", "body": data, "more_body": True})

        begun = asyncio.Event()

        async def write_once_begun(text: str) -> None:
            await begun.wait()
            await write(text)

        try:
            connection = await self._open(scope, write_once_begun)
        except Refusal as refusal:
            await _answer(send, 429 if isinstance(refusal, TooMany) else 401, str(refusal))
            return
        except (OperationalError, InterfaceError):
            await _answer(send, 503, "The database does not answer.")
            return
        await send({"type": "http.response.start", "status": 200, "headers": STREAM})
        await send({"type": "http.response.body", "body": b"retry: 1500\n\n", "more_body": True})
        begun.set()
        await self._until_over(connection, receive)
        await send({"type": "http.response.body", "body": b""})

    async def _open(self, scope: Message, write: Callable[[str], Awaitable[None]]) -> Connection:
        """Admit the listener, let it hear what comes, and tell it what it missed. Raises Refusal."""
        subscription = await self.feed.ask(lambda: admit(scope))
        connection = Connection(subscription, _address(scope), write)
        self.hub.add(connection)
        try:
            await self.feed.ready.wait()
            await self._catch_up(connection, subscription, _after(scope))
        except (OperationalError, InterfaceError):
            self.hub.remove(connection)
            raise
        return connection

    async def _catch_up(self, connection: Connection, subscription: Subscription, after: int | None) -> None:
        if after is not None:
            change = await self.feed.ask(lambda: missed(subscription, after))
            if change.topics:
                connection.tell(change.seq, change.topics)
        if subscription.beat is not None:
            connection.tell(self.feed.seq, ())

    async def _until_over(self, connection: Connection, receive: Receive) -> tuple[int, str]:
        """Until the listener leaves, (0, "") then, or is to be sent away."""
        leaving = asyncio.create_task(_gone(receive))
        try:
            either: set[asyncio.Future[Any]] = {leaving, connection.closed}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return (0, "") if leaving.done() else connection.closed.result()
        finally:
            leaving.cancel()
            self.hub.remove(connection)
            connection.end(ENDED, "")
            connection.stop_writing()

    def state(self) -> dict[str, int]:
        """How it is: `fresh` is 0 when somebody listens and the table has not been read for a while."""
        stuck = len(self.hub) and time.monotonic() - self.feed.looked_at > STUCK_SECONDS
        return {"connections": len(self.hub), "told": self.hub.told, "seq": self.feed.seq, "fresh": int(not stuck)}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] not in {"websocket.disconnect", "http.disconnect"}:
        pass


async def _close(send: Send, code: int, reason: str) -> None:
    try:
        await send({"type": "websocket.close", "code": code, "reason": reason})
    except OSError:
        log.debug("the listener left first", code=code)


async def _answer(send: Send, status: int, said: str | dict[str, int]) -> None:
    """A sentence goes out as a problem, figures as they are."""
    problem = isinstance(said, str)
    body = json.dumps({"title": said, "status": status} if problem else said).encode()
    kind = b"application/problem+json" if problem else b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _address(scope: Message) -> str:
    peer = scope["client"][0] if scope.get("client") else ""
    # A proxy may add a line of its own below the one that the sender wrote.
    forwarded = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
    return client_address(peer, forwarded, proxies=settings.TRUSTED_PROXIES)


def _after(scope: Message) -> int | None:
    asked = query(scope).get("after") or header(scope, b"last-event-id")
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None
