"""Whoever is not allowed is told so in a sentence, and changes nothing."""

import pytest
from django.core import signing
from django.test import Client

from opieka.channels.actions import connect
from opieka.channels.models import Inbox
from opieka.conversations.models import Message
from opieka.portal.widget.visitors import SALT, token_of, visitor_by_token
from tests.portal.widget.conftest import Panel
from tests.world import World

DOORS = [
    ("GET", "messages"),
    ("POST", "messages"),
    ("POST", "person"),
    ("DELETE", "person"),
    ("POST", "answers/1"),
    ("POST", "rating"),
    ("POST", "contact"),
    ("POST", "seen"),
    ("POST", "typing"),
    ("POST", "files"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_forged_token_opens_nothing(panel: Panel, method: str, path: str):
    panel.token = signing.dumps([panel.inbox.key, "1" * 32], key="somebody else's secret", salt=SALT)
    refusal = panel.ask(method, path, {"client_id": "a", "text": "Halo"})

    assert panel.status == 401
    assert refusal["detail"].endswith(".")
    assert panel.answer["Content-Type"] == "application/problem+json"
    assert not Message.objects.exists()


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_page_of_another_site_cannot_call(panel: Panel, method: str, path: str):
    panel.headers = {"Origin": "https://zly.example"}
    panel.ask(method, path, {"client_id": "a", "text": "Halo"})

    assert panel.status == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize(("method", "path"), [("POST", "session"), *DOORS])
def test_a_wrong_key_is_refused_with_a_sentence(panel: Panel, method: str, path: str):
    panel.inbox = Inbox(key="nie-ma")
    refusal = panel.ask(method, path, {})

    assert panel.status == 404
    assert "klucz" in refusal["detail"]


def test_a_token_of_another_chat_opens_nothing_here(panel: Panel, world: World):
    other = connect(world.stranger_shop, "webchat", name="Obcy", cleaned={})
    panel.say("Moje")
    stranger = Panel(other, token=panel.token)
    stranger.thread()

    assert stranger.status == 401


def test_a_session_with_a_forged_token_is_refused(chat: Inbox):
    panel = Panel(chat, token="x.y.z")
    panel.begin()

    assert panel.status == 401


def test_a_token_ends_after_ninety_days(panel: Panel, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("opieka.portal.widget.visitors.LASTS_SECONDS", -1)

    assert visitor_by_token(panel.token) is None


def test_a_chat_that_was_switched_off_answers_nobody(panel: Panel, chat: Inbox):
    chat.active = False
    chat.save(update_fields=["active"])
    panel.thread()

    assert panel.status == 404
    assert visitor_by_token(panel.token) is None


def test_a_method_that_is_not_spoken_is_refused(panel: Panel):
    refusal = panel.ask("GET", "session")

    assert (panel.status, bool(refusal["detail"])) == (405, True)


def test_the_shops_own_origin_is_ours_and_no_other(panel: Panel):
    panel.headers = {"Origin": "http://testserver"}
    panel.say("Halo")

    assert panel.status == 201


@pytest.mark.parametrize(
    ("referrer", "status"),
    [
        ("https://lampa.example/kubek", 200),
        ("http://testserver/sklep", 200),
        ("", 200),
        ("https://zly.example/", 403),
        ("http://lampa.example/", 403),
        ("https://lampa.example.zly.example/", 403),
    ],
)
def test_only_the_shops_pages_may_hold_the_frame(client: Client, chat: Inbox, referrer: str, status: int):
    page = client.get(f"/widget/{chat.key}/", headers={"Referer": referrer} if referrer else {})

    assert page.status_code == status
    framed_by = page["Content-Security-Policy"].split("frame-ancestors ")[1]
    assert framed_by.startswith("'none'" if status == 403 else "'self' https://lampa.example")


def test_the_frame_of_a_wrong_key_is_a_sentence(client: Client, world: World):
    page = client.get("/widget/nie-ma/")

    assert page.status_code == 404
    assert "<p>" in page.content.decode()


def test_a_visitor_never_sees_another_organisations_thread(panel: Panel, world: World):
    panel.say("Moje")
    other = Panel(connect(world.stranger_shop, "webchat", name="Obcy", cleaned={}))
    other.begin()

    assert other.thread()["messages"] == []
    assert token_of(visitor_by_token(panel.token)) != other.token  # type: ignore[arg-type]
