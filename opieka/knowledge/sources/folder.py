"""A folder of Markdown files with an optional YAML head: title, category, questions, visibility, language."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from opieka.knowledge.sources.base import CannotRead, Document, Skipped, Source, sentences


class Folder(Source):
    """`where` is a path; files are taken in the order of their names."""

    label = _("Folder of Markdown files")
    from_browser = False  # A path of the server is nobody's business in a browser.

    def documents(self, where: str) -> Iterator[Document | Skipped]:
        root = Path(where)
        if not root.is_dir():
            raise CannotRead(f"There is no folder {where}.")
        for path in sorted(root.rglob("*.md")):
            key = path.relative_to(root).as_posix()
            try:
                yield document(key, path.read_text(encoding="utf-8"))
            except (OSError, yaml.YAMLError, ValueError, RecursionError) as error:
                yield Skipped(key=key, reason=str(error))


def document(key: str, text: str) -> Document:
    """One Markdown file; its title is in the head, else its first heading. Raises ValueError without either."""
    head, body = split_head(text)
    first = body.lstrip().split("\n", 1)[0]
    title = str(head.get("title") or "").strip()
    if not title and first.startswith("# "):
        title, body = first[2:].strip(), body.lstrip().partition("\n")[2]
    if not title:
        raise ValueError("The file has no title: neither a title in its head nor a first heading.")
    return Document(
        key=str(head.get("slug") or key),
        title=title,
        body=body.strip(),
        language=str(head.get("language") or "pl"),
        category=str(head.get("category") or ""),
        questions=sentences(head.get("questions") or ()),
        internal=_internal(head.get("visibility")),
        review_on=_day(head.get("review_on")),
        summary=str(head.get("summary") or ""),
    )


def _internal(visibility: object) -> bool | None:
    """A word that is none of ours may well mean that customers must not see it, so it is not guessed."""
    if visibility in (None, "public", "internal"):
        return None if visibility is None else visibility == "internal"
    raise ValueError(f"The visibility is neither public nor internal: {visibility}.")


def _day(given: object) -> date | None:
    """YAML reads a day as a date, and one in quotation marks as a text. Raises ValueError."""
    if given is None or type(given) is date:
        return given
    return given.date() if isinstance(given, datetime) else date.fromisoformat(str(given))


def split_head(text: str) -> tuple[dict[str, Any], str]:
    """The YAML between the first two `---` lines, and the rest."""
    if not text.startswith("---\n"):
        return {}, text
    head, found, body = text[4:].partition("\n---\n")
    if not found:
        raise ValueError("The head of the file is not closed with a line of three dashes.")
    parsed = yaml.safe_load(head) or {}
    if not isinstance(parsed, dict):
        raise ValueError("The head of the file is not a list of names and values.")
    return parsed, body
