"""Picks the words to quote: the sentences of a passage that say most about what was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from opieka.knowledge.finding.found import Quotation
from opieka.knowledge.finding.passages import intro_of

if TYPE_CHECKING:
    from opieka.knowledge.finding.found import Passage, Sentence

LONGEST = 420
"""Characters: a passage up to this long is quoted whole."""

_ASKS_QUANTITY = re.compile(
    r"\b(ile|ilu|iloma|kiedy|jak (długo|szybko|często)|do kiedy|do której|od (ilu|jakiej|której)|w jakim (czasie|terminie)"
    r"|jaki (koszt|termin)|how (much|long|many|often)|when|what time|cost|price)\b",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\d|\b(dzień|dni|dobę|doby|godzin\w*|tydzień|tygodni\w*|miesiąc\w*|rok|lat\w?|bezpłatn\w*|gratis|darmow\w*|free|days?)\b",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^\W*(nie|tak|tak samo|wtedy|wówczas|dlatego|dotyczy|poza tym|dopiero|potem|następnie|jeśli nie|w przeciwnym|to|ta|te|ten|on|ona|one|ich|jej|jego|no|yes|then|it|they|this|these)\b",
    re.IGNORECASE,
)
_NEIGHBOUR_SHARE = 0.4
_QUANTITY_BONUS = 0.25


def best_quotation(question: str, passage: Passage, *, longest: int = LONGEST) -> Quotation:
    """A run of whole sentences, letter for letter, at most `longest` characters where sentences allow."""
    if len(passage.text) <= longest:
        return _quotation(passage, passage.sentences)
    scores = _scores(question, passage.sentences)
    best = max(range(len(scores)), key=lambda place: (scores[place], -place))
    first, last = _whole_thought(passage.sentences, best, best)
    while True:
        wider = _wider(passage, scores, first, last, longest)
        if wider is None:
            return _quotation(passage, passage.sentences[first : last + 1])
        first, last = wider


def _scores(question: str, sentences: Sequence[Sentence]) -> list[float]:
    """Share of the question's letter groups in each sentence, more where it asks how much and is told."""
    from opieka.knowledge.finding.bm25 import Bm25, grams_of  # Late: brings numpy.

    letters = Bm25.of([grams_of(sentence.text) for sentence in sentences]).scores(grams_of(question))
    wants_quantity = bool(_ASKS_QUANTITY.search(question))
    told = [_QUANTITY_BONUS * (wants_quantity and bool(_QUANTITY.search(sentence.text))) for sentence in sentences]
    return [float(share) + bonus for share, bonus in zip(letters, told, strict=True)]


def _whole_thought(sentences: Sequence[Sentence], first: int, last: int) -> tuple[int, int]:
    """Takes in the sentence before when the first leans on it, and the one after an announcement."""
    while first > 0 and (_LEANS_BACK.match(sentences[first].text) or intro_of(sentences[first - 1])):
        first -= 1
    while last + 1 < len(sentences) and intro_of(sentences[last]):
        last += 1
    return first, last


def _wider(passage: Passage, scores: Sequence[float], first: int, last: int, longest: int) -> tuple[int, int] | None:
    """The run with its better neighbour, if that one says enough and there is room."""
    sentences = passage.sentences
    floor = _NEIGHBOUR_SHARE * max(scores[first : last + 1])
    within_list = intro_of(sentences[first]) and last + 1 < len(sentences)
    sides = [(scores[last + 1] + within_list, first, last + 1)] if last + 1 < len(sentences) else []
    sides += [(scores[first - 1], first - 1, last)] if first > 0 else []
    for score, start, end in sorted(sides, reverse=True):
        if score >= max(floor, 0.01) and sentences[end].end - sentences[start].start <= longest:
            return start, end
    return None


def _quotation(passage: Passage, sentences: Sequence[Sentence]) -> Quotation:
    start, end = sentences[0].start, sentences[-1].end
    text = passage.text[start - passage.start : end - passage.start]
    return Quotation(text, start, end, passage.heading)
