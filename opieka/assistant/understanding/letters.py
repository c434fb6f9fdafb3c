"""Texts as weighted letter groups and words, folded: the input of the linear classifiers.

Character 2- to 5-grams inside padded words, words, and pairs of words. A feature is known by the
CRC-32 of its spelling, so a trained model ships four bytes a feature and no spellings.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise
from math import log

from opieka.plumbing.search.polish import fold

_WORD = re.compile(r"[^\W_]+|[!?]+")
_LENGTHS = (2, 3, 4, 5)


def features_of(text: str) -> dict[int, float]:
    """Feature number to 1 + ln(count)."""
    words = _WORD.findall(fold(text))
    padded = [f" {word} " for word in words]
    grams = [f"c{word[i : i + n]}" for word in padded for n in _LENGTHS for i in range(len(word) - n + 1)]
    grams += [f"w{word}" for word in words]
    grams += [f"b{first} {second}" for first, second in pairwise(words)]
    return {number: 1.0 + log(count) for number, count in Counter(map(_number, grams)).items()}


def _number(gram: str) -> int:
    return zlib.crc32(gram.encode())
