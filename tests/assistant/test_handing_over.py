"""When the assistant calls a person, and when it leaves everything to people."""

import pytest

from opieka.assistant.models import Decision, Setup
from opieka.channels.base import Inbound
from opieka.conversations import actions as conversations
from opieka.conversations.models import Author, Message, Speaker
from opieka.knowledge.models import Article
from opieka.plumbing.jobs import drain
from tests.assistant.asking import thresholds
from tests.world import World


@pytest.mark.parametrize(
    "text", ["Połącz mnie z człowiekiem", "człowiek", "Chcę rozmawiać z konsultantem", "poprosze konsultanta"]
)
def test_asking_for_a_person_hands_over(world: World, articles: dict[str, Article], text: str):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask(text)
    drain()

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.QUEUE
    assert Decision.objects.get().rule == "asked_for_person"


def test_a_complaint_goes_to_people_and_is_marked(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask("Składam reklamację: w butach po tygodniu odkleiła się podeszwa.")
    drain()

    conversation.refresh_from_db()
    assert (conversation.speaker, conversation.tags) == (Speaker.QUEUE, ["complaint"])


def test_anger_stops_the_automatic_answer(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask("To SKANDAL!!! Oszuści, gdzie jest moja paczka?! Mam tego dość, kpicie sobie z klientów!")
    drain()

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.QUEUE
    assert Decision.objects.get().outcome == "hand over"


@pytest.mark.proves(8)
def test_the_assistant_is_silent_once_a_person_has_joined(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    conversations.join(conversation, world.piotr)

    drain()

    assert not Message.objects.filter(conversation=conversation, author=Author.ASSISTANT).exists()
    assert Decision.objects.get().outcome == "silent"


@pytest.mark.parametrize("what", ["joins", "is asked for"])
def test_a_person_who_joins_or_is_asked_for_while_it_thinks_silences_it(
    world: World, articles: dict[str, Article], monkeypatch, what: str
):
    from opieka.assistant import actions as assistant

    thresholds(world, answer=0.0, offer=0.0)
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    think = assistant.think

    def slowly(*args, **kwargs):
        thought = think(*args, **kwargs)
        if what == "joins":
            conversations.join(conversation, world.piotr)
        else:
            conversations.ask_for_person(conversation)
        return thought

    monkeypatch.setattr(assistant, "think", slowly)
    drain()

    assert not Message.objects.filter(conversation=conversation, author=Author.ASSISTANT).exists()
    assert Decision.objects.get().outcome == "silent"


def test_switched_off_it_leaves_everything_to_people(world: World, articles: dict[str, Article]):
    Setup.objects.update_or_create(organisation=world.shop, defaults={"active": False})

    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.QUEUE
    assert not Message.objects.filter(author=Author.ASSISTANT).exists()


@pytest.mark.parametrize("setup", [{"active": False}, {"share_percent": 0}], ids=["off", "no visitors"])
def test_where_people_answer_alone_the_topic_and_a_complaint_are_still_noted(world: World, setup: dict[str, object]):
    Setup.objects.update_or_create(organisation=world.shop, defaults=setup)

    conversation = world.ask("Składam reklamację: w butach po tygodniu odkleiła się podeszwa.")
    drain()

    conversation.refresh_from_db()
    assert (conversation.topic, conversation.tags) == ("complaint", ["complaint"])


def test_a_complaint_to_a_person_who_leads_is_noted_on_the_card_and_shown_at_once(world: World):
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()
    conversations.join(conversation, world.piotr)
    more = Inbound(external_id="more", sender="anna", text="Składam reklamację: podeszwa odkleiła się po tygodniu.")
    received = conversations.receive(world.inbox, more, customer=world.anna, conversation=conversation)
    received.conversation.refresh_from_db()
    before = received.conversation.version

    drain()

    conversation.refresh_from_db()
    assert conversation.tags == ["complaint"]
    assert conversation.version > before


def test_what_an_agent_wrote_on_the_card_stays(world: World):
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()
    conversations.change(conversation, by=world.piotr, topic="invoice")
    more = Inbound(external_id="more", sender="anna", text="A kiedy dojdzie druga paczka?")
    conversations.receive(world.inbox, more, customer=world.anna, conversation=conversation)

    drain()

    conversation.refresh_from_db()
    assert conversation.topic == "invoice"
