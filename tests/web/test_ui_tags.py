"""Signs, sums and moments, as templates write them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe

from opieka.web import formats
from opieka.web.icons import FOLDER, UnknownIcon, icon_svg

NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)  # 12:00 in Warsaw


def render(source: str, **context: object) -> str:
    return Template("{% load opieka_ui %}" + source).render(Context(context))


def test_an_icon_is_inline_and_silent():
    svg = icon_svg("inbox", 20)

    assert svg.startswith('<svg class="icon" width="20" height="20"')
    assert 'aria-hidden="true"' in svg
    assert "<path" in svg


def test_every_icon_of_the_folder_can_be_drawn():
    for file in FOLDER.glob("*.svg"):
        assert "<" in icon_svg(file.stem, 16)


@pytest.mark.parametrize("name", ["nothing-of-the-kind", "../settings", ""])
def test_an_icon_that_is_not_there_is_refused(name: str):
    with pytest.raises(UnknownIcon):
        icon_svg(name, 16)


def test_templates_name_only_icons_that_exist():
    templates = Path(formats.__file__).with_name("templates")
    named = {
        name
        for file in templates.rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"|\bicon="([^"]+)"', file.read_text("utf-8"))
        for name in name
        if name
    }

    assert sorted(name for name in named if not (FOLDER / f"{name}.svg").is_file()) == []


def test_an_avatar_shows_initials_and_keeps_its_colour():
    first, second = render("{% avatar name %}|{% avatar name %}", name="Anna Kowalska").split("|")

    assert ">AK<" in first
    assert first == second


def test_an_avatar_escapes_what_a_stranger_calls_himself():
    assert "<b>" not in render('{% avatar name 36 channel="email" %}', name="<b> <i>")


def test_a_channel_mark_says_its_name():
    assert 'role="img" aria-label="Konsola"' in render('{% channel_mark "console" %}')


def test_a_channel_whose_file_is_gone_still_has_a_mark():
    assert 'aria-label="pigeon"' in render('{% channel_mark "pigeon" %}')


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Anna Kowalska", "AK"),
        ("Żaneta Brzęczyszczykiewicz-Wąsik", "ŻB"),
        ("Hotel Pod Limbą", "HL"),
        ("marek_gory_84", "MG"),
        ("jan.nowak@poczta.example", "JN"),
        ("Ola", "O"),
        ("48600000214", "?"),
        ("", "?"),
    ],
)
def test_initials(name: str, initials: str):
    assert formats.initials_of(name) == initials


@pytest.mark.parametrize(
    ("language", "minor", "currency", "text"),
    [
        ("pl", 123456, "PLN", "1\u00a0234,56\u00a0zł"),
        ("pl", 0, "PLN", "0,00\u00a0zł"),
        ("pl", -1999, "EUR", "-19,99\u00a0€"),
        ("pl", 1500, "JPY", "1\u00a0500\u00a0JPY"),
        ("en", 123456, "PLN", "PLN\u00a01,234.56"),
    ],
)
def test_money(language: str, minor: int, currency: str, text: str):
    with translation.override(language):
        assert formats.money_text(minor, currency) == text


def test_an_unknown_sum_is_a_dash():
    assert render('{{ sum|money:"PLN" }}', sum=None) == "–"


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=-20), "now"),
        (timedelta(minutes=-2, seconds=-30), "2 min"),
        (timedelta(minutes=-59, seconds=-59), "59 min"),
        (timedelta(hours=-3), "3 h"),
        (timedelta(hours=-30), "yesterday"),
        (timedelta(days=-78), "5 Sep"),
        (timedelta(days=-400), "18 Oct 2025"),
        (timedelta(minutes=12), "in 12 min"),
        (timedelta(hours=3), "in 3 h"),
        (timedelta(hours=26), "tomorrow"),
        (timedelta(days=10), "2 Dec"),
    ],
)
def test_the_distance_to_a_moment_is_short(distance: timedelta, text: str):
    with translation.override("en"):
        assert formats.short_moment(NOON + distance, now=NOON) == text


def test_last_evening_is_still_hours_away_at_night():
    midnight = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)

    with translation.override("en"):
        assert formats.short_moment(midnight - timedelta(hours=5), now=midnight) == "5 h"


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Idę i wracam z domu", "Idę i~wracam z~domu"),
        ("A w sklepie", "A~w~sklepie"),
        ("za 12 min, 1 234,56 zł", "za 12~min, 1~234,56~zł"),
        ("Garnek 4 l i 38 s", "Garnek 4~l i~38~s"),
        ("Anna ma 3 koty", "Anna ma 3 koty"),
    ],
)
def test_no_orphans_at_the_end_of_a_line(text: str, bound: str):
    assert formats.without_orphans(text) == bound.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Adres e-mail", "Adres e=mail"),
        ("E-mailem albo e-mailowo", "E=mailem albo e=mailowo"),
        ("przez e-mail.", "przez e=mail."),
        ("e-mail@sklep.example, www.e-mail.example", "e-mail@sklep.example, www.e-mail.example"),
        ("mail: e-mail.example/e-mail, ja@e-mail.example", "mail: e-mail.example/e-mail, ja@e-mail.example"),
    ],
)
def test_e_mail_is_not_broken_at_its_hyphen(text: str, bound: str):
    assert formats.without_orphans(text) == bound.replace("=", "\u2011")


def test_tags_are_left_alone_and_text_is_escaped():
    safe = mark_safe('<a title="i tak" href="#">i tak</a>')

    assert render("{{ text|sierotki }}", text=safe) == '<a title="i tak" href="#">i\u00a0tak</a>'
    assert "<script>" not in render("{{ text|sierotki }}", text="<script>a w b</script>")


def test_shells_hold_what_stands_between_their_tags():
    html = render('{% dialog "erase" title %}<p>{{ name }}</p>{% enddialog %}', title="Erase <all>?", name="<Anna>")

    assert '<dialog class="dialog " id="erase"' in html
    assert "Erase &lt;all&gt;?" in html
    assert "<p>&lt;Anna&gt;</p>" in html
