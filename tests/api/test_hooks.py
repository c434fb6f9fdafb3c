"""Other systems call us: proved, kept as it came, answered at once."""

import hashlib
import json

import pytest
from django.test import Client

from opieka.channels.actions import connect, switch
from opieka.channels.console import Console
from opieka.channels.models import Raw
from opieka.conversations.models import Message
from opieka.plumbing.jobs import drain
from tests.world import World

PROBLEM = "application/problem+json"


def call(world: World, body: bytes, *, signature: str | None = None, key: str | None = None, kind: str = "console"):
    signed = signature if signature is not None else Console.sign(body, world.inbox.hook_secret)
    path = f"/hooks/{kind}/{key or world.inbox.key}"
    return Client(enforce_csrf_checks=True).post(
        path, body, content_type="application/json", headers={"x-opieka-signature": signed}
    )


@pytest.fixture
def body() -> bytes:
    return json.dumps({"id": "m1", "from": "anna", "text": "Gdzie paczka?"}).encode()


def test_a_genuine_call_is_kept_as_it_came_and_becomes_a_message(world: World, body: bytes):
    answer = call(world, body)

    assert answer.status_code == 202
    assert bytes(Raw.objects.get().body) == body
    drain()
    assert Message.objects.filter(author="customer").get().text == "Gdzie paczka?"


def test_the_same_call_again_is_thanked_for_and_kept_once(world: World, body: bytes):
    assert [call(world, body).status_code for _ in range(3)] == [202, 200, 200]
    assert Raw.objects.count() == 1


def test_a_forged_signature_is_refused_with_a_sentence_and_leaves_nothing(world: World, body: bytes):
    answer = call(world, body, signature="0" * 64)

    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)
    assert "signature" in answer.json()["detail"]
    assert not Raw.objects.exists()


@pytest.mark.parametrize(("key", "kind"), [("wrong", "console"), (None, "email"), (None, "nothing")])
def test_a_wrong_key_or_channel_is_refused_with_a_sentence(world: World, body: bytes, key: str | None, kind: str):
    answer = call(world, body, key=key, kind=kind)

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert "No inbox" in answer.json()["detail"]


def test_an_inbox_that_is_switched_off_takes_nothing(world: World, body: bytes):
    switch(world.inbox, on=False)

    assert call(world, body).status_code == 404


def test_a_channel_that_takes_no_hooks_says_so(world: World, body: bytes):
    chat = connect(world.shop, "webchat", name="Czat", cleaned={"origins": [], "greeting": "", "shortcuts": []})

    assert call(world, body, key=chat.key, kind="webchat").status_code == 403


def test_what_cannot_be_read_is_kept_for_a_person(world: World):
    assert call(world, b"\xff\xfe nonsense").status_code == 202
    drain()

    raw = Raw.objects.get()
    assert (raw.state, raw.dedupe_key) == (Raw.State.UNCLEAR, hashlib.sha256(b"\xff\xfe nonsense").hexdigest())


def test_only_post_is_taken(world: World):
    answer = Client().get(f"/hooks/console/{world.inbox.key}")

    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "POST", PROBLEM)
