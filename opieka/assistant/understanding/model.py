"""Linear classifiers in plain arrays: e5 meaning and letter groups, their probabilities averaged.

No scikit-learn is needed to use one, only to fit one (`training.py`). The shipped weights are a
NumPy archive without pickles; letter weights are 8-bit with one scale for each label.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from opieka.assistant.understanding.letters import features_of

Floats = NDArray[np.float32]

SHIPPED = Path(__file__).with_name("weights.npz")
_SHARPNESS = 3.0  # Turns SVM margins into probabilities; chosen by cross-validation.


@dataclass(frozen=True, slots=True)
class Head:
    """One question the model answers, such as the topic."""

    labels: tuple[str, ...]
    meaning: Floats  # [labels, dimensions + 1], the last column is the intercept
    letters: NDArray[np.int8]  # [labels, features]
    scale: Floats  # [labels]
    intercept: Floats  # [labels]
    meaning_share: float  # weight of meaning against letters, 0 to 1


@dataclass(frozen=True, slots=True)
class Model:
    """Everything needed to classify a text."""

    features: NDArray[np.uint32]  # ascending
    rarity: Floats  # inverse document frequency of each feature
    centre: Floats  # [dimensions], mean of the training vectors
    spread: float
    heads: Mapping[str, Head]
    legal_given_topic: Mapping[str, float]
    """Share of the training messages of each topic that had a legal meaning; empty where unknown."""

    def chances(self, text: str, vector: Floats | None, *, letters_too: bool = True) -> dict[str, dict[str, float]]:
        """Probability of each label of each head.

        Without a `vector` only letters speak; `letters_too=False` is for languages the letters were
        not trained on.
        """
        places, weights = self._weighted(text)
        centred = None if vector is None else (vector - self.centre) / self.spread
        chances = {
            name: _average(head, centred, places, weights, letters_too=letters_too) for name, head in self.heads.items()
        }
        if self.legal_given_topic:
            chances["legal"] = self._legal_with_topic(chances["legal"], chances["topic"])
        return chances

    def _legal_with_topic(self, legal: Mapping[str, float], topic: Mapping[str, float]) -> dict[str, float]:
        """Half of P(any legal meaning) comes from what the topic suggests: precision .83 at recall .90, not .77."""
        alone = 1.0 - legal["none"]
        suggested = sum(chance * self.legal_given_topic[name] for name, chance in topic.items())
        together = (alone + suggested) / 2
        raised = {label: chance * together / max(alone, 1e-9) for label, chance in legal.items()}
        return raised | {"none": 1.0 - together}

    def _weighted(self, text: str) -> tuple[NDArray[np.intp], Floats]:
        """Places of the known features of a text and their weights, of length one together."""
        counted = features_of(text)
        numbers = np.fromiter(counted, np.uint32, len(counted))
        place = np.minimum(np.searchsorted(self.features, numbers), len(self.features) - 1)
        known = self.features[place] == numbers
        weights = np.fromiter(counted.values(), np.float32, len(counted))[known] * self.rarity[place[known]]
        return place[known], weights / max(float(np.linalg.norm(weights)), 1e-9)

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[np.generic]] = {
            "features": self.features,
            "rarity": self.rarity.astype(np.float16),
            "centre": self.centre,
            "spread": np.array([self.spread], np.float32),
        }
        if self.legal_given_topic:
            shares = [self.legal_given_topic[label] for label in self.heads["topic"].labels]
            arrays["legal_given_topic"] = np.array(shares, np.float32)
        for name, head in self.heads.items():
            arrays[f"{name}.labels"] = np.frombuffer(json.dumps(head.labels).encode(), np.uint8)
            arrays[f"{name}.meaning"] = head.meaning.astype(np.float16)
            arrays[f"{name}.letters"] = head.letters
            arrays[f"{name}.scale"] = head.scale
            arrays[f"{name}.intercept"] = head.intercept
            arrays[f"{name}.share"] = np.array([head.meaning_share], np.float32)
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Model:
        with np.load(path, allow_pickle=False) as arrays:
            names = [key.removesuffix(".labels") for key in arrays.files if key.endswith(".labels")]
            heads = {
                name: Head(
                    tuple(json.loads(arrays[f"{name}.labels"].tobytes())),
                    arrays[f"{name}.meaning"].astype(np.float32),
                    arrays[f"{name}.letters"],
                    arrays[f"{name}.scale"],
                    arrays[f"{name}.intercept"],
                    float(arrays[f"{name}.share"][0]),
                )
                for name in names
            }
            rarity = arrays["rarity"].astype(np.float32)
            shares = arrays["legal_given_topic"].tolist() if "legal_given_topic" in arrays.files else []
            given = dict(zip(heads["topic"].labels, shares, strict=True)) if shares else {}
            return cls(arrays["features"], rarity, arrays["centre"], float(arrays["spread"][0]), heads, given)


def _average(
    head: Head, vector: Floats | None, places: NDArray[np.intp], weights: Floats, *, letters_too: bool
) -> dict[str, float]:
    """Weighted mean of the two classifiers' probabilities, or the one there is, for each label."""
    margins = (head.letters[:, places].astype(np.float32) @ weights) * head.scale + head.intercept
    chances = _softmax(_SHARPNESS * margins)
    if vector is not None:
        by_meaning = _softmax(head.meaning[:, :-1] @ vector + head.meaning[:, -1])
        share = np.float32(head.meaning_share if letters_too else 1.0)
        chances = share * by_meaning + (1 - share) * chances
    return dict(zip(head.labels, chances.tolist(), strict=True))


def _softmax(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum(), np.float32)


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The weights that come with Opieka."""
    return Model.load(SHIPPED)


def rows_with(rows: Sequence[Mapping[str, object]], label: str) -> list[int]:
    """Places of the rows that carry this label."""
    return [place for place, row in enumerate(rows) if label in row]
