import numpy as np
import pytest

from opieka.knowledge.finding.fusion import fused, of_articles, standardised

USUAL = (0.82, 0.025)


def test_scores_become_deviations_above_the_usual_text():
    many = np.random.default_rng(1).normal(0.5, 0.1, 2000).astype(np.float32)

    scaled = standardised(many, (0.5, 0.1))

    assert float(scaled.mean()) == pytest.approx(0.0, abs=0.05)
    assert float(scaled.std()) == pytest.approx(1.0, abs=0.05)


def test_a_single_text_is_judged_by_what_is_usual():
    assert standardised(np.array([0.92], np.float32), USUAL)[0] > 1.5
    assert abs(standardised(np.array([0.82], np.float32), USUAL)[0]) < 0.1


def test_nothing_stays_nothing():
    assert len(standardised(np.empty(0, np.float32), USUAL)) == 0


def test_meaning_and_letters_both_count():
    meaning = np.array([0.9, 0.9, 0.8], np.float32)
    letters = np.array([0.5, 0.0, 0.0], np.float32)

    assert np.argsort(-fused(meaning, letters, USUAL)).tolist() == [0, 1, 2]


def test_an_article_without_title_is_judged_by_its_passages():
    passages = np.array([2.0, 2.0], np.float32)
    questions = np.array([np.nan, 3.0], np.float32)

    assert of_articles(passages, questions).tolist() == pytest.approx([2.0, 2.2])
