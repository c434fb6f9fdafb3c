"""BM25 over folded character 4-grams: finds words in any form, mistyped or without diacritics.

Robertson's BM25 with k1 = 1.2 and b = 0.75. Grams stay inside a word padded with one space on each
side, which was better than grams across words (nDCG@10 .770 against .759 when fused, 921 articles).
A gram is four code points packed into one 64-bit integer, so everything is array work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opieka.plumbing.search.polish import fold

K1 = 1.2
B = 0.75
_WORD = re.compile(r"[^\W_]+")
_SPACE = ord(" ")


@dataclass(frozen=True, slots=True)
class Grams:
    """The different grams of one text and how often each occurs; `length` counts them all."""

    values: NDArray[np.uint64]  # [n], ascending
    counts: NDArray[np.float32]  # [n]
    length: int


def grams_of(text: str) -> Grams:
    """Folded 4-grams of the words of a text."""
    spaced = " " + " ".join(_WORD.findall(fold(text))) + " "
    codes = np.frombuffer(spaced.encode("utf-32-le"), np.uint32).astype(np.uint64)
    if len(codes) < 4:
        return Grams(np.empty(0, np.uint64), np.empty(0, np.float32), 0)
    first, second, third, fourth = codes[:-3], codes[1:-2], codes[2:-1], codes[3:]
    packed = (first << 48) | (second & 0xFFFF) << 32 | (third & 0xFFFF) << 16 | (fourth & 0xFFFF)
    within = packed[(second != _SPACE) & (third != _SPACE)]
    values, counts = np.unique(within, return_counts=True)
    return Grams(values, counts.astype(np.float32), len(within))


@dataclass(frozen=True, slots=True)
class Bm25:
    """An inverted index: for gram `grams[i]` the texts `texts[starts[i]:starts[i + 1]]` and their weights."""

    size: int
    grams: NDArray[np.uint64]
    starts: NDArray[np.int64]
    texts: NDArray[np.int32]
    weights: NDArray[np.float32]
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[Grams]) -> "Bm25":
        """Builds the index; text numbers are places in the sequence."""
        size = len(texts)
        lengths = np.array([text.length for text in texts], np.float32)
        values = np.concatenate([np.empty(0, np.uint64), *(text.values for text in texts)])
        counts = np.concatenate([np.empty(0, np.float32), *(text.counts for text in texts)])
        owners = np.repeat(np.arange(size, dtype=np.int32), [len(text.values) for text in texts])
        order = np.argsort(values, kind="stable")
        grams, starts = np.unique(values[order], return_index=True)
        bounds = np.append(starts, len(values)).astype(np.int64)
        held_by = np.diff(bounds).astype(np.float32)
        penalty = K1 * (1 - B + B * lengths / max(1.0, float(lengths.mean()) if size else 1.0))
        weights = counts * (K1 + 1) / (counts + penalty[owners])
        rarity = np.log(1 + (size - held_by + 0.5) / (held_by + 0.5)).astype(np.float32)
        return cls(size, grams, bounds, owners[order], weights[order].astype(np.float32), rarity)

    def scores(self, question: Grams) -> NDArray[np.float32]:
        """How much of the question each text holds, [size], from 0 to about 1.

        The usual BM25 sum divided by what a text holding every gram once would score; grams that no
        text holds count as the rarest, so a question about something else scores low everywhere.
        """
        place = np.searchsorted(self.grams, question.values)
        place[place == len(self.grams)] = 0
        held = self.grams[place] == question.values if len(self.grams) else np.zeros(len(place), bool)
        total = np.zeros(self.size, np.float32)
        for gram in place[held]:
            postings = slice(self.starts[gram], self.starts[gram + 1])
            total[self.texts[postings]] += self.rarity[gram] * self.weights[postings]
        rarest = float(np.log(1 + (self.size + 0.5) / 0.5))
        whole = float(self.rarity[place[held]].sum()) + rarest * int((~held).sum())
        return total / np.float32(max(whole, 1e-6))
