"""Splits a Markdown article into passages and sentences that keep their place in the source.

Every piece is a slice of the body, so whatever is quoted can be shown in the article letter for
letter. Lines are read, not rendered: headings, list items, table rows and paragraphs are enough.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from opieka.knowledge.finding.found import Passage, Sentence
from opieka.knowledge.finding.sentences import sentences_of

LONGEST = 700  # Characters: about 200 tokens, well under the 512 that e5 reads at once.
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]*-{3}[\s:|-]*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_MARKS = re.compile(
    r"!\[([^\[\]]{0,300})\]\([^()]{0,500}\)|\[([^\[\]]{0,300})\]\([^()]{0,500}\)|(\*\*|__|~~|`)|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|^\s*>\s?",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, list item or table row, with the headings above it."""

    heading: str
    start: int
    end: int


def passages_of(body: str) -> list[Passage]:
    """The passages of an article in reading order; an article without text has none."""
    passages: list[Passage] = []
    waiting: list[Sentence] = []
    heading = ""
    for block in _blocks(body):
        for sentence in sentences_of(body, block.start, block.end):
            if waiting and (block.heading != heading or sentence.end - waiting[0].start > LONGEST):
                passages.append(_passage(body, len(passages), heading, waiting))
                waiting = []
            heading = block.heading
            waiting.append(sentence)
    if waiting:
        passages.append(_passage(body, len(passages), heading, waiting))
    return passages


def _passage(body: str, number: int, heading: str, sentences: list[Sentence]) -> Passage:
    start, end = sentences[0].start, sentences[-1].end
    return Passage(number, heading, start, end, body[start:end], tuple(sentences))


def _blocks(body: str) -> Iterator[_Block]:
    """Runs of lines that belong together; blank lines, headings and new items part them."""
    headings: dict[int, str] = {}
    start = end = -1
    for line, begins, ends in _lines(body):
        heading = _HEADING.match(line)
        parts = heading or not line.strip() or _ITEM.match(line) or line.lstrip().startswith("|")
        if parts and start >= 0:
            yield _Block(_path(headings), start, end)
            start = -1
        if heading:
            level = len(heading[1])
            headings = {depth: text for depth, text in headings.items() if depth < level}
            headings[level] = plain_text(heading[2])
        elif line.strip() and not _TABLE_RULE.match(line) and not _FENCE.match(line):
            start = begins + len(line) - len(line.lstrip()) if start < 0 else start
            end = ends
    if start >= 0:
        yield _Block(_path(headings), start, end)


def _lines(body: str) -> Iterator[tuple[str, int, int]]:
    """Each line with where it begins and where its text ends, trailing spaces left out."""
    place = 0
    for line in body.splitlines(keepends=True):
        text = line.rstrip()
        yield text, place, place + len(text)
        place += len(line)


def _path(headings: dict[int, str]) -> str:
    return " › ".join(headings[level] for level in sorted(headings))


def plain_text(markdown: str) -> str:
    """Markdown without its marks, for encoding and for channels that show plain text."""
    return _joined(_ITEM.sub("", line) for line in _unmarked(markdown))


def readable_text(markdown: str) -> str:
    """Markdown without its marks, but a list is still a list: what a customer is told."""
    return _joined(_unmarked(markdown))


def _unmarked(markdown: str) -> Iterator[str]:
    without = _MARKS.sub(lambda mark: mark[1] or mark[2] or "", markdown)
    return (line for line in without.splitlines() if not _TABLE_RULE.match(line))


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(line.strip(" |").replace(" | ", ": ") for line in lines).strip()


def intro_of(sentence: Sentence) -> bool:
    """True when a sentence only announces the list that follows it."""
    return plain_text(sentence.text).endswith(":")
