"""The manager's page: one number, one list."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from opieka.insight.measures import measures
from opieka.insight.queries import Span
from opieka.web.figures.words import change, span_words, target_words
from tests.insight.test_measures import NINE, tell_the_story
from tests.world import World


@pytest.fixture
def manager(client: Client, world: World) -> Client:
    tell_the_story(world)
    client.force_login(world.marek.user)
    return client


def read(client: Client, address: str) -> str:
    with time_machine.travel(NINE + timedelta(hours=8)):
        page = client.get(address)
    assert page.status_code == 200
    return page.content.decode().replace("\xa0", " ")


def test_the_page_shows_the_figures(manager: Client):
    page = read(manager, "/figures/?days=7")

    assert "12:00" in page
    assert "30:00" in page


@pytest.mark.parametrize("kind", ["first_response", "resolution", "self_service", "csat", "surveys_answered", "volume"])
def test_each_figure_opens_its_conversations(manager: Client, world: World, kind: str):
    page = read(manager, f"/figures/{kind}/?days=7")

    assert "/conversations/1/" in page


@pytest.mark.proves(138)
def test_the_rating_tells_how_many_answered_and_who_led(manager: Client, world: World):
    page = read(manager, "/figures/csat/?days=7")

    assert "/figures/surveys_answered/?days=7" in page
    assert f"member={world.piotr.pk}" in page
    assert world.piotr.name in page


def test_a_length_of_time_keeps_what_the_figure_is_cut_by(manager: Client):
    assert "days=30&amp;channel=console" in read(manager, "/figures/csat/?days=7&channel=console")


@pytest.mark.parametrize("nonsense", ["member=99999999999999999999", "weekday=9&hour=99", "day=0001-01-01", "page=0"])
def test_an_address_that_asks_for_nonsense_is_answered(manager: Client, nonsense: str):
    read(manager, f"/figures/csat/?{nonsense}")


def test_the_export_opens_in_polish_excel(manager: Client):
    with time_machine.travel(NINE + timedelta(hours=8)):
        sheet = manager.get("/figures/first_response/?days=7&format=csv").content.decode()

    assert sheet.startswith("\ufeff")
    assert ";720,00;" in sheet


def test_an_unknown_figure_is_not_there(manager: Client):
    assert manager.get("/figures/nonsense/").status_code == 404


def test_another_organisation_sees_none_of_it(client: Client, world: World):
    tell_the_story(world)
    client.force_login(world.olek.user)

    assert "/conversations/1/" not in read(client, "/figures/volume/?days=90")


def test_too_little_to_read_much_into_is_said(manager: Client):
    assert "n=1" in read(manager, "/figures/first_response/?days=7")


@pytest.mark.parametrize(
    ("difference", "words"),
    [(38, "38 s dłużej"), (-2417, "40 min krócej"), (4 * 3600 + 80, "4 h dłużej"), (-2.5 * 86_400, "2,5 dni krócej")],
)
def test_a_change_says_only_what_matters_of_it(difference: float, words: str):
    said = change(10 * 86_400 + difference, 10 * 86_400, measures()["first_response"])

    assert said is not None
    assert said.text.replace("\xa0", " ") == words


def test_targets_and_periods_are_said_in_round_words():
    assert target_words(measures()["first_response"]).replace("\xa0", " ") == "Cel do 1 h"
    assert target_words(measures()["csat"]) == "Cel od 4,5"
    assert span_words(Span(first=date(2026, 10, 26), last=date(2026, 11, 24))) == "26.10–24.11.2026"
    assert span_words(Span(first=date(2026, 12, 26), last=date(2027, 1, 24))) == "26.12.2026 – 24.01.2027"
