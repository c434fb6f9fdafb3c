"""A survey by its link."""

import re

import pytest
from django.test import Client

from opieka.channels.console import Console
from opieka.conversations import actions
from opieka.plumbing.jobs import drain
from opieka.surveys.models import Survey
from tests.world import World, after


@pytest.fixture
def link(world: World) -> str:
    conversation = world.ask()
    actions.reply(conversation, "Jutro.", by=world.piotr)
    actions.resolve(conversation, by=world.piotr)
    with after(minutes=11):
        drain()
    found = re.search(r"/ankieta/[\w-]+/", Console.sent[-1].text)
    assert found
    return found[0]


@pytest.mark.proves(138)
def test_the_first_tap_saves_the_score_and_the_reason_comes_after(client: Client, link: str):
    asked = client.get(link).content.decode()
    client.post(link, {"score": "2"})
    why = client.get(link).content.decode()
    client.post(f"{link}powod/", {"reason": ["slow"], "comment": "Za długo", "contact": "on"})

    survey = Survey.objects.get()
    assert 'value="5"' in asked
    assert 'value="slow"' in why
    assert (survey.score, survey.reasons, survey.comment, survey.wants_contact) == (2, ["slow"], "Za długo", True)


def test_it_names_who_answered_by_the_first_name_only(client: Client, link: str):
    page = client.get(link).content.decode()

    assert "Piotr · zakończona" in page
    assert "Testowa" not in page


def test_opening_the_link_saves_nothing(client: Client, link: str):
    client.get(link)

    assert Survey.objects.get().score is None


def test_a_score_off_the_scale_asks_again(client: Client, link: str):
    assert client.post(link, {"score": "9"}).status_code == 422
    assert Survey.objects.get().score is None


def test_a_wrong_link_says_so_in_a_sentence(client: Client, world: World):
    page = client.get("/ankieta/wrong/")

    assert page.status_code == 404
    assert "<h1>" in page.content.decode()
