"""Who gets a copy of a reply: seen before it is sent, and each can be left out."""

import re

from django.test import Client

from opieka.channels.base import Inbound
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Message
from tests.world import World


def letter(world: World, *copies: str, into: Conversation | None = None) -> Conversation:
    inbound = Inbound(
        external_id=f"letter-{Message.objects.count()}", sender="anna", text="Tekst", recipients=(), copies=copies
    )
    return actions.receive(world.inbox, inbound, customer=world.anna, conversation=into).conversation


def offered(page: str) -> list[str]:
    return [found for found in re.findall(r'name="cc" value="([^"]*)"', page) if found]


def send(client: Client, one: Conversation, **more: object) -> list[str]:
    seen = queries.thread(one)[-1].pk
    client.post(f"/conversations/{one.number}/reply/", {"text": f"Jutro {more}", "seen": seen, **more})
    return list(Message.objects.filter(conversation=one).order_by("-id")[0].recipients["cc"])


def test_the_composer_shows_who_gets_a_copy(world: World, at_desk):
    one = letter(world, "a@b.example", "c@d.example")

    page = at_desk(world.piotr).get(f"/conversations/{one.number}/").content.decode()

    assert offered(page) == ["a@b.example", "c@d.example"]
    assert "Usuń a@b.example" in page


def test_whoever_was_left_out_gets_no_copy(world: World, at_desk):
    one = letter(world, "a@b.example", "c@d.example")
    client = at_desk(world.piotr)

    assert send(client, one, cc=["", "c@d.example"]) == ["c@d.example"]
    assert send(client, one, cc=[""]) == []
    assert send(client, one) == ["a@b.example", "c@d.example"]


def test_somebody_new_in_the_next_letter_comes_to_the_open_page(world: World, at_desk):
    one = letter(world, "a@b.example")
    client = at_desk(world.piotr)
    page = client.get(f"/conversations/{one.number}/").content.decode()
    version = re.search(r'id="copies" data-v="(\w+)"', page)
    assert version
    asked = {"c": one.pk, "open": one.number, "known": f"copies~{version[1]}"}

    same = client.get("/inbox/changes/", asked).content.decode()
    letter(world, "a@b.example", "nowy@d.example", into=one)
    other = client.get("/inbox/changes/", asked).content.decode()

    assert offered(same) == []
    assert offered(other) == ["a@b.example", "nowy@d.example"]


def test_other_work_does_not_bring_back_who_was_left_out(world: World, at_desk):
    one = letter(world, "a@b.example")

    answer = at_desk(world.piotr).post(f"/conversations/{one.number}/note/", {"text": "Notatka"})

    assert offered(answer.content.decode()) == []


def test_whoever_may_only_read_is_not_asked(world: World, at_desk):
    one = letter(world, "a@b.example")

    assert offered(at_desk(world.rita).get(f"/conversations/{one.number}/").content.decode()) == []
