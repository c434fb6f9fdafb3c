"""Acknowledgements: once in a conversation and a day, to people only, and no two programs writing to each other."""

from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from opieka.assistant.models import Decision, Setup
from opieka.channels.actions import connect
from opieka.channels.base import Inbound
from opieka.channels.email import Email
from opieka.channels.email.compose import Sender, compose
from opieka.channels.models import Inbox
from opieka.conversations import actions
from opieka.conversations.actions.deliver import outbound_of
from opieka.conversations.events import AcknowledgementWanted
from opieka.conversations.models import Conversation, Message, Speaker, Status
from opieka.customers.actions import mark_bounced, recognise
from opieka.helpdesk.acknowledge import acknowledge
from opieka.plumbing.jobs import drain
from tests.world import World

ANNA = "anna@poczta.example"
MONDAY = datetime(2026, 11, 30, 10, 0, tzinfo=ZoneInfo("Europe/Warsaw"))


@pytest.fixture
def inbox(world: World) -> Inbox:
    world.shop.opening_hours = {str(day): ["08:00", "16:00"] for day in range(5)}
    world.shop.save()
    Setup.objects.update_or_create(organisation=world.shop, defaults={"active": False})
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    cleaned |= {"address": "pomoc@lampa.example", "acknowledges": True}
    return connect(world.shop, "email", name="Poczta", cleaned=cleaned)


def write(
    inbox: Inbox, text: str = "Pytanie", *, at: datetime = MONDAY, into: Conversation | None = None, **more: Any
) -> Message:
    """A mail of Anna's, and every reaction to it."""
    with time_machine.travel(at, tick=False):
        customer = recognise(inbox.organisation, kind="email", value=ANNA, name="Anna")
        inbound = Inbound(external_id=f"<{Message.objects.count()}@x>", sender=ANNA, text=text, **more)
        message = actions.receive(inbox, inbound, customer=customer, conversation=into)
        drain()
    return message


def told(message: Message) -> AcknowledgementWanted:
    return AcknowledgementWanted(
        organisation_id=message.organisation_id, conversation_id=message.conversation_id, message_id=message.pk
    )


def sent() -> list[Message]:
    return list(Message.objects.filter(extra__has_key="acknowledges").order_by("id"))


@pytest.mark.proves(62)
def test_a_message_is_acknowledged_once_a_day_and_every_clock_goes_on(inbox: Inbox):
    first = write(inbox)
    one = first.conversation
    write(inbox, "I jeszcze to.", at=MONDAY + timedelta(hours=2), into=one)
    same_day = len(sent())
    write(inbox, "Halo?", at=MONDAY + timedelta(hours=25), into=one)
    acknowledge(told(first))

    one.refresh_from_db()
    assert same_day == 1
    assert len(sent()) == 2
    assert sent()[0].text == f"Dziękujemy, wiadomość do nas dotarła (numer {one.number}). Odpowie na nią człowiek."
    assert (one.status, one.waiting_since, one.first_reply_at) == (Status.OPEN, first.created_at, None)


@pytest.mark.proves(62)
def test_outside_opening_hours_it_says_when_we_are_back(inbox: Inbox):
    write(inbox, at=MONDAY - timedelta(days=1))

    assert "Wracamy jutro o 8:00." in sent()[0].text


def test_the_owners_own_words_lose_only_the_line_that_cannot_be_filled(inbox: Inbox):
    inbox.settings |= {"acknowledgement": "Cześć {{customer.first_name}}!\nZamówienie {{order.number}}.\nLampa"}
    inbox.save()

    write(inbox)

    assert sent()[0].text == "Cześć Anna!\nLampa"


def test_nothing_goes_where_the_owner_does_not_want_it(world: World, inbox: Inbox):
    inbox.settings |= {"acknowledges": False}
    inbox.save()

    write(inbox)
    world.ask()
    drain()

    assert sent() == []


@pytest.mark.parametrize("why", ["automatic", "blocked", "spam", "bounced", "answered"])
def test_nobody_is_acknowledged_who_should_not_be(world: World, inbox: Inbox, why: str):
    with time_machine.travel(MONDAY, tick=False):
        customer = recognise(inbox.organisation, kind="email", value=ANNA, name="Anna")
        inbound = Inbound(external_id="<1@x>", sender=ANNA, text="Pytanie", automatic=why == "automatic")
        message = actions.receive(inbox, inbound, customer=customer, blocked=ANNA if why == "blocked" else "")
        if why == "spam":
            actions.mark_spam(message.conversation, by=world.piotr)
        elif why == "bounced":
            mark_bounced(world.shop.pk, kind="email", value=ANNA)
        elif why == "answered":
            actions.reply(message.conversation, "Już odpowiadam.", by=world.piotr)

        drain()

    assert sent() == []


def test_it_bears_our_marks_and_carries_nobody_elses_words(inbox: Inbox):
    write(inbox, "KUP TERAZ http://zly.example", subject="Oferta")

    outbound = outbound_of(sent()[0].delivery)
    letter = message_from_bytes(
        compose(outbound, sender=Sender(address="pomoc@lampa.example", name="Lampa"), message_id="<1@lampa.example>")
    )

    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert "zly.example" not in letter.as_string()


@pytest.mark.parametrize("threads", [True, False], ids=["in one thread", "a new thread each time"])
def test_two_programs_stop_after_two_messages(inbox: Inbox, threads: bool):
    """Theirs does not say that it is one, and answers whatever comes within seconds."""
    at, into = MONDAY, None
    for _turn in range(8):
        message = write(inbox, "Twoje zgłoszenie przyjęto.", at=at, into=into)
        into = message.conversation if threads else None
        # The day passes for our rule, so that only the loop itself can stop it.
        with time_machine.travel(at, tick=False):
            actions.announce(message.conversation, "Inna poczta automatyczna") if len(sent()) < 3 else None
        at += timedelta(seconds=5)

    assert len(sent()) <= 2


def test_the_assistant_stops_answering_a_program_too(inbox: Inbox):
    Setup.objects.update(active=True)
    at, conversation = MONDAY, None
    for _turn in range(6):
        with time_machine.travel(at, tick=False):
            customer = recognise(inbox.organisation, kind="email", value=ANNA, name="Anna")
            inbound = Inbound(external_id=f"<{Message.objects.count()}@x>", sender=ANNA, text="Dzień dobry")
            conversation = actions.receive(inbox, inbound, customer=customer, conversation=conversation).conversation
            drain()
        at += timedelta(seconds=5)

    assert conversation
    conversation.refresh_from_db()
    automatic = Message.objects.filter(conversation=conversation, author="assistant")
    assert automatic.count() <= 2
    assert conversation.speaker == Speaker.QUEUE
    assert Decision.objects.count() == 6
