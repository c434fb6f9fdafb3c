"""The contract of a measure: which facts it counts in a conversation's history, and what figure they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, ClassVar

from opieka.insight.history import History

FEW = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One fact. `source` says what it was counted from, so that counting it again changes nothing."""

    name: str
    at: datetime
    value: float
    source: str
    member_id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fact as it is read back, with what a figure may be cut by."""

    at: datetime
    value: float
    conversation_id: int
    member_id: int | None
    channel: str
    label: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value in the measure's unit from `n` facts; None when there is nothing to count.

    `rows` are the facts it was made of, and nothing else: opening the figure shows exactly these.
    """

    value: float | None
    n: int
    rows: Sequence[Row]

    @property
    def few(self) -> bool:
        """Too few to read much into."""
        return self.n < FEW


def mean_of(rows: Sequence[Row]) -> Figure:
    """The mean. A share is the mean of ones and zeros, so that it, too, can be counted again from its rows."""
    return Figure(value=sum(row.value for row in rows) / len(rows) if rows else None, n=len(rows), rows=rows)


class Measure:
    """`better` is "low" or "high"; `unit` is seconds, share (facts are 1 or 0), score or count.

    `beside` names a measure that is shown with this one, because it says how far this one can be trusted.
    """

    kind: ClassVar[str]
    title: ClassVar[Any]
    description: ClassVar[Any]
    unit: ClassVar[str]
    better: ClassVar[str] = "high"
    target: ClassVar[float | None] = None
    names: ClassVar[tuple[str, ...]]
    beside: ClassVar[str] = ""

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        """What this measure counts in one conversation. Pure: the same history gives the same facts."""
        yield from ()

    @classmethod
    def figure(cls, rows: Sequence[Row]) -> Figure:
        """One figure from the facts of a time and a cut. The default is the median."""
        return Figure(value=median(row.value for row in rows) if rows else None, n=len(rows), rows=rows)
