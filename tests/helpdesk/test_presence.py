"""Who reads, who types, and whose queue has people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opieka.accounts.models import Team
from opieka.conversations import actions as conversations
from opieka.helpdesk import actions, queries
from opieka.helpdesk.models import Presence
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow
from tests.world import World


def told() -> int:
    return EventRow.objects.filter(name="PresenceChanged").count()


def test_colleagues_see_who_reads_and_who_types(world: World):
    one = world.ask()

    actions.give_sign(world.piotr, looking_at=one)
    reading = queries.watchers(one, besides=world.ola)
    actions.give_sign(world.piotr, looking_at=one, typing=True)
    typing = queries.watchers(one, besides=world.ola)

    assert (reading.reading, reading.typing) == (["Piotr"], [])
    assert (typing.reading, typing.typing) == ([], ["Piotr"])
    assert queries.watchers(one, besides=world.piotr).reading == []
    assert queries.agent_typing(one) == "Piotr"


def test_a_sign_that_says_nothing_new_is_not_told(world: World):
    one = world.ask()
    actions.give_sign(world.piotr, looking_at=one)
    before = told()

    for _ in range(5):
        actions.give_sign(world.piotr, looking_at=one)

    assert told() == before


def test_going_to_another_conversation_is_told_to_both(world: World):
    first, second = world.ask("1", external_id="p1"), world.ask("2", external_id="p2")
    actions.give_sign(world.piotr, looking_at=first)

    actions.give_sign(world.piotr, looking_at=second)

    topics = {topic for row in EventRow.objects.filter(name="PresenceChanged") for topic in row.topics}
    assert topics == {f"presence:{first.pk}", f"presence:{second.pk}"}
    assert queries.watchers(first, besides=world.ola).reading == []


def test_a_page_that_went_silent_no_longer_reads(world: World):
    one = world.ask()
    actions.give_sign(world.piotr, looking_at=one, typing=True)

    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=3), typing_until=timezone.now())

    seen = queries.watchers(one, besides=world.ola)
    assert (seen.reading, seen.typing) == ([], [])
    assert not queries.here_now(world.shop.pk).exists()


def test_a_customer_who_types_is_seen_and_told_once(world: World):
    one = world.ask()

    for _ in range(3):
        actions.customer_types(one)

    assert queries.watchers(one, besides=world.ola).customer_types
    assert EventRow.objects.filter(name="CustomerTyping").count() == 1


@pytest.mark.parametrize("state", ["busy", "away"])
def test_whoever_is_not_here_takes_nothing_new(world: World, state: str):
    actions.give_sign(world.piotr)
    actions.set_state(world.piotr, state)

    assert not queries.is_here(world.piotr)
    assert not queries.here_now(world.shop.pk).exists()


def test_what_was_handed_over_goes_to_a_queue_with_people(world: World):
    empty = Team.objects.create(organisation=world.shop, name="Reklamacje")
    one = world.ask()
    one.team = empty
    one.save(update_fields=["team"])
    actions.give_sign(world.ola)

    conversations.ask_for_person(one)
    drain()

    one.refresh_from_db()
    assert one.team == world.team


def test_with_nobody_here_it_stays_in_its_own_queue(world: World):
    one = world.ask()

    conversations.ask_for_person(one)
    drain()

    one.refresh_from_db()
    assert (one.team, one.assignee) == (world.team, None)
