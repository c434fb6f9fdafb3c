"""An assistant that fails leaves no customer with nobody."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from opieka.assistant.actions import call_a_person
from opieka.conversations import actions as conversations
from opieka.conversations import lists
from opieka.conversations.events import MessageReceived
from opieka.conversations.models import Author, Message, Speaker
from opieka.insight.queries import unattended
from opieka.plumbing.jobs import drain
from tests.assistant.asking import last_said
from tests.world import World


@pytest.fixture
def broken(settings: object) -> None:
    """An assistant that cannot think: its encoder does not exist."""
    settings.ENCODER = "no-such-encoder"  # type: ignore[attr-defined]


def try_until_it_gives_up() -> None:
    for minute in range(1, 6):
        with time_machine.travel(timezone.now() + timedelta(minutes=minute), tick=False):
            drain()


@pytest.mark.usefixtures("broken")
def test_when_the_assistant_fails_a_person_is_called_and_the_customer_is_told(world: World):
    conversation = world.ask("Kiedy dojdzie moja paczka?")

    try_until_it_gives_up()

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.QUEUE
    assert "Dalej rozmowę poprowadzi człowiek" in last_said(conversation).text
    assert lists.counts(world.piotr)["unassigned"] == 1
    assert list(unattended(world.ewa)) == [conversation]


@pytest.mark.usefixtures("broken")
def test_a_person_is_called_within_half_a_minute(world: World):
    conversation = world.ask("Kiedy dojdzie moja paczka?")

    for second in range(30):
        with time_machine.travel(timezone.now() + timedelta(seconds=second), tick=False):
            drain()

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.QUEUE


@pytest.mark.usefixtures("broken")
def test_while_the_assistant_fails_a_persons_reply_leaves_at_once(world: World):
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    reply = conversations.reply(conversation, "Jutro.", by=world.piotr)
    drain()
    try_until_it_gives_up()

    assert reply.delivery.state == "queued"
    reply.delivery.refresh_from_db()
    assert reply.delivery.state == "delivered"
    assert not Message.objects.filter(conversation=conversation, author=Author.ASSISTANT).exists()


@pytest.mark.usefixtures("broken")
def test_nobody_is_called_about_an_automatic_message(world: World):
    conversation = world.ask("Jestem na urlopie.", automatic=True)
    event = MessageReceived(
        organisation_id=world.shop.pk, conversation_id=conversation.pk, message_id=conversation.messages.get().pk
    )

    call_a_person(event)

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.ASSISTANT
