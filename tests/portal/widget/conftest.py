"""A chat of the shop "Lampa", and a panel that speaks to it as the real one does."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from opieka.channels.actions import connect
from opieka.channels.models import Inbox
from opieka.conversations.models import Conversation
from tests.world import World

# While people are there, and while they are not.
MONDAY, SATURDAY = "2026-11-16T10:00:00+01:00", "2026-11-21T21:14:00+01:00"


def conversation() -> Conversation:
    """The only one there is in the chat."""
    return Conversation.objects.get(channel="webchat")


@dataclass
class Panel:
    """One visitor's panel. `said` is the decoded answer of the last request, `status` its status."""

    inbox: Inbox
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    status: int = 0

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        headers = {"Accept-Language": "pl", **self.headers}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        answer = self.client.generic(
            method,
            f"/widget/{self.inbox.key}/{path}",
            json.dumps(body) if body is not None else b"",
            content_type="application/json",
            headers=headers,
            **more,
        )
        self.status = answer.status_code
        self.answer = answer
        return dict(json.loads(answer.content or b"{}"))

    def begin(self) -> dict[str, Any]:
        thread = self.ask("POST", "session", {"visitor": self.token or None})
        self.token = thread.get("visitor", "")
        return thread

    def say(self, text: str, client_id: str = "", **more: Any) -> dict[str, Any]:
        body = {"client_id": client_id or str(uuid.uuid4()), "text": text, **more}
        return self.ask("POST", "messages", body)

    def thread(self, after: int = 0) -> dict[str, Any]:
        return self.ask("GET", f"messages?after={after}")


@pytest.fixture
def chat(world: World) -> Inbox:
    cleaned = {"origins": ["https://lampa.example"], "greeting": "", "shortcuts": []}
    inbox = connect(world.shop, "webchat", name="Czat", cleaned=cleaned)
    inbox.team = world.team
    inbox.save(update_fields=["team"])
    return inbox


@pytest.fixture
def panel(chat: Inbox) -> Panel:
    """A panel whose visitor has a session."""
    panel = Panel(chat)
    panel.begin()
    return panel
