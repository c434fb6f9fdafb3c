"""The newly written part of a mail, for every mail program of which there is an example."""

from pathlib import Path

import pytest

from opieka.channels.email.attributions import introduces
from opieka.channels.email.keys import Seal
from opieka.channels.email.parse import parse
from opieka.channels.email.replies import new_text

FOLDER = Path(__file__).resolve().parents[2] / "mail" / "replies"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.eml"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_only_the_new_text_is_left(name: str):
    seal = Seal(secret="tajne", address="pomoc@lampa.example")

    found = parse((FOLDER / f"{name}.eml").read_bytes(), {}, seal=seal)[0]

    assert found.text.split() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()
    assert set(found.text.split()) <= set(found.full_text.split())


@pytest.mark.parametrize(
    "line",
    [
        "pt., 13 lis 2026 o 09:12 Sklep Lampa <pomoc@lampa.pl> napisał(a):",
        "W dniu 13.11.2026 o 09:12, Obsługa Klienta Lampa pisze:",
        "W dniu 13.11.2026, pią o godzinie 09∶12 +0100, użytkownik Lampa napisał:",
        "Wiadomość napisana przez Sklep Lampa w dniu 13.11.2026, o godz. 09:12:",
        "Dnia 13 listopada 2026 09:12:05 CET, Sklep <pomoc@lampa.pl> napisał/a:",
        "Lampa <x@y.pl> napisał(a) w dniu 13.11.2026 09:12:",
        "On Friday, November 13th, 2026 at 9:12, Lampa wrote:",
        "Am Fr., 13. Nov. 2026 um 09:12 Uhr schrieb Lampa <x@y.pl>:",
        "On 16.11.2026 at 09:12 Anna Kowalska wrote:",
        "W dniu 16.11.2026 o 09:12 Anna Kowalska pisze:",
    ],
)
def test_introductions_are_known_even_without_marked_lines_below(line: str):
    assert introduces(line, quoted_next=False)


@pytest.mark.parametrize(
    "line",
    [
        "W dniu 3 listopada zamówiłem buty. Kurier napisał:",
        "W dniu 3 listopada zamówiłam buty i kurier napisał:",
        "W dniu 13.11.2026 o 10:00 kupiłem buty, sprzedawca mi napisał:",
        "Producent na stronie pisze:",
        "Kurier napisał:",
        "Dane do faktury:",
        "Mój adres: jan@x.pl, telefon:",
        "Zamówienie z 13.11.2026 (jan@x.pl), godz. 10:15, proszę o zmianę adresu na podany w tabeli poniżej:",
    ],
)
def test_sentences_that_look_like_introductions_stay(line: str):
    assert not introduces(line, quoted_next=False)
    assert new_text(f"Dzień dobry,\n{line}\ndalszy ciąg") == f"Dzień dobry,\n{line}\ndalszy ciąg"


def test_nothing_is_ever_lost_altogether():
    assert new_text("> tylko\n> cytat") == "> tylko\n> cytat"
    assert new_text("--\nsam podpis") == "--\nsam podpis"
    assert new_text("") == ""


def test_a_signature_goes_and_a_long_text_after_two_dashes_stays():
    long = "\n".join(f"wiersz {number}" for number in range(30))

    assert new_text("Proszę o fakturę.\n\n-- \nAnna\ntel. 600 100 200") == "Proszę o fakturę."
    assert new_text(f"Lista:\n--\n{long}") == f"Lista:\n--\n{long}"


def test_the_way_a_thing_was_sent_is_no_footer():
    assert new_text("Buty odesłałam.\nWysłane z Krakowa w piątek") == "Buty odesłałam.\nWysłane z Krakowa w piątek"
    assert new_text("Buty odesłałam.\n\nWysłane z iPhone'a") == "Buty odesłałam."
