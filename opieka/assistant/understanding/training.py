"""Fits a `Model` from labelled texts, in seconds: the shipped one, and an organisation's own.

scikit-learn is imported here and nowhere else in the product, so import this module late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from opieka.assistant.understanding.letters import features_of
from opieka.assistant.understanding.model import Floats, Head, Model, rows_with

HEADS = ("topic", "legal", "mood", "urgent", "signal")
_MEANING_C = 0.1
_LETTERS_C = 1.0
_MOST_FEATURES = 150_000
_EACH_IN_AT_LEAST = 2

Row = Mapping[str, object]


def fit(rows: Sequence[Row], vectors: Floats) -> Model:
    """A model with a head for every label that occurs with at least two values.

    `rows` hold "text" and any of the labels; `vectors` are the encoded texts, [rows, dimensions].
    """
    counted = [features_of(str(row["text"])) for row in rows]
    features, rarity = _vocabulary(counted)
    letters = _matrix(counted, features, rarity)
    centre, spread = vectors.mean(axis=0), float(vectors.std(axis=0).mean())
    meaning = (vectors - centre) / spread
    heads = {}
    for name in HEADS:
        places = rows_with(rows, name)
        labels = [_label(rows[place][name]) for place in places]
        if len(set(labels)) > 1:
            heads[name] = _head(labels, meaning[places], letters[places])
    topics = heads["topic"].labels if {"topic", "legal"} <= heads.keys() else ()
    return Model(features, rarity, centre, spread, heads, _legal_given_topic(rows, topics))


def _legal_given_topic(rows: Sequence[Row], topics: Sequence[str]) -> dict[str, float]:
    """For each topic the share of its messages with a legal meaning; empty when "none" was never taught."""
    both = [(str(row["topic"]), row["legal"] != "none") for row in rows if "topic" in row and "legal" in row]
    legal = sum(meant for _, meant in both)
    if legal == len(both):
        return {}
    of_topic = Counter(topic for topic, _ in both)
    legal_of_topic = Counter(topic for topic, meant in both if meant)
    overall = legal / len(both)
    return {topic: legal_of_topic[topic] / of_topic[topic] if topic in of_topic else overall for topic in topics}


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _vocabulary(counted: Sequence[Mapping[int, float]]) -> tuple[np.ndarray, Floats]:
    """Features that occur in at least two texts, and how rare each is."""
    held_by = Counter(number for features in counted for number in features)
    kept = sorted(number for number, n in held_by.most_common(_MOST_FEATURES) if n >= _EACH_IN_AT_LEAST)
    counts = np.array([held_by[number] for number in kept], np.float32)
    rarity = np.log((1 + len(counted)) / (1 + counts)) + 1
    return np.array(kept, np.uint32), rarity.astype(np.float32)


def _matrix(counted: Sequence[Mapping[int, float]], features: np.ndarray, rarity: Floats) -> csr_matrix:
    place_of = {int(number): place for place, number in enumerate(features)}
    data: list[float] = []
    columns: list[int] = []
    bounds = [0]
    for one in counted:
        known = [(place_of[number], value) for number, value in one.items() if number in place_of]
        weights = np.array([value * rarity[place] for place, value in known], np.float32)
        data.extend(weights / max(float(np.linalg.norm(weights)), 1e-9))
        columns.extend(place for place, _ in known)
        bounds.append(len(columns))
    return csr_matrix((data, columns, bounds), shape=(len(counted), len(features)), dtype=np.float32)


def _head(labels: Sequence[str], meaning: Floats, letters: csr_matrix) -> Head:
    by_meaning = LogisticRegression(C=_MEANING_C, max_iter=2000, class_weight="balanced").fit(meaning, labels)
    by_letters = LinearSVC(C=_LETTERS_C, class_weight="balanced", random_state=0).fit(letters, labels)
    weights, intercept = _for_each_label(by_letters.coef_, by_letters.intercept_)
    scale = np.abs(weights).max(axis=1) / 127
    return Head(
        labels=tuple(map(str, by_letters.classes_)),
        meaning=np.column_stack(_for_each_label(by_meaning.coef_, by_meaning.intercept_)).astype(np.float32),
        letters=np.round(weights / scale[:, None]).astype(np.int8),
        scale=scale.astype(np.float32),
        intercept=intercept.astype(np.float32),
        meaning_share=_meaning_share(labels),
    )


def _meaning_share(labels: Sequence[str]) -> float:
    """Letters need more examples than meaning does to be worth hearing."""
    examples = median(Counter(labels).values())
    return 0.5 if examples >= 20 else 0.8


def _for_each_label(weights: np.ndarray, intercept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """With two labels scikit-learn keeps one row, for the second: give each its half."""
    if len(weights) > 1:
        return weights, intercept
    return np.concatenate([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
