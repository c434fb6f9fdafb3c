"""Asking how it went: once, of the right people, and never for nothing."""

import pytest

from opieka.channels.console import Console
from opieka.conversations import actions
from opieka.conversations.models import Status
from opieka.customers.actions import block
from opieka.plumbing.jobs import drain
from opieka.surveys.actions import WrongScore, answer, explain
from opieka.surveys.models import Survey
from tests.world import World, after


def settled(world: World, text: str = "Gdzie paczka?"):
    conversation = world.ask(text, external_id=text)
    actions.reply(conversation, "W drodze.", by=world.piotr)
    actions.resolve(conversation, by=world.piotr)
    asked_later()
    return conversation


def asked_later() -> None:
    """Everything that is due, and what waits until a resolution can no longer be taken back."""
    drain()
    with after(minutes=11):
        drain()


def test_a_settled_conversation_is_followed_by_one_question(world: World):
    conversation = settled(world)

    assert Survey.objects.filter(conversation=conversation).count() == 1
    assert "/ankieta/" in Console.sent[-1].text


def test_asking_does_not_reopen_or_stop_anything(world: World):
    conversation = settled(world)

    conversation.refresh_from_db()
    assert conversation.status == Status.RESOLVED


def test_nobody_is_asked_twice_in_two_weeks(world: World):
    settled(world)
    settled(world, "A faktura?")

    assert Survey.objects.count() == 1


@pytest.mark.parametrize("mark", ["spam", "blocked"])
def test_spam_is_never_asked(world: World, mark: str):
    conversation = world.ask()
    actions.reply(conversation, "…", by=world.piotr)
    if mark == "spam":
        actions.mark_spam(conversation, by=world.piotr)
    else:
        block(world.piotr, kind="console", value="anna")
        actions.resolve(conversation, by=world.piotr)
    asked_later()

    assert Survey.objects.count() == 0


def test_spam_found_out_after_the_resolving_is_not_asked_either(world: World):
    conversation = world.ask()
    actions.reply(conversation, "…", by=world.piotr)
    actions.resolve(conversation, by=world.piotr)
    drain()
    actions.mark_spam(conversation, by=world.piotr)
    asked_later()

    assert Survey.objects.count() == 0


def test_a_conversation_we_never_answered_is_not_asked_about(world: World):
    actions.resolve(world.ask(), by=world.piotr)
    asked_later()

    assert Survey.objects.count() == 0


def test_a_resolution_taken_back_has_asked_nobody(world: World):
    conversation = world.ask()
    actions.reply(conversation, "W drodze.", by=world.piotr)
    actions.resolve(conversation, by=world.piotr)
    drain()
    sent = len(Console.sent)
    actions.undo_last(world.piotr)
    asked_later()

    assert (Survey.objects.count(), len(Console.sent)) == (0, sent)


def test_a_resolution_after_one_taken_back_asks_once(world: World):
    conversation = world.ask()
    actions.reply(conversation, "W drodze.", by=world.piotr)
    actions.resolve(conversation, by=world.piotr)
    drain()
    actions.undo_last(world.piotr)
    with after(minutes=5):
        actions.resolve(conversation, by=world.piotr)
        drain()
    with after(minutes=11):
        drain()
    early = Survey.objects.count()
    with after(minutes=16):
        drain()

    assert (early, Survey.objects.count()) == (0, 1)


def test_the_wait_for_the_question_holds_up_no_other_message(world: World):
    conversation = world.ask()
    actions.reply(conversation, "W drodze.", by=world.piotr)
    actions.resolve(conversation, by=world.piotr)
    drain()

    actions.reply(conversation, "Jeszcze jedno.", by=world.piotr)
    drain()

    assert Console.sent[-1].text == "Jeszcze jedno."


def test_a_customer_who_settled_it_is_asked_at_once(world: World):
    conversation = world.ask()
    actions.reply(conversation, "W drodze.", by=world.piotr)
    actions.resolve(conversation, who="customer")
    drain()

    assert Survey.objects.filter(conversation=conversation).count() == 1


def test_a_low_score_opens_the_conversation_for_a_person(world: World):
    conversation = settled(world)

    answer(Survey.objects.get(), 1)
    drain()

    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN
    assert conversation.messages.filter(kind="note").count() == 1


def test_a_score_off_the_scale_is_refused(world: World):
    settled(world)

    with pytest.raises(WrongScore):
        answer(Survey.objects.get(), 7)


def test_unknown_reasons_are_left_out(world: World):
    settled(world)
    survey = Survey.objects.get()
    answer(survey, 5)

    explain(survey, reasons=["fast", "'; drop table"], comment=" Dziękuję ")

    assert (survey.reasons, survey.comment) == (["fast"], "Dziękuję")
