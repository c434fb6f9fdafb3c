"""The verbs of a conversation."""

import pytest
from django.utils import timezone

from opieka.channels.base import Inbound
from opieka.channels.console import Console
from opieka.conversations import actions, queries
from opieka.conversations.actions.say import PeopleAnswer
from opieka.conversations.models import Delivery, Message, Speaker, Status
from opieka.plumbing.jobs import drain
from tests.world import World


def test_a_repeated_message_is_recorded_once(world: World):
    inbound = Inbound(external_id="1", sender="anna", text="Halo")

    for _ in range(2):
        actions.receive(world.inbox, inbound, customer=world.anna)

    assert Message.objects.filter(external_id="1").count() == 1


def test_numbers_have_no_gaps(world: World):
    assert [world.ask(f"Pytanie {n}", external_id=str(n)).number for n in range(3)] == [1, 2, 3]


def test_a_reply_reaches_the_channel_and_is_marked_delivered(world: World):
    conversation = world.ask()

    message = actions.reply(conversation, "Jutro.", by=world.piotr)
    drain()

    assert Console.sent[-1].text == "Jutro."
    assert Delivery.objects.get(message=message).state == Delivery.State.DELIVERED


def test_whoever_answers_leads_the_conversation(world: World):
    conversation = world.ask()

    actions.reply(conversation, "Jutro.", by=world.piotr)

    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.speaker, conversation.status) == (
        world.piotr,
        Speaker.PERSON,
        Status.WAITING,
    )


def test_the_assistant_never_speaks_after_a_person_joined(world: World):
    conversation = world.ask()
    actions.join(conversation, world.piotr)

    with pytest.raises(PeopleAnswer):
        actions.say(conversation, "Paczka dojdzie jutro.")


def test_the_assistant_never_speaks_after_a_person_was_asked_for(world: World):
    conversation = world.ask()
    actions.ask_for_person(conversation)

    with pytest.raises(PeopleAnswer):
        actions.say(conversation, "Paczka dojdzie jutro.")


def test_a_yes_to_the_last_answer_settles_the_matter(world: World):
    conversation = world.ask()
    said = actions.say(conversation, "W ciągu 24 godzin.")

    actions.judge(said, helpful=True)

    conversation.refresh_from_db()
    assert (conversation.status, conversation.resolved_by) == (Status.RESOLVED, "assistant")


def test_a_yes_to_an_old_answer_settles_nothing_while_people_answer(world: World):
    conversation = world.ask()
    said = actions.say(conversation, "W ciągu 24 godzin.")
    actions.reply(conversation, "Już sprawdzam.", by=world.piotr)

    actions.judge(said, helpful=True)

    conversation.refresh_from_db()
    said.refresh_from_db()
    assert (conversation.status, said.extra["helpful"]) == (Status.WAITING, True)


def test_a_yes_to_an_old_answer_settles_nothing_that_was_asked_since(world: World):
    conversation = world.ask()
    said = actions.say(conversation, "W ciągu 24 godzin.")
    more = Inbound(external_id="2", sender="anna", text="A faktura?")
    actions.receive(world.inbox, more, customer=world.anna, conversation=conversation)

    actions.judge(said, helpful=True)

    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_a_note_is_never_part_of_what_the_customer_sees(world: World):
    conversation = world.ask()

    actions.note(conversation, "Trudny klient", by=world.piotr)

    assert "Trudny klient" not in [m.text for m in queries.public_thread(conversation)]


def test_a_reply_that_was_taken_back_leaves_the_card_as_it_was(world: World):
    conversation = world.ask("Kiedy dojdzie paczka?")
    message = actions.reply(conversation, "Jutro.", by=world.piotr)
    told = ["status", "preview", "last_message_at", "first_reply_at", "waiting_since"]
    before = [getattr(conversation, name) for name in told]

    assert actions.withdraw(message)

    conversation.refresh_from_db()
    assert [getattr(conversation, name) for name in told] == before


def test_a_customer_who_writes_again_reopens_the_matter(world: World):
    conversation = world.ask()
    actions.resolve(conversation, by=world.piotr)

    again = Inbound(external_id="2", sender="anna", text="Jednak nie działa")
    actions.receive(world.inbox, again, customer=world.anna, conversation=conversation)

    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN


def test_a_reply_cut_off_while_sending_is_uncertain_and_not_sent_again(world: World):
    conversation = world.ask()
    message = actions.reply(conversation, "Jutro.", by=world.piotr)
    Delivery.objects.filter(message=message).update(state=Delivery.State.SENDING)
    sent_before = len(Console.sent)

    drain()

    assert Delivery.objects.get(message=message).state == Delivery.State.UNCERTAIN
    assert len(Console.sent) == sent_before


def test_snoozed_conversations_come_back_when_due(world: World):
    conversation = world.ask()
    actions.snooze(conversation, until=timezone.now(), by=world.piotr)

    assert actions.wake_due() == 1

    conversation.refresh_from_db()
    assert conversation.status == Status.OPEN
