"""A small stand-in for the server: the widget's protocol in memory, for building the panel and for its tests.

    .venv/bin/python widget/dev/server.py 8123     then open http://127.0.0.1:8123/

The shop's page is on that port and the widget on the next one: two origins of one site. The visitor
"scene-cytat" has the conversation of that picture. Words in a message play the other side: "zwrot" is answered with a
quotation, "człowiek" waits for a person, "odmowa" is refused; anything else is answered with three choices.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

sys.path.insert(0, str(Path(__file__).parent))
import scenes  # noqa: E402 - run as a script, this folder is the package.

ROOT = Path(__file__).resolve().parents[2] / "opieka"
STATIC = {
    "widget": ROOT / "portal/static/opieka/widget",
    "latin": ROOT / "web/static/opieka/fonts",
    "brand": ROOT / "portal/static/opieka/fonts",
}
Json = dict[str, Any]


class Problem(Exception):
    """A refusal: the status and the sentence to show."""


@dataclass
class Conversation:
    """Everything one visitor said and heard."""

    messages: list[Json] = field(default_factory=list)
    state: Json = field(default_factory=scenes.state)
    listeners: set[asyncio.Event] = field(default_factory=set)
    seq: int = 0

    def add(self, message: Json, at: str | None = None) -> Json:
        now = scenes.datetime.now().astimezone().isoformat()
        made = {**message, "id": len(self.messages) + 1, "at": at or now}
        self.messages.append(made)
        self.changed()
        return made

    def changed(self) -> None:
        self.seq += 1
        for listener in self.listeners:
            listener.set()

    def thread(self, after: int = 0) -> Json:
        since = [message for message in self.messages if message["id"] > after]
        return {"messages": since, "state": self.state, "seq": self.seq, "conversation": int(bool(self.messages))}


class Double:
    """The application. `posts` records every accepted message; `alive` False answers nothing but errors."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.requests: list[str] = []
        self.widget_origin = ""
        self.sockets_allowed = True
        self.alive = True

    def conversation(self, visitor: str) -> Conversation:
        if visitor not in self.conversations:
            made = self.conversations[visitor] = Conversation()
            if visitor.startswith("scene-"):
                said, made.state = scenes.scene(visitor.removeprefix("scene-").split(".")[0])
                for at, message in said:
                    made.add(message, at)
        return self.conversations[visitor]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        if not self.alive or (scope["type"] == "websocket" and not self.sockets_allowed):
            return await refuse(scope, send)
        if scope["type"] == "websocket":
            return await self.socket(scope, receive, send)
        self.requests.append(f"{scope['method']} {scope['path']}")
        if scope["path"] == "/live/sse":
            return await self.events(scope, receive, send)
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        status, kind, answer, headers = self.answer(scope, body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode()), *headers]})
        await send({"type": "http.response.body", "body": answer})

    async def socket(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        conversation, event = self.conversation(query(scope)["visitor"]), asyncio.Event()
        conversation.listeners.add(event)
        gone = asyncio.ensure_future(receive())
        while not gone.done() and self.alive:
            if await heard(event):
                await send({"type": "websocket.send", "text": json.dumps(frame(conversation))})
        conversation.listeners.discard(event)
        if not gone.done():
            gone.cancel()
            await send({"type": "websocket.close"})

    async def events(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
        conversation, event = self.conversation(query(scope)["visitor"]), asyncio.Event()
        conversation.listeners.add(event)
        await receive()
        gone = asyncio.ensure_future(receive())
        while not gone.done() and self.alive:
            if await heard(event):
                data = f"id: {conversation.seq}\ndata: {json.dumps(frame(conversation))}\n\n"
                await send({"type": "http.response.body", "body": data.encode(), "more_body": True})
        conversation.listeners.discard(event)
        gone.cancel()

    def answer(self, scope: Any, body: bytes) -> tuple[int, str, bytes, list[tuple[bytes, bytes]]]:
        path, csp = scope["path"], []
        try:
            if path.startswith(("/static/", "/w.js")):
                name = path.rsplit("/", 1)[1]
                folder = "widget" if "/fonts/" not in path else "brand" if "bricolage" in name else "latin"
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                return 200, kind, (STATIC[folder] / name).read_bytes(), []
            if path.startswith("/widget/"):
                parts = path.strip("/").split("/")
                if len(parts) == 2:
                    return 200, "text/html; charset=utf-8", self.page(parts[1], query(scope)).encode(), [frame_policy()]
                answer = self.speak(scope, parts[2:], body)
                return (201 if parts[2:] == ["messages"] and body else 200), "application/json", json.dumps(answer).encode(), []
            if path == "/logo.svg":
                return 200, "image/svg+xml", LOGO.encode(), []
            if path == "/strict/":
                csp = [(b"content-security-policy", STRICT.format(host=self.widget_origin).encode())]
            return 200, "text/html; charset=utf-8", shop(scope, self.widget_origin).encode(), csp
        except Problem as problem:
            status, detail = problem.args
            return status, "application/problem+json", json.dumps({"status": status, "detail": detail}).encode(), []

    def page(self, key: str, asked: dict[str, str]) -> str:
        language = asked.get("lang", "pl")
        texts = (STATIC["widget"] / f"texts.{language}.json").read_text()
        config = scenes.config(key, language)
        if key.endswith("shut"):
            config["hours"] = scenes.HOURS_SHUT
        icons = (ROOT / "portal/templates/portal/widget/icons.svg").read_text()
        return PAGE.format(lang="en-GB" if language == "en" else "pl", icons=icons, config=json.dumps(config), texts=texts)

    def speak(self, scope: Any, path: list[str], body: bytes) -> Json:
        said = json.loads(body) if body.startswith(b"{") else {}
        if path == ["session"]:
            visitor = said.get("visitor") or f"visitor-{len(self.conversations) + 1}"
            return {"visitor": visitor, **self.conversation(visitor).thread()}
        bearer = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        if not bearer:
            raise Problem(401, "Rozmowa wygasła.")
        conversation = self.conversation(bearer)
        match scope["method"], path[0]:
            case "GET", _:
                return conversation.thread(int(query(scope).get("after", "0")))
            case "POST", "messages" | "person":
                return take(conversation, said, person=path[0] == "person")
            case "DELETE", "person":
                conversation.state = scenes.state()
            case _, "answers":
                conversation.messages[int(path[1]) - 1]["helpful"] = said["helpful"]
            case _, "rating":
                conversation.state = {**conversation.state, "rating": "given", "score": said}
            case _, "contact":
                if said["email"].endswith("@test.test"):
                    raise Problem(422, "Ten adres nie przyjmuje poczty.")
                conversation.state = {**conversation.state, "contact": said["email"]}
            case _, "files":
                return {"id": "f1", "name": "paragon.pdf", "size": len(body)}
            case _:
                return {}
        conversation.changed()
        return {}


def take(conversation: Conversation, said: Json, *, person: bool) -> Json:
    """One message of the customer, once, and what is answered to it."""
    for earlier in conversation.messages:
        if earlier["client_id"] == said["client_id"]:
            return {"client_id": said["client_id"], "id": earlier["id"]}
    if "odmowa" in said["text"]:
        raise Problem(422, "Ta wiadomość jest za długa.")
    files = [{"name": "paragon.pdf", "url": "/f1", "size": 60_000} for _ in said.get("files", [])]
    made = conversation.add(
        scenes.message("customer", said["text"], client_id=said["client_id"], files=files, seen=False)
    )
    if person or "człowiek" in said["text"].lower():
        conversation.state = scenes.state(waiting={"minutes": 3, "ahead": 1})
        conversation.changed()
    elif conversation.state["speaker"] == "assistant" and not conversation.state["waiting"]:
        reply = scenes.quoted_answer() if "zwr" in said["text"].lower() else scenes.unsure_answer()
        conversation.add({**reply, "seen": False})
    return {"client_id": said["client_id"], "id": made["id"]}


def frame(conversation: Conversation) -> Json:
    return {"seq": conversation.seq, "changed": ["conversation:1"]}


async def heard(event: asyncio.Event) -> bool:
    """True when something changed within a moment; the moment lets the caller look for a dead line."""
    try:
        await asyncio.wait_for(event.wait(), 0.2)
    except TimeoutError:
        return False
    event.clear()
    return True


async def refuse(scope: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close"})
    await send({"type": "http.response.start", "status": 502, "headers": []})
    await send({"type": "http.response.body", "body": b"bad gateway"})


def query(scope: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}


def frame_policy() -> tuple[bytes, bytes]:
    return b"content-security-policy", b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"


def shop(scope: Any, widget_origin: str) -> str:
    asked = query(scope)
    hostile = "<style>*{all:unset!important}</style>" if scope["path"] == "/hostile/" else ""
    return SHOP.format(
        hostile=hostile,
        origin=asked.get("origin", widget_origin),
        key=asked.get("key", "demo"),
        more=asked.get("more", ""),
        lang=asked.get("lang", "pl"),
    )


STRICT = "default-src 'none'; script-src {host}; frame-src {host}; style-src 'self'; img-src 'self'; require-trusted-types-for 'script'"
PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Czat – Trzy Sosny</title>
<link rel="stylesheet" href="/static/opieka/widget/panel.css"><body>{icons}
<script type="application/json" id="config">{config}</script><script type="application/json" id="texts">{texts}</script>
<script src="/static/opieka/widget/panel.js"></script></body></html>"""
SHOP = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Sklep – Trzy Sosny</title>{hostile}</head><body><main><h1>Kubek emaliowany „Polana”</h1>
<p>Emalia 0,6 mm. Nadaje się na ognisko i do zmywarki.</p><p><button id="buy">Dodaj do koszyka</button></p></main>
<script async src="{origin}/w.js" data-inbox="{key}" {more} data-email="pomoc@trzysosny.example" data-phone="+48 22 000 00 00"></script>
</body></html>"""
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="#fff"><path d="M16 3l6 9h-3l5 8h-4l5 7h-8v5h-2v-5H7l5-7H8l5-8h-3z"/><path d="M6 12l3 5H7l3 5H8l2 4H7v4H5v-4H1l3-4H3l3-5H4zM26 12l3 5h-2l3 5h-2l3 4h-4v4h-2v-4h-3l3-4h-2l3-5h-2z"/></svg>"""


class Running:
    """The double on two free ports of the loopback, in a thread of its own: `shop` and `care` are its origins."""

    def __init__(self, ports: tuple[int, int] = (0, 0)) -> None:
        self.double = Double()
        self.sockets = [socket.create_server(("127.0.0.1", port)) for port in ports]
        self.shop, self.care = (f"http://127.0.0.1:{made.getsockname()[1]}" for made in self.sockets)
        self.double.widget_origin = self.care
        self.server = uvicorn.Server(uvicorn.Config(self.double, log_level="warning", lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, args=(self.sockets,), daemon=True)

    def __enter__(self) -> Running:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.force_exit = self.server.should_exit = True
        self.thread.join(5)


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8123
    with Running((port, port + 1)) as running:
        print(f"{running.shop}/")
        running.thread.join()
