"""A visitor hears of their own conversation, and of no other."""

from opieka.channels.models import Inbox
from opieka.conversations.models import Conversation
from opieka.portal.widget.live import authenticate_visitor
from tests.portal.widget.conftest import Panel


def test_a_visitor_listens_to_their_own_conversation_only(panel: Panel, chat: Inbox):
    panel.say("Moje")
    mine = Conversation.objects.get(channel="webchat")
    other = Panel(chat)
    other.begin()
    other.say("Cudze")

    assert authenticate_visitor(panel.token) == (chat.organisation_id, {f"visitor:{mine.pk}"})


def test_before_the_first_message_there_is_nothing_to_hear(panel: Panel, chat: Inbox):
    assert authenticate_visitor(panel.token) == (chat.organisation_id, set())


def test_a_forged_token_hears_nothing():
    assert authenticate_visitor("WyJhIiwiYiJd:x:y") is None
