"""The contract of a source: a place that yields documents, and what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar


class CannotRead(Exception):
    """The source as a whole cannot be read; the text is a sentence for the person who named it."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """One article as found. `body` is Markdown; `key` tells the same document again on the next import.

    What is empty the source does not say: an import leaves that as it is.
    """

    key: str
    title: str
    body: str
    language: str = "pl"
    category: str = ""
    questions: tuple[str, ...] = ()
    internal: bool | None = None
    review_on: date | None = None
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A document that could not be read, with its place and the reason; the others go on."""

    key: str
    reason: str


def sentences(given: object) -> tuple[str, ...]:
    """Customers' questions as a file gives them: a list, or one text with a question a line. Raises ValueError."""
    lines = given.splitlines() if isinstance(given, str) else given
    if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
        raise ValueError("The questions are not a list of sentences.")
    return tuple(lines)


class Source:
    """`documents(where)` yields what it finds, in a stable order; `from_browser` says whether pages offer it."""

    kind: ClassVar[str]
    label: ClassVar[Any]
    from_browser: ClassVar[bool] = True

    def documents(self, where: str) -> Iterator[Document | Skipped]:
        """Everything at `where` (a folder, an address, a file). Raises CannotRead."""
        raise CannotRead(where)
