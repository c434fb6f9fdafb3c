"""A file of JSON lines: {"id", "title", "body"} and optionally "questions", "language", "category"."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.knowledge.sources.base import CannotRead, Document, Skipped, Source, sentences


class JsonLines(Source):
    """`where` is a path; a line that cannot be read is named by its number, and the others go on."""

    label = gettext_lazy("File of JSON lines")
    from_browser = False  # A path of the server is nobody's business in a browser.

    def documents(self, where: str) -> Iterator[Document | Skipped]:
        try:
            lines = Path(where).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as problem:
            raise CannotRead(_("The file %(path)s cannot be read.") % {"path": where}) from problem
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _document(number, line)


def _document(number: int, line: str) -> Document | Skipped:
    try:
        row = json.loads(line)
        return Document(
            key=str(row["id"]),
            title=str(row["title"]),
            body=str(row["body"]),
            questions=sentences(row.get("questions") or ()),
            language=str(row.get("language", "pl")),
            category=str(row.get("category", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        return Skipped(key=f"line {number}", reason=f"{type(problem).__name__}: {problem}")
