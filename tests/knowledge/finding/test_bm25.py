import numpy as np
import pytest

from opieka.knowledge.finding.bm25 import Bm25, grams_of


def scores(question: str, *texts: str) -> list[float]:
    return Bm25.of([grams_of(text) for text in texts]).scores(grams_of(question)).tolist()


def test_grams_stay_inside_words_and_ignore_case_and_diacritics():
    assert np.array_equal(grams_of("Łódka, kot").values, grams_of("lodka KOT").values)
    assert grams_of("kot").length == 2  # " kot" and "kot "


def test_texts_with_more_of_the_question_score_higher():
    found = scores("zwrot butów", "Zwroty butów i toreb", "Dostawa kurierem", "Zwroty")

    assert found[0] > found[2] > found[1] == 0


def test_a_mistyped_word_still_scores():
    assert scores("reklmacja", "Reklamacja obuwia", "Dostawa kurierem")[0] > 0


def test_the_share_of_the_question_is_about_one_at_most():
    assert scores("faktura vat", "faktura vat", "coś innego")[0] == pytest.approx(1.0, abs=0.2)


def test_words_nobody_uses_lower_the_share():
    known = scores("faktura", "faktura vat", "dostawa")[0]

    assert scores("faktura kryptowaluta", "faktura vat", "dostawa")[0] < known


def test_empty_texts_and_questions_are_no_trouble():
    assert scores("", "faktura") == [0.0]
    assert scores("faktura", "", "?!") == [0.0, 0.0]
    assert scores("faktura") == []
