"""A shop's page of questions and answers: schema.org FAQPage, <details>, or headings with the text under them."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext_lazy as _

from opieka.knowledge.rules import fold
from opieka.knowledge.sources.base import CannotRead, Document, Skipped, Source
from opieka.plumbing import http

MAX_BYTES = 3 * 1024 * 1024
BLOCKS = {"p", "li", "br", "div", "tr", "dd"}
SKIPPED = {"script", "style", "noscript", "nav", "footer", "header", "form", "svg"}


class Page(Source):
    """`where` is the address of a public page."""

    label = _("A page of questions and answers")

    def documents(self, where: str) -> Iterator[Document | Skipped]:
        try:
            answer = http.get(where, max_bytes=MAX_BYTES)
        except http.Problem as problem:
            raise CannotRead(str(problem)) from problem
        pairs = questions_and_answers(answer.text)
        if not pairs:
            raise CannotRead(str(_("No questions with answers were found on that page.")))
        for question, text in pairs:
            yield Document(key=fold(question).lower()[:100], title=question, body=text)


def questions_and_answers(html: str) -> list[tuple[str, str]]:
    """Question and answer pairs, from the surest form in the page to the least sure."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return from_schema(reader.scripts) or reader.details or reader.under_headings()


def from_schema(scripts: list[str]) -> list[tuple[str, str]]:
    """Pairs of a schema.org FAQPage in JSON-LD, wherever it is nested."""
    pairs: list[tuple[str, str]] = []
    for script in scripts:
        try:
            found = json.loads(script)
        except (ValueError, RecursionError):
            continue
        pairs += _questions_in(found)
    return pairs


def _questions_in(found: Any) -> Iterator[tuple[str, str]]:
    """In the order of the page, however deep: the stack is ours, because a stranger wrote the page."""
    waiting = [found]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            answer = node.get("acceptedAnswer")
            if node.get("@type") == "Question" and isinstance(answer, dict) and node.get("name"):
                yield _plain(str(node["name"])), _plain(str(answer.get("text", "")))
            node = list(node.values())
        if isinstance(node, list):
            waiting += [value for value in reversed(node) if isinstance(value, list | dict)]


def _plain(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Reads a page once, keeping JSON-LD, <details> pairs and the lines of its text with their headings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.details: list[tuple[str, str]] = []
        self.lines: list[tuple[str, str]] = []
        self._line, self._tag, self._skip, self._json = "", "", 0, False
        self._summary: str | None = None
        self._start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._json = tag == "script" and ("type", "application/ld+json") in attrs
        if tag in SKIPPED:
            self._skip += 1
        if tag in BLOCKS or tag in {"h2", "h3", "h4", "summary", "details"}:
            self._end_line()
        if tag in {"h2", "h3", "h4", "summary", "li"}:
            self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._skip = max(0, self._skip - 1)
        if tag == "summary":
            self._summary = self._line.strip()
            self._line, self._tag, self._start = "", "", len(self.lines)
        elif tag == "details" and self._summary is not None:
            self._end_line()
            body = _joined(self.lines[self._start :])
            self.details.append((self._summary, body))
            self._summary = None
        elif tag in BLOCKS or tag in {"h2", "h3", "h4"}:
            self._end_line()
        self._json = False

    def handle_data(self, data: str) -> None:
        if self._json:
            self.scripts.append(data)
        elif not self._skip:
            self._line += data

    def close(self) -> None:
        super().close()
        self._end_line()

    def _end_line(self) -> None:
        if text := " ".join(self._line.split()):
            self.lines.append((self._tag, text))
        self._line, self._tag = "", ""

    def text(self) -> str:
        return _joined(self.lines)

    def under_headings(self) -> list[tuple[str, str]]:
        """Headings that ask, with the text up to the next heading."""
        pairs: list[tuple[str, list[tuple[str, str]]]] = []
        for tag, text in self.lines:
            if tag in {"h2", "h3", "h4"}:
                pairs.append((text, []))
            elif pairs:
                pairs[-1][1].append((tag, text))
        return [(title, _joined(body)) for title, body in pairs if title.endswith("?") and body]


def _joined(lines: list[tuple[str, str]]) -> str:
    return "\n\n".join(f"- {text}" if tag == "li" else text for tag, text in lines).replace("\n\n- ", "\n- ")
