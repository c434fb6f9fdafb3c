"""When people are here, and the words for when they are back."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from opieka.accounts.hours import back_words, holidays_of, opening
from opieka.accounts.models import Organisation

WARSAW = ZoneInfo("Europe/Warsaw")


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=WARSAW)


def shop(**fields: object) -> Organisation:
    return Organisation(name="Lampa", slug="lampa", **fields)


@pytest.mark.parametrize("year", [2025, 2026, 2027, 2031])
def test_poland_has_fourteen_days_off_with_christmas_eve(year: int):
    days = holidays_of("PL", year)

    assert len(days) == 14
    assert date(year, 12, 24) in days


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(2026, 11, 17, 10, 0), ""),
        (at(2026, 11, 17, 6, 30), "dziś o 8:00"),
        (at(2026, 11, 17, 16, 0), "jutro o 8:00"),
        (at(2026, 11, 20, 17, 0), "w poniedziałek o 8:00"),
        (at(2026, 11, 10, 18, 0), "w czwartek o 8:00"),
        (at(2026, 12, 23, 18, 0), "w poniedziałek o 8:00"),
        (at(2026, 3, 28, 12, 0), "w poniedziałek o 8:00"),
    ],
)
def test_the_words_for_when_people_are_back(moment: datetime, words: str):
    with translation.override("pl"):
        assert back_words(shop(), moment) == words


def test_hours_are_kept_over_the_change_of_clocks():
    saturday = at(2026, 10, 24, 20, 0)

    assert opening(shop(), saturday).opens == at(2026, 10, 26, 8, 0)


def test_a_shop_without_hours_is_never_open():
    assert opening(shop(opening_hours={}), at(2026, 11, 17, 10, 0)).open is False
