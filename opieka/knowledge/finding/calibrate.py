"""From evidence to P(right): how likely it is that an article found is the one that answers.

A logistic regression whose coefficients lie beside this file in `calibration.json`, one set for each
encoder, with a note of how they were made. `training/calibrate.py` makes them again from questions
and articles written for this project.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]

SHIPPED = Path(__file__).with_name("calibration.json")
FEATURES = (
    "score",  # standard deviations above the usual article
    "lead",  # above the best other article; negative for all but the first
    "lead_on_five",  # above the mean of the five best others
    "meaning",  # cosine with the best passage, in usual deviations
    "asked_meaning",  # the same with the title and question variants
    "letters",  # share of the question's letter groups in the best passage
    "asked_letters",  # the same for the title and question variants
    "meaning_lead",  # the cosine's own lead
    "letters_lead",  # the letters' own lead
    "both_first",  # 1 when meaning and letters both put it first
    "words",  # logarithm of the question's length
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each article of the index, every array [articles]; NaN where it has no such text."""

    scores: Rows
    meaning: Rows
    letters: Rows
    asked_meaning: Rows
    asked_letters: Rows


def features(evidence: Evidence, order: NDArray[np.intp], *, words: int) -> Rows:
    """The regression's input for the articles in `order`, [len(order), len(FEATURES)]."""
    meaning, letters = evidence.meaning[order], evidence.letters[order]
    asked_meaning, asked_letters = evidence.asked_meaning[order], evidence.asked_letters[order]
    meaning_lead, letters_lead = _lead(evidence.meaning)[order], _lead(evidence.letters)[order]
    columns = (
        evidence.scores[order],
        _lead(evidence.scores)[order],
        evidence.scores[order] - _five_best(evidence.scores),
        meaning,
        np.where(np.isnan(asked_meaning), meaning, asked_meaning),
        letters,
        np.where(np.isnan(asked_letters), letters, asked_letters),
        meaning_lead,
        letters_lead,
        (meaning_lead > 0) & (letters_lead > 0),
        np.full(len(order), np.log1p(words)),
    )
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _lead(scores: Rows) -> Rows:
    """How far each is above the best of the others."""
    if len(scores) < 2:
        return np.full(len(scores), 1.0, np.float32)
    second, first = np.partition(scores, len(scores) - 2)[-2:]
    best_other = np.full(len(scores), first, np.float32)
    best_other[int(scores.argmax())] = second
    return scores - best_other


def _five_best(scores: Rows) -> float:
    """Mean of the second to sixth best."""
    others = np.sort(scores)[::-1][1:6]
    return float(others.mean()) if len(others) else 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients over `FEATURES`, already brought to their scale."""

    weights: Rows  # [features]
    intercept: float

    def chances(self, evidence: Evidence, order: NDArray[np.intp], *, words: int) -> Rows:
        """P(right) for the articles in `order`, 0 to 1."""
        logits = features(evidence, order, words=words) @ self.weights + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))), np.float32)


@lru_cache(maxsize=8)
def shipped(encoder: str) -> Calibration:
    """The coefficients for an encoder; one we never measured gets P = 0 and so never answers alone."""
    fitted = json.loads(SHIPPED.read_text(encoding="utf-8"))["encoders"].get(encoder)
    if fitted is None:
        return Calibration(np.zeros(len(FEATURES), np.float32), -30.0)
    weights = [fitted["weights"][name] for name in FEATURES]
    return Calibration(np.array(weights, np.float32), float(fitted["intercept"]))
