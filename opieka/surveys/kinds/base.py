"""The contract of a kind of survey: its question, its scale, and what its scores mean."""

from typing import Any, ClassVar


class SurveyKind:
    """Scores are whole numbers from `lowest` to `highest`."""

    kind: ClassVar[str]
    title: ClassVar[Any]
    question: ClassVar[Any]
    lowest: ClassVar[int]
    highest: ClassVar[int]
    labels: ClassVar[dict[int, Any]]
    unhappy_up_to: ClassVar[int]
    reasons_when_low: ClassVar[dict[str, Any]] = {}
    reasons_when_high: ClassVar[dict[str, Any]] = {}
    happy_from: ClassVar[int]

    @classmethod
    def accepts(cls, score: int) -> bool:
        """Whether this is a score of the scale."""
        return cls.lowest <= score <= cls.highest

    @classmethod
    def reasons_for(cls, score: int) -> dict[str, Any]:
        """The reasons offered after this score: word to label."""
        return cls.reasons_when_high if score >= cls.happy_from else cls.reasons_when_low
