"""What the chat asks its visitor: an address, a rating, whether an answer helped."""

import pytest
import time_machine

from opieka.channels.models import Inbox
from opieka.conversations import actions
from opieka.conversations.models import Speaker, Status
from opieka.customers.actions import recognise
from opieka.customers.models import Identity
from opieka.plumbing.jobs import drain
from opieka.surveys.models import Survey
from tests.portal.widget.conftest import SATURDAY, Panel, conversation
from tests.world import World, after


@pytest.mark.proves(42)
@time_machine.travel(SATURDAY)
def test_out_of_hours_it_says_when_people_are_back_and_takes_an_address(panel: Panel):
    panel.say("Przyszła mi inna patelnia niż w zamówieniu")
    panel.ask("POST", "contact", {"email": " Anna@Example.com "})
    state = panel.thread()["state"]

    assert (state["hours"]["open"], state["hours"]["back"]) == (False, "w poniedziałek o 8:00")
    assert (state["speaker"], state["waiting"], state["contact"]) == ("nobody", None, "anna@example.com")
    assert conversation().speaker == Speaker.QUEUE


def test_an_address_anybody_may_type_brings_nobodys_mail_to_them(panel: Panel, world: World):
    panel.say("Halo")
    panel.ask("POST", "contact", {"email": "anna@poczta.example"})

    assert recognise(world.shop, kind="email", value="anna@poczta.example") != conversation().customer


def test_an_address_left_once_is_known_in_the_next_conversation(panel: Panel, world: World):
    panel.say("Halo")
    panel.ask("POST", "contact", {"email": "anna@poczta.example"})
    actions.resolve(conversation(), by=world.ola)
    panel.say("Jeszcze jedno")

    assert panel.thread()["state"]["contact"] == "anna@poczta.example"


def test_an_address_of_somebody_else_is_noted_and_never_taken_over(panel: Panel, world: World):
    owner = recognise(world.shop, kind="email", value="anna@lampa.example")
    panel.say("Halo")
    panel.ask("POST", "contact", {"email": "anna@lampa.example"})

    assert Identity.objects.get(kind="email").customer == owner
    assert conversation().customer != owner
    assert panel.thread()["state"]["contact"] == "anna@lampa.example"


def test_a_wrong_address_is_refused_with_a_sentence(panel: Panel):
    panel.say("Halo")
    refusal = panel.ask("POST", "contact", {"email": "anna"})

    assert panel.status == 422
    assert "@" in refusal["detail"]


@pytest.mark.proves(138)
def test_after_the_end_it_asks_how_it_went_and_keeps_the_answer(panel: Panel, world: World):
    panel.say("Halo")
    actions.reply(conversation(), "Gotowe", by=world.ola)
    actions.resolve(conversation(), by=world.ola)
    drain()
    assert panel.thread()["state"]["rating"] == "asked"

    panel.ask("POST", "rating", {"score": 5, "comment": "Szybko i konkretnie"})
    survey = Survey.objects.get()
    assert (survey.score, survey.comment) == (5, "Szybko i konkretnie")
    assert panel.thread()["state"]["rating"] == "given"


@pytest.mark.parametrize("rated", [False, True])
def test_a_question_that_has_expired_takes_no_rating(panel: Panel, world: World, rated: bool):
    panel.say("Halo")
    actions.reply(conversation(), "Gotowe", by=world.ola)
    actions.resolve(conversation(), by=world.ola)
    drain()
    if rated:
        panel.ask("POST", "rating", {"score": 5})
    with after(days=15):
        shown = panel.thread()["state"]["rating"]
        panel.ask("POST", "rating", {"score": 1})

    assert (panel.status, shown) == (409, "given" if rated else "none")
    assert Survey.objects.get().score == (5 if rated else None)


def test_a_rating_off_the_scale_is_refused(panel: Panel, world: World):
    panel.say("Halo")
    actions.reply(conversation(), "Gotowe", by=world.ola)
    actions.resolve(conversation(), by=world.ola)
    drain()

    assert "1" in panel.ask("POST", "rating", {"score": 9})["detail"]
    assert panel.status == 422


def test_an_answer_that_was_enough_settles_the_matter(panel: Panel):
    panel.say("Halo")
    said = actions.say(conversation(), "Do 14 dni.", extra={"says": "answer"})
    panel.ask("POST", f"answers/{said.pk}", {"helpful": True})

    assert panel.status == 200
    assert conversation().status == Status.RESOLVED


def test_nobody_judges_answers_of_another_conversation(panel: Panel, chat: Inbox):
    panel.say("Halo")
    said = actions.say(conversation(), "Do 14 dni.")
    other = Panel(chat)
    other.begin()
    other.say("Halo")
    other.ask("POST", f"answers/{said.pk}", {"helpful": True})

    assert other.status == 404
