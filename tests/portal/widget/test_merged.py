"""What a visitor notices of merging and splitting: nothing."""

from opieka.channels.base import Inbound
from opieka.conversations import actions
from opieka.conversations.models import Conversation, Message
from opieka.customers.actions import recognise
from tests.portal.widget.conftest import Panel
from tests.world import World


def chat_of(world: World) -> Conversation:
    return Conversation.objects.get(channel="webchat")


def strangers_question(world: World) -> Conversation:
    jan = recognise(world.shop, kind="console", value="jan", name="Jan Nowak")
    return actions.receive(world.inbox, Inbound(sender="jan", text="Cudze", external_id="j"), customer=jan).conversation


def texts(panel: Panel) -> list[str]:
    return [one["text"] for one in panel.thread()["messages"] if one["author"] != "event" and one["text"]]


def test_a_chat_into_which_a_stranger_was_merged_shows_only_its_own(panel: Panel, world: World):
    panel.say("Moje pytanie")
    chat, strange = chat_of(world), strangers_question(world)
    before = panel.thread()
    actions.merge(strange, into=chat, by=world.ola, strangers=True)

    actions.reply(strange, "Dla Jana", by=world.ola)
    actions.reply(chat, "Dla gościa", by=world.ola)

    shown = str(panel.thread())
    assert ("Moje pytanie" in str(before), "Dla gościa" in shown) == (True, True)
    assert ("Cudze" in shown, "Dla Jana" in shown) == (False, False)


def test_a_settled_chat_merged_into_a_strangers_stays_as_the_visitor_knew_it(panel: Panel, world: World):
    panel.say("Moje pytanie")
    chat, strange = chat_of(world), strangers_question(world)
    actions.resolve(chat, by=world.ola)
    actions.merge(chat, into=strange, by=world.ola, strangers=True)

    thread = panel.thread()
    panel.say("Coś nowego")

    assert (thread["state"]["status"], "Cudze" in str(thread)) == ("resolved", False)
    new = Message.objects.get(text="Coś nowego").conversation
    assert (new.merged_into, new == chat, panel.thread()["state"]["status"]) == (None, False, "open")


def test_what_was_split_off_and_put_back_leaves_the_chat_going_on(panel: Panel, world: World):
    panel.say("Pierwsze")
    panel.say("Drugie")
    chat = chat_of(world)
    actions.split(Message.objects.get(text="Drugie"), by=world.ola)
    actions.undo_last(world.ola)

    panel.say("Trzecie")

    assert Message.objects.get(text="Trzecie").conversation == chat
    assert panel.thread()["state"]["status"] == "open"
    assert [text for text in texts(panel) if text in {"Pierwsze", "Drugie", "Trzecie"}] == [
        "Pierwsze",
        "Drugie",
        "Trzecie",
    ]
