"""Merged conversations are one matter in the figures; merged and separated, or split and merged, they were always two."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opieka.channels.base import Inbound
from opieka.conversations import actions
from opieka.conversations.models import Author, Conversation, Delivery, Message
from opieka.insight.actions import count_new, recount
from opieka.insight.models import Fact
from tests.conversations.test_undo import card
from tests.world import World, after


def facts(world: World) -> list[tuple[Any, ...]]:
    fields = ("name", "at", "value", "conversation_id", "customer_id", "member_id", "channel", "label", "source")
    return sorted(Fact.objects.filter(organisation=world.shop).values_list(*fields), key=repr)


def counted(world: World, name: str) -> int:
    recount(world.shop)
    return Fact.objects.filter(organisation=world.shop, name=name).count()


STEPS = st.lists(st.tuples(st.sampled_from(["ask", "reply", "resolve"]), st.integers(0, 1)), min_size=1, max_size=9)


def live(world: World, steps: list[tuple[str, int]]) -> list[Conversation]:
    """Two conversations to which all this happens, an hour between the steps."""
    made = []
    for n in range(2):
        with after(hours=-30 + n):
            made.append(world.ask(f"Pytanie {n}", external_id=f"first-{n}"))
    for hour, (verb, which) in enumerate(steps):
        with after(hours=-25 + hour):
            act(world, made[which], verb, hour)
    return made


def act(world: World, conversation: Conversation, verb: str, hour: int) -> None:
    if verb == "ask":
        inbound = Inbound(sender="anna", text=f"Krok {hour}", external_id=f"step-{hour}")
        actions.receive(world.inbox, inbound, customer=world.anna, conversation=conversation)
    elif verb == "reply":
        sent = actions.reply(conversation, f"Odpowiedź {hour}", by=world.piotr)
        Delivery.objects.filter(message=sent).update(state="delivered")
    else:
        actions.resolve(conversation, by=world.piotr)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, one_by_one=st.booleans())
def test_merged_and_separated_the_figures_and_the_cards_are_those_from_before(
    world: World, steps: Any, one_by_one: bool
):
    with transaction.atomic():
        first, second = live(world, steps)
        recount(world.shop)
        before, cards = facts(world), [card(one) for one in (first, second)]
        actions.merge(first, into=second, by=world.ola)
        if one_by_one:
            count_new(world.shop)
        actions.separate(first, by=world.ola)
        count_new(world.shop)
        after_both = facts(world)
        recount(world.shop)
        assert (after_both, facts(world)) == (before, before)
        assert [card(one) for one in (first, second)] == cards
        transaction.set_rollback(True)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, one_by_one=st.booleans())
def test_split_and_merged_the_figures_are_those_from_before(world: World, steps: Any, one_by_one: bool):
    with transaction.atomic():
        first, _ = live(world, [*steps, ("ask", 0)])
        recount(world.shop)
        before = facts(world)
        last = Message.objects.filter(conversation=first, author=Author.CUSTOMER).latest("id")
        made = actions.split(last, by=world.ola)
        if one_by_one:
            count_new(world.shop)
        actions.merge(made, into=first, by=world.ola)
        count_new(world.shop)
        assert facts(world) == before
        transaction.set_rollback(True)


def test_two_that_are_merged_are_one_matter(world: World):
    first, second = live(world, [])
    alone = counted(world, "volume")

    actions.merge(first, into=second, by=world.ola)

    assert (alone, counted(world, "volume")) == (2, 1)


def test_a_matter_is_settled_once_every_part_of_it_is(world: World):
    first, second = live(world, [("resolve", 0)])

    actions.merge(first, into=second, by=world.ola)

    assert counted(world, "resolution") == 0
    actions.resolve(second, by=world.ola)
    recount(world.shop)
    fact = Fact.objects.get(name="resolution")
    assert (fact.conversation_id, timedelta(seconds=fact.value) > timedelta(hours=29)) == (second.pk, True)


def test_two_that_had_both_been_settled_stay_two_settled_matters_in_time(world: World):
    first, second = live(world, [("resolve", 0), ("resolve", 1), ("ask", 1)])

    actions.merge(first, into=second, by=world.ola)

    assert (counted(world, "resolution"), counted(world, "volume")) == (1, 2)
