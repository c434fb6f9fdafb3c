import pytest

from opieka.assistant.understanding.understood import Legal, Signal
from opieka.assistant.understanding.words import (
    is_urgent,
    legal_raised,
    legal_said,
    only_asks,
    signal_in,
    wants_person,
)


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("Reklamuję kurtkę, zamek się rozszedł.", Legal.COMPLAINT),
        ("skladam reklamacje na odkurzacz", Legal.COMPLAINT),
        ("Odstępuję od umowy z 4 listopada.", Legal.WITHDRAWAL),
        ("chcialabym odstapic od zakupu", Legal.WITHDRAWAL),
        ("Na podstawie art. 17 RODO żądam usunięcia moich danych", Legal.PRIVACY),
    ],
)
def test_a_declaration_is_taken_at_its_word(text: str, legal: Legal):
    assert legal_said(text) is legal


@pytest.mark.parametrize(
    "text",
    [
        "Jak złożyć reklamację?",
        "W dniu 3 listopada zamówiłem dwie pary butów.",
        "Zwracam się z prośbą o informację, kiedy dotrze paczka.",
        "Widziałam to w reklamie.",
        "Czy macie reklamówki papierowe?",
    ],
)
def test_a_question_or_a_formal_tone_declares_nothing(text: str):
    assert legal_said(text) is None


def test_legal_words_are_noticed_without_diacritics():
    assert legal_raised("niewidoma klientka, poparzenie i wyciek danych osobowych") == [
        Legal.PRIVACY,
        Legal.ACCESSIBILITY,
        Legal.SAFETY,
    ]
    assert legal_raised("reklamówki i reklamy") == []


def test_a_general_question_differs_from_ones_own_matter():
    assert only_asks("Ile trwa rozpatrzenie reklamacji?")
    assert not only_asks("Kiedy rozpatrzycie moją reklamację?")
    assert not only_asks("Buty pękły. Jak złożyć reklamację?")


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("To skandal, oddajcie pieniądze", Signal.ANGRY),
        ("GDZIE JEST MOJA PACZKA, ILE MAM CZEKAĆ", Signal.ANGRY),
        ("Kieruję sprawę do sądu", Signal.THREATENING),
        ("zglosze was do UOKiK", Signal.THREATENING),
        ("Mój mąż zmarł w zeszłym tygodniu", Signal.GRIEVING),
        ("Bardzo się boję, dziecko to połknęło", Signal.FRIGHTENED),
        ("Dziękuję bardzo!!! Jesteście super!!!", Signal.NONE),
        ("Kiedy dotrze paczka?", Signal.NONE),
    ],
)
def test_states_in_which_a_person_should_speak(text: str, signal: Signal):
    assert signal_in(text) is signal


def test_haste_and_the_wish_for_a_person():
    assert is_urgent("PILNE, proszę o odpowiedź")
    assert not is_urgent("Kiedy będzie dostawa?")
    assert wants_person("chcę rozmawiać z człowiekiem")
    assert not wants_person("czy buty są dla człowiekowatych")
