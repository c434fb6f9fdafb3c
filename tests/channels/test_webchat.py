"""The chat as a channel: its settings, and what it takes in."""

import json

import pytest

from opieka.channels.base import Connection, Hook, Outbound, Unreadable
from opieka.channels.webchat import Webchat, WebchatForm


def chat() -> Webchat:
    return Webchat(Connection(id=1, key="k", name="Czat", settings={}, secrets={}))


def hook(**said: object) -> Hook:
    return Hook(body=json.dumps({"visitor": "v1", "client_id": "c1", "text": "Halo"} | said).encode())


def test_a_message_is_named_by_its_visitor_and_its_own_id():
    inbound = chat().parse(hook(choice="article:7"))[0]

    assert (inbound.external_id, inbound.sender, inbound.text, inbound.choice) == ("v1:c1", "v1", "Halo", "article:7")
    assert chat().dedupe_key(hook()) == "v1:c1"


def test_the_agent_is_told_on_which_page_it_was_asked():
    assert "https://sklep.example/kubek" in chat().parse(hook(page="https://sklep.example/kubek"))[0].remarks[0]
    assert chat().parse(hook(page="javascript:alert(1)"))[0].remarks == ()
    assert chat().parse(hook())[0].remarks == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"visitor": "v1"}', b"\xff"])
def test_what_is_no_message_is_unreadable(body: bytes):
    with pytest.raises(Unreadable):
        chat().parse(Hook(body=body))


def test_sending_twice_is_one_message():
    outbound = Outbound(idempotency_key="i1", recipient="v1", text="Dzień dobry")

    assert chat().send(outbound).external_id == chat().send(outbound).external_id


def test_addresses_of_pages_are_kept_as_origins():
    form = WebchatForm({"origins": "sklep.example\nhttps://Blog.sklep.example/wpis?a=1\n"})

    assert form.is_valid()
    assert form.cleaned_data["origins"] == ["https://sklep.example", "https://blog.sklep.example"]


@pytest.mark.parametrize("address", ["ftp://sklep.example", "https://", "https://sklep.example;script-src", "*"])
def test_what_is_no_address_is_refused(address: str):
    form = WebchatForm({"origins": address})

    assert not form.is_valid()


def test_shortcuts_are_lines_of_three_parts():
    form = WebchatForm({"shortcuts": "Paczka | numer wystarczy | Gdzie jest paczka?\nZwrot"})

    assert form.is_valid()
    assert form.cleaned_data["shortcuts"] == [
        {"label": "Paczka", "hint": "numer wystarczy", "text": "Gdzie jest paczka?"},
        {"label": "Zwrot", "hint": "", "text": "Zwrot"},
    ]


def test_there_are_at_most_four_shortcuts():
    assert not WebchatForm({"shortcuts": "a\nb\nc\nd\ne"}).is_valid()
