"""Before the first mail to somebody who has had no part in a conversation, the agent is asked."""

import re
from typing import Any

import pytest

from opieka.channels.actions import connect
from opieka.channels.base import Inbound
from opieka.channels.email import Email
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Status
from opieka.customers.actions import recognise
from tests.world import World


@pytest.fixture
def one(world: World) -> Conversation:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    inbox = connect(world.shop, "email", name="Poczta", cleaned=cleaned | {"address": "pomoc@lampa.example"})
    customer = recognise(world.shop, kind="email", value="anna@poczta.example", name="Anna")
    inbound = Inbound(
        external_id="<1@x>", sender="anna@poczta.example", text="Pytanie", copies=("maz@poczta.example",),
        recipients=("pomoc@lampa.example",),
    )  # fmt: skip
    return actions.receive(inbox, inbound, customer=customer).conversation


def sent_to(one: Conversation) -> list[list[str]]:
    return [said.recipients["cc"] for said in queries.public_thread(one) if said.author == "agent"]


def button(page: str) -> str:
    found = re.search(r'name="anyway" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_stranger_among_the_copies_is_named_first_and_written_to_when_agreed(
    world: World, one: Conversation, at_desk
):
    client = at_desk(world.piotr)
    reply = {
        "text": "Oto rachunek.",
        "seen": queries.thread(one)[-1].pk,
        "cc": ["maz@poczta.example", "obcy@inna.example"],
    }

    asked = client.post(f"/conversations/{one.number}/reply/", reply)
    before = sent_to(one)
    agreed = client.post(f"/conversations/{one.number}/reply/", reply | {"anyway": button(asked.content.decode())})
    again = client.post(f"/conversations/{one.number}/reply/", reply | {"text": "I jeszcze to."})

    assert (asked.status_code, agreed.status_code, again.status_code) == (409, 200, 200)
    assert "Nowa osoba w tej rozmowie: obcy@inna.example." in asked.content.decode()
    assert ": maz@poczta.example" not in asked.content.decode()
    assert before == []
    assert sent_to(one) == [["maz@poczta.example", "obcy@inna.example"]] * 2


def test_agreeing_to_one_is_not_agreeing_to_another(world: World, one: Conversation, at_desk):
    client = at_desk(world.piotr)
    reply = {"text": "Oto rachunek.", "seen": queries.thread(one)[-1].pk, "cc": ["obcy@inna.example"]}
    agreed = button(client.post(f"/conversations/{one.number}/reply/", reply).content.decode())

    other = client.post(
        f"/conversations/{one.number}/reply/",
        reply | {"cc": ["obcy@inna.example, drugi@inna.example"], "anyway": agreed},
    )

    assert other.status_code == 409
    assert sent_to(one) == []


@pytest.mark.parametrize("known", ["maz@poczta.example", "ANNA@poczta.example", "pomoc+c1@lampa.example", "ola"])
def test_nobody_is_asked_about_participants_and_colleagues(world: World, one: Conversation, at_desk, known: str):
    address = world.ola.user.email if known == "ola" else known
    reply = {"text": "Oto rachunek.", "seen": queries.thread(one)[-1].pk, "cc": [address]}

    assert at_desk(world.piotr).post(f"/conversations/{one.number}/reply/", reply).status_code == 200


@pytest.mark.parametrize("wish", [{"later": "tomorrow"}, {"send": "resolve"}], ids=["later", "resolve"])
def test_after_every_question_the_reply_does_what_was_asked_for(
    world: World, one: Conversation, at_desk, wish: dict[str, str]
):
    client = at_desk(world.piotr)
    seen = queries.thread(one)[-1].pk
    actions.reply(one, "Już odpisuję.", by=world.ola, copies=[])
    reply = {"text": "Ja też.", "seen": seen, "began": seen, "cc": ["obcy@inna.example"]}

    collision = client.post(f"/conversations/{one.number}/reply/", reply | wish)
    newcomer = client.post(
        f"/conversations/{one.number}/reply/", reply | {"anyway": button(collision.content.decode())}
    )
    done = client.post(f"/conversations/{one.number}/reply/", reply | {"anyway": button(newcomer.content.decode())})

    one.refresh_from_db()
    assert [answer.status_code for answer in (collision, newcomer, done)] == [409, 409, 200]
    if "later" in wish:
        assert [planned.text for planned in queries.scheduled_in(one)] == ["Ja też."]
    else:
        assert one.status == Status.RESOLVED


@pytest.mark.parametrize("typed", ["jan", "jan kowalski@x", "@"])
def test_what_is_no_address_is_named_and_nothing_leaves(world: World, one: Conversation, at_desk, typed: str):
    reply = {"text": "Oto rachunek.", "seen": queries.thread(one)[-1].pk, "cc": [typed]}

    answer = at_desk(world.piotr).post(f"/conversations/{one.number}/reply/", reply)

    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert sent_to(one) == []


def test_a_copy_can_be_added_where_the_channel_knows_copies(world: World, one: Conversation, at_desk):
    chat = world.ask()

    letter = at_desk(world.piotr).get(f"/conversations/{one.number}/").content.decode()
    elsewhere = at_desk(world.piotr).get(f"/conversations/{chat.number}/").content.decode()

    assert "dodaj adres" in letter
    assert "dodaj adres" not in elsewhere
