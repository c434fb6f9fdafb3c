"""The pages of the help: one Markdown file a topic and language, in `pages/`; a new topic is a new file.

A file begins with lines `name: value` (title, summary, shelf, icon, order, words) up to `---`. `words` are others by
which people may look for the topic. In the text `[[j]]` is a key of the keyboard.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opieka.knowledge.rendering import Rendered, render

FOLDER = Path(__file__).with_name("pages")
SHELVES = {
    "start": _("Getting started"),
    "daily": _("Daily work"),
    "answers": _("Knowledge and the assistant"),
    "keeping": _("Settings and upkeep"),
}
_KEY = re.compile(r"\[\[(.+?)\]\]")
_ROW = re.compile(r"^\|(.+)\|$", flags=re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One topic in one language. `shelf` is a key of SHELVES."""

    slug: str
    title: str
    summary: str
    shelf: str
    icon: str
    order: int
    words: str
    body: str

    @cached_property
    def rendered(self) -> Rendered:
        return render(self.body)

    @property
    def html(self) -> SafeString:
        return mark_safe(_KEY.sub(r"<kbd>\1</kbd>", self.rendered.html))  # noqa: S308 - Cleaned by `render`.

    @cached_property
    def plain(self) -> str:
        """The text without its Markdown, for searching; a row of a table is a sentence."""
        text = re.sub(r"\[([^\[\]]+)\]\([^)]*\)", r"\1", _KEY.sub(r"\1", self.body))
        text = re.sub(r"^\s*(?:#+|[-*>]|\d+\.)\s+|^```.*$|^\|[\s:|-]+\|$", "", text, flags=re.MULTILINE)
        text = _ROW.sub(lambda row: ": ".join(cell.strip() for cell in row[1].split("|")) + ".", text)
        return " ".join(re.sub(r"[*`]", "", text).split())


def language() -> str:
    """The language of the help for whoever reads now: Polish or English."""
    return "pl" if (get_language() or "").startswith("pl") else "en"


@cache
def pages(spoken: str) -> tuple[Page, ...]:
    """Every page in that language, in the order of the shelves."""
    shelves = list(SHELVES)
    read = [_read(path) for path in (FOLDER / spoken).glob("*.md")]
    return tuple(sorted(read, key=lambda page: (shelves.index(page.shelf), page.order)))


def _read(path: Path) -> Page:
    head, _rule, body = path.read_text(encoding="utf-8").partition("\n---\n")
    told = dict(line.split(": ", 1) for line in head.splitlines())
    return Page(
        slug=path.stem,
        title=told["title"],
        summary=told["summary"],
        shelf=told["shelf"],
        icon=told["icon"],
        order=int(told["order"]),
        words=told.get("words", ""),
        body=body.strip(),
    )


def page_called(slug: str, spoken: str) -> Page | None:
    return next((page for page in pages(spoken) if page.slug == slug), None)


def shelves(spoken: str) -> Iterator[tuple[object, list[Page]]]:
    """Each shelf's title with its pages."""
    for key, title in SHELVES.items():
        yield title, [page for page in pages(spoken) if page.shelf == key]
