"""The plainest encoder: hashed folded character 3- and 4-grams. No model, no download, no meaning.

It is the test double, and what is used when an operator asks to run without a model: it finds an
article that shares words with the question, in any form, and nothing else.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from opieka.knowledge.encoders.base import Encoder
from opieka.plumbing.search.polish import fold

if TYPE_CHECKING:
    from opieka.knowledge.encoders.base import Vectors

_WORD = re.compile(r"[^\W_]+")


class Hashing(Encoder):
    """Each gram adds to one of 384 places, chosen by its checksum, with a sign chosen by it too."""

    dimensions: ClassVar[int] = 384
    usual: ClassVar[tuple[float, float]] = (0.055, 0.08)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np  # Late: an idle process need not hold it.

        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for gram in _grams(text):
                code = zlib.crc32(gram.encode())
                row[code % self.dimensions] += 1.0 if code & 0x80000000 else -1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _grams(text: str) -> list[str]:
    padded = [f" {word} " for word in _WORD.findall(fold(text))]
    return [word[i : i + n] for word in padded for n in (3, 4) for i in range(len(word) - n + 1)]
