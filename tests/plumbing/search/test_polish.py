import pytest

from opieka.plumbing.search.polish import (
    contains_phrase,
    fold,
    index_tokens,
    lemmas,
    near_misses,
    query_tokens,
    words,
)


def matches(query: str, text: str) -> bool:
    """As a search engine would: one token of every list must be there."""
    held = set(index_tokens(text))
    return all(held & set(alternatives) for alternatives in query_tokens(query))


def test_folding_drops_polish_diacritics_and_keeps_other_alphabets():
    assert fold("Zażółć GĘŚLĄ jaźń") == "zazolc gesla jazn"
    assert fold("Посилка") == "посилка"


def test_words_are_letters_and_digits():
    assert words("Zamówienie TS-2026/0381, e-mail!") == ["zamówienie", "ts", "2026", "0381", "e", "mail"]


def test_a_word_has_all_its_lemmas():
    assert set(lemmas("mam")) == {"mama", "mieć", "mamić"}
    assert lemmas("zrobiłem") == ("zrobić",)
    assert lemmas("qwrtz") == ()


def test_index_tokens_hold_the_form_and_its_lemmas():
    assert index_tokens("Łóżkami") == ["lozkami", "lozko"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("zwrot butów", "Zwroty: jak odesłać but albo dwa"),
        ("łóżko", "Prześcieradła na łóżka dziecięce"),
        ("zadania domowe", "Zadanie domowe z matematyki"),
    ],
)
def test_inflected_forms_meet(query: str, text: str):
    assert matches(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("lozka dzieciece", "Prześcieradło na łóżeczko i łóżko dziecięce"),
        ("zolta sukienka", "Żółte sukienki letnie"),
        ("paczke", "Gdzie jest paczka?"),
    ],
)
def test_missing_diacritics_are_made_up_for(query: str, text: str):
    assert matches(query, text)


@pytest.mark.parametrize("query", ["reklmacja", "reklamcaja", "reklamacjja"])
def test_one_slip_of_the_finger_is_forgiven(query: str):
    assert matches(query, "Reklamacje rozpatrujemy w 14 dni")


def test_slips_are_compared_with_what_the_index_holds():
    held = {"merida", "rower"}

    tokens = query_tokens("meirda", known=held.intersection)

    assert tokens == [["meirda", "merida"]]


def test_short_words_and_numbers_are_left_alone():
    assert query_tokens("xyz 4821") == [["xyz"], ["4821"]]


def test_another_word_is_no_match():
    assert not matches("faktura", "Zwrot butów w 30 dni")


def test_near_misses_never_repeat():
    spellings = list(near_misses("buty"))

    assert len(spellings) == len(set(spellings))
    assert "buty" not in spellings


def test_a_phrase_is_found_in_other_forms_but_in_order():
    text = "Faktury mają odroczony termin płatności."

    assert contains_phrase(text, "terminu platnosci")
    assert not contains_phrase(text, "płatności termin")
    assert not contains_phrase(text, "")
