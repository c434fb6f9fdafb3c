"""Marking the words that were found, in whatever form they stand."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from opieka.knowledge.finding.passages import plain_text
from opieka.knowledge.search import tokens_of

_WORD = re.compile(r"[^\W_]+")
AROUND = 180


def running(markdown: str) -> str:
    """An article as one running text; its headings end like sentences."""
    body = re.sub(r"(?m)^#+\s+(.*\w)\s*$", r"\1.", markdown)
    return " ".join(plain_text(re.sub(r"(?m)^#+\s+", "", body)).split())


def marked(text: str, tokens: frozenset[str]) -> SafeString:
    """The text, escaped, with each found word in <mark>."""
    parts, last = [], 0
    for found in _WORD.finditer(text):
        if tokens.intersection(tokens_of(found[0].lower())):
            parts += [escape(text[last : found.start()]), f"<mark>{escape(found[0])}</mark>"]
            last = found.end()
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 - Every piece was escaped.


def excerpt(text: str, tokens: frozenset[str]) -> str:
    """The part of the text around the first found word, cut at words."""
    first = next((f.start() for f in _WORD.finditer(text) if tokens.intersection(tokens_of(f[0].lower()))), 0)
    start = max(0, first - AROUND // 3)
    start = 0 if start < 20 else text.rfind(" ", 0, start) + 1
    piece = text[start : start + AROUND]
    if start + AROUND < len(text):
        piece = piece.rsplit(" ", 1)[0].rstrip(" ,;:–-.(") + "…"
    return ("…" if start else "") + piece
