"""The words of finding: documents go in, found passages come out. Imports nothing heavy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """An article as the index sees it. `questions` are other ways customers ask for it."""

    id: str
    title: str
    body: str  # Markdown
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or list item; `text` is exactly `body[start:end]` of its article."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article under one heading; `text` is exactly `body[start:end]`."""

    number: int
    heading: str
    start: int
    end: int
    text: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of an article, letter for letter: `text` is `body[start:end]`."""

    text: str
    start: int
    end: int
    heading: str


@dataclass(frozen=True, slots=True)
class Found:
    """One article that may answer, with its best passage and why it was chosen.

    `score` orders the results (standard deviations above the usual passage), `p_right` is the
    calibrated probability, 0 to 1, that this article is the right one. `meaning` is the cosine of the
    encoder, `letters` the share of the question's letter groups found, both 0 to 1.
    """

    article_id: str
    title: str
    passage: Passage
    score: float
    p_right: float
    meaning: float
    letters: float
