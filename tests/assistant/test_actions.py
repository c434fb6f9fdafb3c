"""The assistant answers from an article with the quotation shown, or offers choices."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from opieka.assistant.models import Decision, Setup
from opieka.channels.base import Inbound
from opieka.conversations import actions as conversations
from opieka.conversations.actions.deliver import outbound_of
from opieka.conversations.models import Author, Message, Speaker, Status
from opieka.knowledge import actions as knowledge
from opieka.knowledge.models import Article, Category
from opieka.plumbing.jobs import drain
from tests.assistant.asking import DELIVERY, last_said, thresholds
from tests.world import World, after


def test_a_question_is_answered_with_the_words_of_its_article(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    said, decision = last_said(conversation), Decision.objects.get()
    assert decision.outcome == "answer"
    assert decision.article == articles["delivery"]
    assert said.extra["quote"]["text"] in DELIVERY
    assert said.extra["quote"]["url"].endswith("/pomoc/pl/kiedy-dojdzie-paczka/")


def test_a_list_is_quoted_as_a_list_without_the_marks_of_markdown(world: World, articles: dict[str, Article]):
    knowledge.save(
        world.shop, article=articles["delivery"], body="1. **Nadanie.** Jutro.\n2. Paczka [dojdzie](https://x.pl)."
    )
    knowledge.publish_article(articles["delivery"], by=world.piotr)
    drain()
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    said = last_said(conversation)
    assert said.extra["quote"]["text"] == "1. Nadanie. Jutro.\n2. Paczka dojdzie."
    assert "**" not in said.text


@pytest.mark.proves(7)
def test_the_first_words_say_that_a_machine_is_speaking(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    said = last_said(conversation)
    assert said.text.startswith("Odpowiada automatyczny asystent")
    assert said.author == Author.ASSISTANT


def test_unsure_means_choices_and_a_choice_is_answered(world: World, articles: dict[str, Article]):
    thresholds(world, answer=1.1, offer=0.0)
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()
    choices = last_said(conversation).extra["choices"]

    picked = Inbound(external_id="pick", sender="anna", text=choices[0]["label"], choice=choices[0]["id"])
    thresholds(world, answer=0.9, offer=0.5)
    conversations.receive(world.inbox, picked, customer=world.anna, conversation=conversation)
    drain()

    assert 1 <= len(choices) <= 3
    assert last_said(conversation).extra["says"] == "answer"


def test_a_choice_says_on_which_shelf_its_article_stands(world: World, articles: dict[str, Article]):
    shelf = Category.objects.create(organisation=world.shop, slug="dostawa", name="Dostawa")
    Article.objects.filter(pk=articles["delivery"].pk).update(category=shelf)
    thresholds(world, answer=1.1, offer=0.0)

    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    hints = {choice["label"]: choice["hint"] for choice in last_said(conversation).extra["choices"]}
    assert hints["Kiedy dojdzie paczka"] == "Dostawa"


def test_a_choice_may_be_written_back_as_its_number(world: World, articles: dict[str, Article]):
    thresholds(world, answer=1.0, offer=0.0)
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()

    number = Inbound(external_id="1", sender="anna", text=" 1. ")
    conversations.receive(world.inbox, number, customer=world.anna, conversation=conversation)
    drain()

    assert last_said(conversation).extra["says"] == "answer"


def test_not_knowing_calls_a_person_and_says_so(world: World, articles: dict[str, Article]):
    thresholds(world, answer=1.1, offer=1.1)

    conversation = world.ask("Czy wynajmujecie kajaki?")
    drain()

    conversation.refresh_from_db()
    assert conversation.speaker == Speaker.QUEUE
    assert conversation.team == world.team
    assert "Nie wiem" in last_said(conversation).text


@pytest.mark.parametrize("text", ["Dzień dobry", "dzien dobry!", "Dzień dobry Państwu :)", "Halo? Halo?", "Hej"])
def test_a_mere_greeting_is_greeted_back_and_asked_what_it_is_about(
    world: World, articles: dict[str, Article], text: str
):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask(text)
    drain()

    conversation.refresh_from_db()
    assert last_said(conversation).text.endswith("Dzień dobry! W czym możemy pomóc?")
    assert (conversation.speaker, conversation.topic) == (Speaker.ASSISTANT, "")
    assert (Decision.objects.get().outcome, Decision.objects.get().rule) == ("ask", "greeting")


def test_a_greeting_before_a_question_is_no_mere_greeting(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)

    conversation = world.ask("Dzień dobry, kiedy dojdzie moja paczka?")
    drain()

    assert last_said(conversation).extra["says"] == "answer"


def test_a_letter_says_once_that_a_machine_wrote_it(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()
    second = Inbound(external_id="second", sender="anna", text="Jak zwrócić buty?")
    conversations.receive(world.inbox, second, customer=world.anna, conversation=conversation)
    drain()
    Setup.objects.update(greeting="Tu Lampa, witamy!")
    # Later: three letters within seconds would be a program's.
    with after(minutes=5):
        world.ask("Kiedy dojdzie moja paczka?", external_id="other")
        drain()

    said = Message.objects.filter(author=Author.ASSISTANT).order_by("id")
    letters = [outbound_of(message.delivery) for message in said]
    assert [(letter.machine, "automatyczny asystent" in letter.text) for letter in letters] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_yes_settles_the_matter_and_two_nos_call_a_person(world: World, articles: dict[str, Article]):
    thresholds(world, answer=0.0, offer=0.0)
    settled = world.ask("Kiedy dojdzie moja paczka?")
    drain()
    conversations.judge(last_said(settled), helpful=True)
    other = world.ask("Jak zwrócić buty?", external_id="other")
    for n in range(2):
        drain()
        conversations.judge(last_said(other), helpful=False)
        more = Inbound(external_id=f"more {n}", sender="anna", text="A co z butami?")
        conversations.receive(world.inbox, more, customer=world.anna, conversation=other)
    drain()

    settled.refresh_from_db()
    other.refresh_from_db()
    assert (settled.status, settled.resolved_by) == (Status.RESOLVED, "assistant")
    assert other.speaker == Speaker.QUEUE


def test_considering_twice_says_it_once(world: World, articles: dict[str, Article]):
    from opieka.assistant.actions import consider
    from opieka.conversations.events import MessageReceived

    thresholds(world, answer=0.0, offer=0.0)
    conversation = world.ask("Kiedy dojdzie moja paczka?")
    drain()
    message = conversation.messages.get(author=Author.CUSTOMER)

    consider(MessageReceived(organisation_id=world.shop.pk, conversation_id=conversation.pk, message_id=message.pk))

    assert Message.objects.filter(conversation=conversation, author=Author.ASSISTANT).count() == 1


def test_an_internal_article_never_answers_a_customer(world: World):
    secret = knowledge.save(world.shop, title="Rabat 50%", body="Hasło do rabatu: świerk.", visibility="internal")
    knowledge.publish_article(secret, by=world.piotr)
    drain()
    thresholds(world, answer=0.0, offer=0.0)

    world.ask("jakie jest hasło do rabatu")
    drain()

    assert not Message.objects.filter(text__contains="świerk").exclude(author=Author.CUSTOMER).exists()


def test_an_internal_article_drafted_to_be_public_answers_nobody_before_it_is_published(world: World):
    secret = knowledge.save(world.shop, title="Rabat 50%", body="Hasło do rabatu: świerk.", visibility="internal")
    knowledge.publish_article(secret, by=world.piotr)
    knowledge.save(world.shop, article=secret, visibility="public")
    drain()
    thresholds(world, answer=0.0, offer=0.0)

    world.ask("jakie jest hasło do rabatu")
    drain()

    assert not Message.objects.filter(text__contains="świerk").exclude(author=Author.CUSTOMER).exists()


@pytest.mark.proves(1)
def test_a_quoted_answer_links_to_its_article_and_what_is_unknown_is_said_with_a_person_offered(
    world: World, articles: dict[str, Article], client: Client
):
    thresholds(world, answer=0.3, offer=0.3)

    asked = world.ask("ile mam na zwrot butów?")
    unknown = world.ask("Czy naprawiacie rowery elektryczne?", external_id="unknown")
    drain()

    quote = last_said(asked).extra["quote"]
    page = client.get(quote["url"].removeprefix(settings.PUBLIC_URL)).content.decode()
    assert quote["text"].split(".")[0].replace(" ", "") in page.replace("\xa0", "").replace(" ", "")
    unknown.refresh_from_db()
    assert "Nie wiem" in last_said(unknown).text
    assert unknown.speaker == Speaker.QUEUE


@pytest.mark.proves(2)
def test_at_two_at_night_it_answers_and_says_when_people_are_back(world: World, articles: dict[str, Article]):
    """The night before 11 November, which is a holiday: people are back on the day after it."""
    thresholds(world, answer=0.3, offer=0.3)

    with time_machine.travel(datetime(2026, 11, 11, 2, 0, tzinfo=ZoneInfo("Europe/Warsaw")), tick=False):
        answered = world.ask("Kiedy dojdzie moja paczka?")
        called = world.ask("poproszę konsultanta", external_id="person")
        drain()

    assert last_said(answered).extra["says"] == "answer"
    assert "jutro o 8:00" in last_said(called).text
