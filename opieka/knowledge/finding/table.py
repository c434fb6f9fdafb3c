"""A compiled index: arrays that never change, so any number of threads may search while another is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opieka.knowledge.finding.bm25 import Bm25, Grams, grams_of
from opieka.knowledge.finding.calibrate import Calibration, Evidence
from opieka.knowledge.finding.found import Document, Found, Passage
from opieka.knowledge.finding.fusion import fused, of_articles
from opieka.knowledge.finding.passages import passages_of
from opieka.knowledge.finding.vectors import ArticleVectors, passage_text, questions_of

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Entry:
    """One article, cut, counted and encoded."""

    document: Document
    passages: tuple[Passage, ...]
    passage_grams: tuple[Grams, ...]
    question_grams: tuple[Grams, ...]
    vectors: ArticleVectors

    @classmethod
    def of(cls, document: Document, vectors: ArticleVectors) -> Entry:
        passages = tuple(passages_of(document.body))
        return cls(
            document,
            passages,
            tuple(grams_of(passage_text(document, passage)) for passage in passages),
            tuple(map(grams_of, questions_of(document))),
            vectors,
        )


@dataclass(frozen=True, slots=True)
class _Match:
    """Scores of every text of one side, each [texts]."""

    meaning: Rows
    letters: Rows
    fused: Rows


@dataclass(frozen=True, slots=True)
class _Side:
    """All texts of one kind (passages, or titles and variants) with the article each belongs to."""

    vectors: Rows  # [texts, dimensions]
    letters: Bm25
    owners: NDArray[np.int32]  # [texts], ascending

    @classmethod
    def of(cls, vectors: Sequence[Rows], grams: Sequence[Sequence[Grams]], dimensions: int) -> _Side:
        counts = [len(some) for some in grams]
        owners = np.repeat(np.arange(len(grams), dtype=np.int32), counts)
        stacked = np.concatenate([np.empty((0, dimensions), np.float32), *vectors])
        return cls(stacked, Bm25.of([gram for some in grams for gram in some]), owners)

    def match(self, vector: Rows, grams: Grams, usual: tuple[float, float]) -> _Match:
        """How well each text of this side answers the question."""
        meaning = (self.vectors @ vector).astype(np.float32)
        letters = self.letters.scores(grams)
        return _Match(meaning, letters, fused(meaning, letters, usual))

    def best(self, scores: Rows, articles: int) -> Rows:
        """The best score of each article, NaN where it has no text of this kind."""
        best = np.full(articles, np.nan, np.float32)
        np.fmax.at(best, self.owners, scores)
        return best


class Table:
    """Searches a fixed list of articles."""

    def __init__(self, entries: Sequence[Entry], *, dimensions: int, usual: tuple[float, float]) -> None:
        self._entries = list(entries)
        self._usual = usual
        self._passages = _Side.of(
            [entry.vectors.passages for entry in entries], [entry.passage_grams for entry in entries], dimensions
        )
        self._questions = _Side.of(
            [entry.vectors.questions for entry in entries], [entry.question_grams for entry in entries], dimensions
        )
        self._first = np.searchsorted(self._passages.owners, np.arange(len(entries)))

    def find(self, question: str, vector: Rows, *, most: int, calibration: Calibration) -> list[Found]:
        """The best articles, best first. `vector` is the encoded question, [dimensions]."""
        if not self._entries:
            return []
        passages, evidence = self.evidence(question, vector)
        order = np.argsort(-evidence.scores, kind="stable")[:most]
        chances = calibration.chances(evidence, order, words=len(question.split()))
        return [
            self._found(int(article), passages, score=float(evidence.scores[article]), p_right=float(chance))
            for article, chance in zip(order, chances, strict=True)
        ]

    def evidence(self, question: str, vector: Rows) -> tuple[_Match, Evidence]:
        """How the passages match, and what speaks for each article."""
        grams, size, usual = grams_of(question), len(self._entries), self._usual
        passages = self._passages.match(vector, grams, usual)
        questions = self._questions.match(vector, grams, usual)
        scores = of_articles(self._passages.best(passages.fused, size), self._questions.best(questions.fused, size))
        return passages, Evidence(
            scores,
            meaning=(self._passages.best(passages.meaning, size) - usual[0]) / usual[1],
            letters=self._passages.best(passages.letters, size),
            asked_meaning=(self._questions.best(questions.meaning, size) - usual[0]) / usual[1],
            asked_letters=self._questions.best(questions.letters, size),
        )

    def _found(self, article: int, passages: _Match, *, score: float, p_right: float) -> Found:
        entry, first = self._entries[article], int(self._first[article])
        best = int(passages.fused[first : first + len(entry.passages)].argmax())
        return Found(
            article_id=entry.document.id,
            title=entry.document.title,
            passage=entry.passages[best],
            score=score,
            p_right=p_right,
            meaning=float(passages.meaning[first + best]),
            letters=float(passages.letters[first + best]),
        )
