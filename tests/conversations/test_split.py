"""Splitting a conversation, and letting what was split off go home again."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opieka.channels.models import Inbox
from opieka.conversations import actions, queries
from opieka.conversations.actions.deliver import outbound_of
from opieka.conversations.actions.merge import CannotMerge
from opieka.conversations.actions.split import CannotSplit
from opieka.conversations.merging import Refusal
from opieka.conversations.models import Conversation, Delivery, Message, Status
from tests.conversations.test_merge import post, texts, unmoved
from tests.conversations.test_place import answered, letter, take
from tests.world import World, after

__all__ = ["post"]


@pytest.fixture
def thread(world: World, post: Inbox) -> Conversation:
    """Anna asks, is answered, and then asks for something quite different."""
    with after(hours=-5):
        asked = take(post, letter("anna@a.example", text="Gdzie paczka?", external_id="<1@a>")).conversation
    with after(hours=-4):
        actions.reply(asked, "W drodze.", by=world.piotr)
    with after(hours=-3):
        take(post, letter("anna@a.example", text="A gdzie faktura?", external_id="<2@a>", thread=("<1@a>",)))
    with after(hours=-2):
        take(post, letter("anna@a.example", text="I jeszcze jedno", external_id="<3@a>", thread=("<1@a>",)))
    return asked


def said(text: str) -> Message:
    return Message.objects.get(text=text)


def test_from_a_message_on_it_is_a_conversation_of_its_own_with_the_clock_of_that_message(
    world: World, thread: Conversation
):
    message = said("A gdzie faktura?")

    made = actions.split(message, by=world.ola)

    made.refresh_from_db()
    thread.refresh_from_db()
    assert (texts(thread), texts(made)) == (["Gdzie paczka?", "W drodze."], ["A gdzie faktura?", "I jeszcze jedno"])
    assert (made.waiting_since, made.created_at, made.status) == (message.created_at, message.created_at, Status.OPEN)
    assert (thread.status, thread.waiting_since, thread.preview) == (Status.WAITING, None, "W drodze.")
    assert (made.customer, made.inbox, made.assignee, made.subject) == (
        thread.customer,
        thread.inbox,
        world.piotr,
        "A gdzie faktura?",
    )
    assert made.number == thread.number + 1


def test_one_message_alone_leaves_the_later_ones_where_they_are(world: World, thread: Conversation):
    made = actions.split(said("A gdzie faktura?"), by=world.ola, alone=True, subject="Faktura")

    thread.refresh_from_db()
    assert (texts(made), made.subject) == (["A gdzie faktura?"], "Faktura")
    assert (texts(thread)[-1], thread.waiting_since) == ("I jeszcze jedno", said("I jeszcze jedno").created_at)


def test_answers_by_mail_to_either_part_join_the_right_one(world: World, thread: Conversation, post: Inbox):
    made = actions.split(said("A gdzie faktura?"), by=world.ola)
    ours = answered(post, world, said("A gdzie faktura?"))

    to_new = take(post, letter("anna@a.example", thread=(ours,)))
    to_old = take(post, letter("anna@a.example", thread=("<1@a>",)))

    assert (to_new.conversation, to_old.conversation) == (made, thread)


@pytest.mark.parametrize("how", ["undo", "merge"])
def test_taken_back_both_are_one_again_as_they_were(world: World, thread: Conversation, how: str):
    before, was = unmoved(thread), texts(thread)
    made = actions.split(said("A gdzie faktura?"), by=world.ola)

    if how == "undo":
        assert actions.undo_last(world.ola).verb == "split"
    else:
        actions.merge(made, into=thread, by=world.ola)

    assert (unmoved(thread), texts(thread)) == (before, was)
    assert queries.shown(world.ola, made.number) == thread
    assert not Message.objects.filter(conversation=made, kind="reply").exists()


def test_what_came_to_the_new_one_comes_along_and_leaves_with_it(world: World, thread: Conversation, post: Inbox):
    made = actions.split(said("A gdzie faktura?"), by=world.ola)
    take(post, letter("anna@a.example", text="Dziękuję, mam", thread=("<3@a>",)))
    actions.merge(made, into=thread, by=world.ola)
    together = texts(thread)

    actions.separate(made, by=world.ola)

    thread.refresh_from_db()
    assert together[-1] == "Dziękuję, mam"
    assert texts(made) == ["A gdzie faktura?", "I jeszcze jedno", "Dziękuję, mam"]
    assert (texts(thread), thread.status) == (["Gdzie paczka?", "W drodze."], Status.WAITING)


def test_what_is_refused(world: World, thread: Conversation):
    def why(message: Message) -> str:
        with pytest.raises(CannotSplit) as error:
            actions.split(message, by=world.ola)
        return str(error.value)

    other = world.ask("Inna")
    actions.merge(other, into=thread, by=world.ola, strangers=True)

    assert why(said("Gdzie paczka?")) == Refusal.NOTHING_LEFT
    assert why(said("W drodze.")) == Refusal.NOT_SAID
    assert why(said("Inna")) == Refusal.SEPARATE


STEP = st.tuples(
    st.sampled_from(["merge", "separate", "split", "undo", "mail", "reply"]), st.integers(0, 3), st.integers(0, 3)
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=12))
def test_whatever_is_done_everybody_gets_only_their_own(world: World, post: Inbox, steps: list[tuple[str, int, int]]):
    people = ["anna@a.example", "anna@a.example", "jan@b.example", "ewa@c.example"]
    with transaction.atomic():
        for n, sender in enumerate(people):
            take(post, letter(sender, text=f"{sender} {n}", subject=f"Sprawa {n}"))
        for step in steps:
            do(step, world, post)
            hold_true()
        transaction.set_rollback(True)


def do(step: tuple[str, int, int], world: World, post: Inbox) -> None:
    verb, one, other = step
    conversations = list(Conversation.objects.order_by("id"))
    first, second = conversations[one], conversations[other]
    sender = queries.address_of(first.customer, "email")
    messages = Message.objects.filter(conversation=first, kind="reply").order_by("-id")
    if verb == "mail":
        told = Message.objects.filter(conversation=second).exclude(external_id=None).order_by("-id").first()
        take(post, letter(sender, text=f"{sender} again", thread=(told.external_id,) if told else ()))
    elif verb == "reply":
        actions.reply(first, f"Do {sender}", by=world.ola)
    elif verb == "undo":
        actions.undo_last(world.ola)
    else:
        with suppress(CannotMerge, CannotSplit):
            if verb == "merge":
                actions.merge(first, into=second, by=world.ola, strangers=True)
            elif verb == "separate":
                actions.separate(first, by=world.ola)
            elif messages:
                actions.split(messages[0], by=world.ola)


def hold_true() -> None:
    for one in Conversation.objects.select_related("merged_into"):
        assert one.merged_into is None or one.merged_into.merged_into_id is None
        own = queries.address_of(one.customer, "email")
        assert all(own in message.text for message in queries.public_thread(one))
    for delivery in Delivery.objects.select_related("message__conversation__customer"):
        outbound = outbound_of(delivery)
        assert f"Do {outbound.recipient}" == outbound.text
        assert outbound.recipient in (outbound.quoted or outbound.recipient)
        assert outbound.copies == ()
    shown = [one.pk for root in Conversation.objects.filter(merged_into=None) for one in queries.thread(root)]
    assert sorted(shown) == sorted(Message.objects.filter(withdrawn_at=None).values_list("id", flat=True))
