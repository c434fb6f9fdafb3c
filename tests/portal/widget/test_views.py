"""The protocol of the chat, as the panel speaks it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from opieka.channels.models import Inbox, Raw
from opieka.conversations import actions
from opieka.conversations.models import Conversation, Message, Speaker
from opieka.customers.models import Customer
from opieka.helpdesk.actions import give_sign
from tests.portal.widget.conftest import MONDAY, Panel, conversation
from tests.world import World


def test_a_session_alone_leaves_no_trace(panel: Panel):
    assert panel.token
    assert panel.thread() == panel.thread()
    assert not Conversation.objects.filter(channel="webchat").exists()
    assert not Customer.objects.filter(identities__kind="webchat").exists()


def test_what_was_acknowledged_is_kept_and_in_the_inbox(panel: Panel):
    made = panel.say("Kiedy dojdzie moja paczka?")

    assert panel.status == 201
    message = Message.objects.get(id=made["id"])
    assert (message.text, message.conversation.unread) == ("Kiedy dojdzie moja paczka?", 1)
    assert Raw.objects.get().state == Raw.State.TAKEN_IN


def test_the_same_message_sent_twice_is_one_message(panel: Panel):
    first = panel.say("Halo", client_id="abc")
    again = panel.say("Halo", client_id="abc")

    assert first == again
    assert Message.objects.filter(conversation=conversation()).count() == 1


def test_another_visitor_cannot_name_my_message(panel: Panel, chat: Inbox):
    mine = panel.say("Moje", client_id="abc")
    other = Panel(chat)
    other.begin()
    theirs = other.say("Cudze", client_id="abc")

    assert theirs["id"] != mine["id"]
    assert [message["text"] for message in other.thread()["messages"]] == ["Cudze"]


def test_messages_of_one_visitor_share_a_conversation_until_it_is_settled(panel: Panel, world: World):
    panel.say("Raz")
    panel.say("Dwa")
    actions.resolve(conversation(), by=world.piotr)
    panel.say("Trzy")

    assert Conversation.objects.filter(channel="webchat").count() == 2
    texts = [message["text"] for message in panel.thread()["messages"]]
    assert texts == ["Raz", "Dwa", "Rozmowa zakończona", "Trzy"]


def test_the_thread_goes_on_in_another_session(panel: Panel):
    panel.say("Halo")
    thread = panel.begin()

    assert [message["text"] for message in thread["messages"]] == ["Halo"]
    assert thread["conversation"] == conversation().pk


def test_only_what_is_new_is_sent_again(panel: Panel):
    first = panel.say("Raz")
    panel.say("Dwa")

    assert [message["text"] for message in panel.thread(after=first["id"])["messages"]] == ["Dwa"]


def test_a_persons_answer_reaches_the_panel_and_a_note_never_does(panel: Panel, world: World):
    panel.say("Halo")
    actions.reply(conversation(), "Dzień dobry", by=world.ola)
    actions.note(conversation(), "Uwaga na tego klienta", by=world.ola)
    thread = panel.thread()

    said = thread["messages"][-1]
    assert (said["author"], said["name"], said["text"]) == ("agent", "Ola", "Dzień dobry")
    assert thread["state"]["person"] == {"name": "Ola", "initials": "OT"}
    assert thread["state"]["speaker"] == "person"
    assert "Uwaga" not in str(thread)


@pytest.mark.proves(7)
def test_it_says_who_joined_and_who_speaks(panel: Panel, world: World):
    panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        actions.join(conversation(), world.ola)
    said = panel.thread()["messages"][-1]

    assert (said["author"], said["text"]) == ("system", "Ola dołącza po 2\u00a0min")


@time_machine.travel(MONDAY)
def test_asking_for_a_person_is_a_message_and_a_place_in_the_queue(panel: Panel, chat: Inbox):
    other = Panel(chat)
    other.begin()
    other.ask("POST", "person", {"client_id": "b", "text": "Poproszę człowieka"})
    panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
    thread = panel.thread()

    assert thread["messages"][0]["text"] == "Poproszę człowieka"
    assert thread["state"]["waiting"] == {"minutes": None, "ahead": 1}
    assert Message.objects.get(id=thread["messages"][0]["id"]).conversation.speaker == Speaker.QUEUE


@time_machine.travel(MONDAY)
def test_the_wait_is_what_others_waited_lately(panel: Panel, chat: Inbox, world: World):
    start = timezone.now()
    for number in range(3):
        other = Panel(chat)
        other.begin()
        other.ask("POST", "person", {"client_id": "b", "text": "Poproszę człowieka"})
        with time_machine.travel(start + timedelta(minutes=4 + number)):
            actions.join(Conversation.objects.latest("id"), world.ola)
    with time_machine.travel(start + timedelta(minutes=20)):
        panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
        assert panel.thread()["state"]["waiting"] == {"minutes": 5, "ahead": 0}


@time_machine.travel(MONDAY)
def test_whoever_waits_may_go_back_to_the_assistant_until_a_person_came(panel: Panel, world: World):
    panel.ask("POST", "person", {"client_id": "a", "text": "Poproszę człowieka"})
    panel.ask("DELETE", "person")
    assert panel.thread()["state"]["waiting"] is None
    assert conversation().speaker == Speaker.ASSISTANT

    actions.join(conversation(), world.ola)
    panel.ask("DELETE", "person")
    assert conversation().speaker == Speaker.PERSON


def test_the_customer_sees_that_a_person_types(panel: Panel, world: World):
    panel.say("Halo")
    actions.join(conversation(), world.ola)
    give_sign(world.ola, looking_at=conversation(), typing=True)

    assert panel.thread()["state"]["typing"]


def test_the_agent_sees_that_the_customer_types(panel: Panel):
    panel.say("Halo")
    panel.ask("POST", "typing", {})

    assert cache.get(f"typing:{conversation().pk}")


def test_what_was_read_is_marked_on_both_sides(panel: Panel, world: World):
    panel.say("Halo")
    assert not panel.thread()["messages"][0]["seen"]
    actions.mark_read(conversation())
    answer = actions.reply(conversation(), "Dzień dobry", by=world.ola)
    assert panel.thread()["messages"][0]["seen"]

    panel.ask("POST", "seen", {"message": answer.pk})
    answer.refresh_from_db()
    assert answer.seen_at


@pytest.mark.parametrize(
    "body",
    [{"text": "Halo"}, {"client_id": "a", "text": "  "}, {"client_id": "a", "text": "x" * 4001}, [1], "x"],
)
def test_what_cannot_be_a_message_is_refused_with_a_sentence(panel: Panel, body: object):
    refusal = panel.ask("POST", "messages", body)

    assert panel.status in {400, 422}
    assert refusal["detail"].endswith(".")
    assert panel.answer["Content-Type"] == "application/problem+json"
    assert not Message.objects.exists()


def test_too_many_messages_at_once_wait(panel: Panel):
    for _ in range(20):
        panel.say("Halo")
    refusal = panel.say("Halo")

    assert (panel.status, bool(refusal["detail"])) == (429, True)
    assert int(panel.answer["Retry-After"]) > 0
