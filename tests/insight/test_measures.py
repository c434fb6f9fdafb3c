"""Every measure against a story whose figures are counted by hand; counting again changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from opieka.accounts.models import Membership
from opieka.channels.base import Inbound
from opieka.conversations import actions
from opieka.conversations.models import Conversation
from opieka.insight import queries
from opieka.insight.actions import count_new, facts_of, recount
from opieka.insight.history import Asked, Done, History, Said
from opieka.insight.measures import measures
from opieka.insight.models import Fact
from opieka.plumbing.jobs import drain
from opieka.surveys.actions import answer, ask
from opieka.surveys.models import Survey
from tests.world import World

NINE = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)


def tell_the_story(world: World) -> None:
    """Anna asks at 9:00, Piotr answers at 9:12, it is settled at 9:30 and rated 5; she asks again and waits."""
    with time_machine.travel(NINE, tick=False) as clock:
        conversation = world.ask()
        clock.shift(timedelta(minutes=12))
        actions.reply(conversation, "Jutro.", by=world.piotr)
        drain()
        clock.shift(timedelta(minutes=18))
        actions.resolve(conversation, by=world.piotr)
        clock.shift(timedelta(minutes=11))
        drain()
        answer(Survey.objects.get(conversation=conversation), 5)
        clock.shift(timedelta(hours=2))
        again = Inbound(external_id="again", sender="anna", text="Jednak nie doszła")
        actions.receive(world.inbox, again, customer=world.anna, conversation=conversation)
        count_new(world.shop)


def span() -> queries.Span:
    return queries.Span(first=NINE.date(), last=NINE.date())


def test_figures_are_those_counted_by_hand(world: World):
    tell_the_story(world)

    values = {kind: queries.figure(world.marek, kind, span()).value for kind in measures()}

    assert values == {
        "first_response": 12 * 60,
        "resolution": 30 * 60,
        "self_service": 0,
        "csat": 5,
        "surveys_answered": 1,
        "volume": 2,
    }


def test_every_figure_opens_the_rows_it_was_counted_from(world: World):
    tell_the_story(world)

    for kind in measures():
        figure = queries.figure(world.marek, kind, span())
        opened = queries.conversations_behind(world.marek, figure.rows)
        assert {c.pk for c in opened} == {row.conversation_id for row in figure.rows}
        assert measures()[kind].figure(queries.rows(world.marek, kind, span())).value == figure.value


def test_another_organisation_sees_none_of_it(world: World):
    tell_the_story(world)

    assert queries.figure(world.olek, "volume", span()).value == 0


def test_recounting_gives_the_same_facts(world: World):
    tell_the_story(world)
    fields = ("name", "at", "value", "source", "conversation_id", "member_id", "channel", "label")
    before = sorted(Fact.objects.values_list(*fields))

    recount(world.shop)

    assert sorted(Fact.objects.values_list(*fields)) == before


def test_a_resolution_taken_back_ends_no_period(world: World):
    with time_machine.travel(NINE, tick=False) as clock:
        conversation = world.ask()
        clock.shift(timedelta(minutes=10))
        actions.resolve(conversation, by=world.piotr)
        clock.shift(timedelta(minutes=1))
        actions.undo_last(world.piotr)
        clock.shift(timedelta(minutes=49))
        actions.resolve(conversation, by=world.piotr)
        count_new(world.shop)

    figure = queries.figure(world.marek, "resolution", span())

    assert (figure.value, figure.n) == (60 * 60, 1)


def test_an_answer_of_the_assistant_that_was_enough_counts_as_solved_and_silence_does_not(world: World):
    with time_machine.travel(NINE, tick=False):
        for number, helpful in enumerate([True, None, None]):
            conversation = world.ask(f"Pytanie {number}", external_id=str(number))
            said = actions.say(conversation, "W ciągu 24 godzin.")
            if helpful:
                actions.judge(said, helpful=True)
        count_new(world.shop)

    figure = queries.figure(world.marek, "self_service", span())

    assert (round(figure.value or 0, 3), figure.n, [row.value for row in figure.rows]) == (0.333, 3, [1, 0, 0])


def rate(world: World, number: int, *, settled_by: Membership, score: int | None, topic: str = "") -> None:
    """Anna is answered by Piotr, the matter is settled by somebody, and she rates it or does not."""
    conversation = world.ask(f"Pytanie {number}", external_id=str(number))
    actions.reply(conversation, "Jutro.", by=world.piotr)
    drain()
    Conversation.objects.filter(pk=conversation.pk).update(topic=topic)
    actions.resolve(conversation, by=settled_by)
    survey = ask(conversation)
    if score:
        answer(survey, score)


@pytest.mark.proves(138)
def test_a_rating_is_credited_to_the_person_who_answered_not_to_whoever_tidied_up(world: World):
    with time_machine.travel(NINE, tick=False):
        rate(world, 1, settled_by=world.piotr, score=5)
        rate(world, 2, settled_by=world.marek, score=2)
        count_new(world.shop)

    by_person = queries.parted(world.marek, "csat", span(), "member")

    assert {key: (found.value, found.n) for key, found in by_person.items()} == {world.piotr.pk: (3.5, 2)}


@pytest.mark.proves(138)
def test_a_matter_that_nobody_answered_in_writing_is_credited_to_whoever_settled_it(world: World):
    with time_machine.travel(NINE, tick=False):
        conversation = world.ask()
        actions.resolve(conversation, by=world.ola)
        answer(ask(conversation), 4)
        count_new(world.shop)

    assert list(queries.parted(world.marek, "csat", span(), "member")) == [world.ola.pk]


@pytest.mark.proves(138)
def test_the_rating_and_its_response_rate_are_told_for_each_topic(world: World):
    with time_machine.travel(NINE, tick=False):
        rate(world, 1, settled_by=world.piotr, score=5, topic="returns")
        rate(world, 2, settled_by=world.piotr, score=None, topic="returns")
        rate(world, 3, settled_by=world.piotr, score=2)
        count_new(world.shop)

    rating, answered = (
        {key: (found.value, found.n) for key, found in queries.parted(world.marek, kind, span(), "topic").items()}
        for kind in ("csat", "surveys_answered")
    )

    assert rating == {"returns": (5, 1), "": (2, 1)}
    assert answered == {"returns": (0.5, 2), "": (1, 1)}


@pytest.mark.proves(138)
def test_a_rating_given_days_later_counts_as_an_answer_to_the_survey_of_its_day(world: World):
    with time_machine.travel(NINE, tick=False) as clock:
        conversation = world.ask()
        actions.resolve(conversation, by=world.ola)
        survey = ask(conversation)
        count_new(world.shop)
        before = queries.figure(world.marek, "surveys_answered", span()).value
        clock.shift(timedelta(days=3))
        answer(survey, 4)
        count_new(world.shop)

    assert (before, queries.figure(world.marek, "surveys_answered", span()).value) == (0, 1)
    assert queries.figure(world.marek, "csat", span()).value is None


MOMENTS = st.integers(0, 10_000).map(lambda minutes: NINE + timedelta(minutes=minutes))
SAID = st.builds(
    lambda author, at, automatic, reached: (author, at, automatic, reached),
    st.sampled_from(["customer", "agent", "assistant", "system"]),
    MOMENTS,
    st.booleans(),
    st.booleans(),
)


@given(st.lists(SAID, max_size=12), st.lists(MOMENTS, max_size=4), st.lists(st.integers(1, 5), max_size=2))
@settings(max_examples=60, deadline=None)
def test_any_history_is_counted_without_doubles_and_times_never_run_backwards(said, resolved, scores):
    history = History(
        conversation_id=1,
        organisation_id=1,
        customer_id=1,
        channel="console",
        said=tuple(
            Said(id=n, author=a, at=at, automatic=auto, reached=reached, member_id=None)
            for n, (a, at, auto, reached) in enumerate(sorted(said, key=lambda s: s[1]))
        ),
        done=tuple(Done(id=n, verb="resolved", who="agent", at=at) for n, at in enumerate(sorted(resolved))),
        asked=tuple(
            Asked(id=n, kind="csat", asked_at=NINE, answered_at=NINE, score=score) for n, score in enumerate(scores)
        ),
    )

    facts = facts_of(history)

    assert len({(fact.name, fact.source) for fact in facts}) == len(facts)
    assert all(fact.value >= 0 for fact in facts)
    assert [f.value for f in facts_of(history)] == [f.value for f in facts]
