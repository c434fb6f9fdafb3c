"""Conversations are found by the words that are said in them, in any form, by an index of the database."""

import pytest
from django.db import connection

from opieka.conversations import actions
from opieka.conversations.lists import Listing, page
from opieka.conversations.models import Conversation, Message, MessageWords
from opieka.conversations.words import learn_words, mentioning
from tests.world import World


def found(world: World, words: str) -> list[int]:
    return sorted(row.number for row in page(world.piotr, Listing(view="all", search=words)).rows)


@pytest.mark.parametrize(
    "asked",
    ["paczka", "paczki", "PACZKĘ", "paczke", "zaginęła paczka", "gdzie paczka", "pacz", "ZK4711", "zk47", "nadejsc"],
)
def test_a_word_is_found_in_any_form_without_diacritics_and_by_its_beginning(world: World, asked: str):
    one = world.ask("Gdzie moje paczki? Numer ZK4711. Miały nadejść i zaginęły.", external_id="1")
    world.ask("Proszę o fakturę", external_id="2")

    assert found(world, asked) == [one.number]


@pytest.mark.parametrize("asked", ["paczka faktura", "aczka", "paczkomat", '"', "' | ł1", "OR", "a* b"])
def test_what_nobody_said_is_not_found(world: World, asked: str):
    world.ask("Gdzie moje paczki?", external_id="1")
    world.ask("Proszę o fakturę", external_id="2")

    assert found(world, asked) == []


def test_the_words_of_agents_and_notes_are_found_too_and_not_what_was_taken_back(world: World):
    one = world.ask("Dzień dobry", external_id="1")
    actions.note(one, "Sprawdzić magazyn", by=world.piotr)
    reply = actions.reply(one, "Wysłaliśmy reklamację", by=world.piotr)

    assert found(world, "magazynu") == found(world, "reklamacja") == [one.number]

    assert actions.withdraw(reply, by=world.piotr)

    assert found(world, "reklamacja") == []


def test_the_subject_is_found_in_any_form(world: World):
    one = world.ask("Jak w temacie", subject="Zwrot butów", external_id="1")

    assert found(world, "buty") == [one.number]


def test_what_came_another_way_is_found_once_the_clock_was_there(world: World):
    one = world.ask("Dzień dobry", external_id="1")
    said = Message.objects.get(conversation=one)
    late = Message.objects.create(
        organisation=one.organisation, conversation=one, author="customer", text="Kalosze", created_at=said.created_at
    )
    assert found(world, "kalosz") == []

    assert learn_words() == 1

    assert found(world, "kalosz") == [one.number]
    assert learn_words() == 0
    late.refresh_from_db()
    assert not late.words_due


def test_what_is_deleted_leaves_the_index(world: World):
    one = world.ask("Tajemnica", external_id="1")
    Message.objects.filter(conversation=one).delete()

    assert not MessageWords.objects.exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM conversations_words WHERE conversations_words MATCH 'tajemnica'")
            assert cursor.fetchone() == (0,)
            cursor.execute("INSERT INTO conversations_words (conversations_words) VALUES ('integrity-check')")


def test_another_organisation_finds_nothing_of_it(world: World):
    world.ask("Gdzie moje paczki?", external_id="1")

    assert not mentioning("paczka", organisation_id=world.stranger_shop.pk).exists()
    assert mentioning("paczka", organisation_id=world.shop.pk).exists()


def test_the_index_is_what_answers(world: World):
    world.ask("Gdzie moje paczki?", external_id="1")
    conversation = Conversation.objects.filter(
        id__in=mentioning("paczka", organisation_id=world.shop.pk).values("conversation")
    )

    plan = conversation.explain()

    assert "VIRTUAL TABLE INDEX" in plan if connection.vendor == "sqlite" else "messagewords" in plan
