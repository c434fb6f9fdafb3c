"""Taking back what was done: everything it changed, and nothing that somebody else has changed since."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opieka.channels.base import Inbound
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Speaker, Status
from opieka.plumbing.models import EventRow
from tests.world import World, after

BOOKKEEPING = {"_state", "version"}


def card(conversation: Conversation) -> dict[str, Any]:
    """Everything the card says, as the database has it."""
    conversation.refresh_from_db()
    return {name: value for name, value in vars(conversation).items() if name not in BOOKKEEPING | {"_django_version"}}


def last_event(conversation: Conversation) -> str:
    return EventRow.objects.filter(payload__conversation_id=conversation.pk).latest("id").name


@pytest.mark.parametrize("verb", ["resolve", "assign", "snooze", "change", "spam"])
def test_an_act_taken_back_leaves_the_card_as_it_was(world: World, verb: str):
    conversation = world.ask()
    before = card(conversation)
    acts = {
        "resolve": lambda: actions.resolve(conversation, by=world.piotr),
        "assign": lambda: actions.assign(conversation, by=world.piotr, to=world.ola),
        "snooze": lambda: actions.snooze(conversation, until=timezone.localtime() + timedelta(days=1), by=world.piotr),
        "change": lambda: actions.change(conversation, by=world.piotr, topic="returns", tags=["vip"]),
        "spam": lambda: actions.mark_spam(conversation, by=world.piotr),
    }
    acts[verb]()
    changed = card(conversation)

    undone = actions.undo_last(world.piotr)

    assert undone is not None
    assert undone.verb == verb
    assert changed != before
    assert card(conversation) == before


def test_taking_back_an_assignment_keeps_the_topic_a_colleague_has_set(world: World):
    conversation = world.ask()
    actions.assign(conversation, by=world.piotr, to=world.piotr)
    actions.change(conversation, by=world.ola, topic="returns")

    actions.undo_last(world.piotr)

    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.topic) == (None, "returns")


def test_taking_back_an_assignment_opens_nothing_that_a_colleague_has_resolved(world: World):
    conversation = world.ask()
    actions.assign(conversation, by=world.piotr, to=world.piotr)
    actions.resolve(conversation, by=world.ola)

    actions.undo_last(world.piotr)

    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.status) == (None, Status.RESOLVED)


def test_a_resolution_that_a_colleague_answered_after_stays_as_they_left_it(world: World):
    conversation = world.ask()
    actions.resolve(conversation, by=world.piotr)
    actions.reply(conversation, "Jutro.", by=world.ola)
    left = card(conversation)

    undone = actions.undo_last(world.piotr)

    assert undone is None
    assert card(conversation) == left


def test_a_conversation_given_on_meanwhile_stays_with_whoever_has_it(world: World):
    conversation = world.ask()
    actions.assign(conversation, by=world.piotr, to=world.piotr)
    actions.assign(conversation, by=world.marek, to=world.ola)

    undone = actions.undo_last(world.piotr)

    conversation.refresh_from_db()
    assert (undone, conversation.assignee, conversation.speaker) == (None, world.ola, Speaker.QUEUE)


def test_the_assistant_does_not_come_back_to_somebody_who_asked_for_a_person(world: World):
    conversation = world.ask()
    actions.assign(conversation, by=world.piotr, to=world.piotr)
    actions.ask_for_person(conversation)

    actions.undo_last(world.piotr)

    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.speaker) == (None, Speaker.QUEUE)


def test_a_customer_who_wrote_after_the_resolution_waits_since_then(world: World):
    conversation = world.ask()
    actions.resolve(conversation, by=world.piotr)
    with after(minutes=2):
        again = Inbound(external_id="again", sender="anna", text="Jednak nie")
        message = actions.receive(world.inbox, again, customer=world.anna, conversation=conversation)
        actions.undo_last(world.piotr)

    conversation.refresh_from_db()
    assert (conversation.waiting_since, conversation.unread) == (message.created_at, 1)


def test_the_customers_page_learns_that_the_matter_is_open_again(world: World):
    conversation = world.ask()
    actions.resolve(conversation, by=world.piotr)
    shown = [message.extra.get("verb") for message in queries.shown_to_customer(conversation)]
    actions.undo_last(world.piotr)

    assert shown == [None, "resolved"]
    assert [message.extra.get("verb") for message in queries.shown_to_customer(conversation)] == [None]
    assert last_event(conversation) == "ConversationReopened"


def test_a_reopening_taken_back_is_a_resolution(world: World):
    conversation = world.ask()
    actions.resolve(conversation, by=world.ola)
    resolved = card(conversation)
    actions.reopen(conversation, by=world.piotr)

    actions.undo_last(world.piotr)

    assert card(conversation) == resolved
    assert last_event(conversation) == "ConversationResolved"


def test_a_reply_taken_back_opens_what_was_resolved_after_it_for_all_to_see(world: World):
    conversation = world.ask()
    message = actions.reply(conversation, "Jutro.", by=world.piotr)
    actions.resolve(conversation, by=world.ola)

    assert actions.withdraw(message, by=world.piotr)

    conversation.refresh_from_db()
    told = [line.extra.get("verb") for line in queries.thread(conversation) if line.kind == "event"]
    assert (conversation.status, conversation.resolved_at) == (Status.OPEN, None)
    assert told[-1] == "reopened"
