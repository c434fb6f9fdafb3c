import pytest

from opieka.assistant.measures import (
    accuracy,
    auroc,
    macro_f1,
    mean,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank,
    share,
)

RANKING = ["a", "b", "c", "d"]


def test_recall_is_the_share_of_the_right_ones():
    assert recall_at(RANKING, {"b", "z"}, 3) == 0.5
    assert recall_at(RANKING, {"d"}, 3) == 0.0


def test_reciprocal_rank_looks_at_the_first_right_one():
    assert reciprocal_rank(RANKING, {"b", "c"}) == 0.5
    assert reciprocal_rank(RANKING, {"z"}) == 0.0


def test_ndcg_is_one_for_a_perfect_ranking_and_falls_with_the_place():
    assert ndcg_at(RANKING, {"a", "b"}, 10) == pytest.approx(1.0)
    assert ndcg_at(RANKING, {"b"}, 10) == pytest.approx(0.6309, abs=1e-4)


def test_auroc_counts_ties_as_half():
    assert auroc([0.9, 0.5], [0.5, 0.1]) == 0.875
    assert auroc([], [0.5]) is None


def test_accuracy_and_macro_f1():
    expected, given = ["x", "x", "y"], ["x", "y", "y"]

    assert accuracy(expected, given) == 0.6667
    assert macro_f1(expected, given) == pytest.approx(2 / 3, abs=1e-4)


def test_nothing_counted_is_none():
    assert share(0, 0) is None
    assert mean([]) is None


def test_percentiles_are_values_that_occurred():
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 50) == 3.0
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 95) == 5.0
