"""The contract of an engine: a question and what was found in, a verdict out. No database, no clock.

A file in this folder with one subclass of `Engine` is an engine. A verdict can be stored and shown
as it is: it holds the decision, the reason for it and every score it rests on.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from opieka.knowledge.finding.found import Found, Quotation


class Reason(StrEnum):
    """Why the assistant did what it did; the pages have the words for each."""

    CERTAIN = "certain"  # The best article is probably right.
    UNSURE = "unsure"  # Some articles may be right: let the customer choose.
    GREETING = "greeting"  # Nothing but "Dzień dobry": it is greeted back and asked what it is about.
    NOTHING_FOUND = "nothing_found"  # "Nie wiem": no article is likely enough even to offer.
    ASKED_FOR_PERSON = "asked_for_person"
    PEOPLE_ONLY = "people_only"  # The autonomy matrix keeps this topic for people.
    LEGAL = "legal"  # A complaint, withdrawal, privacy, accessibility or safety matter.
    ANGRY = "angry"
    THREATENING = "threatening"
    GRIEVING = "grieving"
    FRIGHTENED = "frightened"
    FAILED = "failed"  # It could not consider the message at all.


@dataclass(frozen=True, slots=True)
class Answer:
    """Send this quotation, with a link to its article."""

    article_id: str
    title: str
    quotation: Quotation


@dataclass(frozen=True, slots=True)
class Offer:
    """Let the customer choose among at most three (article id, title)."""

    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Call a person; the verdict's reason says why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Greet back and ask what it is about: the message says nothing yet."""


Decision: TypeAlias = Answer | Offer | Ask | HandOver


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which P(right) to answer directly, and from which to offer as a choice."""

    answer: float = 0.65
    offer: float = 0.04


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with all it rests on: (article id, P(right), score) of each article looked at."""

    decision: Decision
    reason: Reason
    engine: str
    thresholds: Thresholds
    scores: tuple[tuple[str, float, float], ...] = ()


class Engine(ABC):
    """Decides on one question."""

    kind: ClassVar[str]

    @abstractmethod
    def decide(self, question: str, found: list[Found], *, thresholds: Thresholds, stop: Reason | None) -> Verdict:
        """`found` is best first; `stop` is why a person must take it whatever was found, or None."""
