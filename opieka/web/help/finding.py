"""Looking something up in the help, in any form of a word and without diacritics."""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from opieka.knowledge.search import tokens_of
from opieka.plumbing.search.polish import index_tokens, query_tokens
from opieka.web.help.pages import Page, pages

WEIGHTS = {"title": 6.0, "words": 5.0, "summary": 3.0, "headings": 3.0, "text": 1.0}
EACH_WORD = 2.0  # One more of the words counts about as much as standing in a summary.
AROUND = 190
MOST = 8
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A page that was found, and the place in it where the words stand, marked."""

    page: Page
    title: SafeString
    excerpt: SafeString


def find(text: str, *, spoken: str) -> list[Hit]:
    """Pages that hold most of the words of `text`, best first."""
    index = _index(spoken)
    held = {token for weights in index.values() for token in weights}
    wanted = [tokens for tokens in query_tokens(text, known=held.intersection) if tokens] if text.strip() else []
    scored = []
    for page in pages(spoken):
        weights = index[page.slug]
        best = [max((weights.get(token, 0.0) for token in tokens), default=0.0) for tokens in wanted]
        matched = sum(weight > 0 for weight in best)
        if matched:
            scored.append((matched, sum(best) + EACH_WORD * matched, page))
    most = max((matched for matched, _, _ in scored), default=0)
    scored = [row for row in scored if row[0] * 2 > most]
    scored.sort(key=lambda row: -row[1])
    tokens = frozenset(token for alternatives in wanted for token in alternatives)
    return [_hit(page, tokens) for _, _, page in scored[:MOST]]


@cache
def _index(spoken: str) -> dict[str, dict[str, float]]:
    return {page.slug: _weights(page) for page in pages(spoken)}


def _weights(page: Page) -> dict[str, float]:
    parts = {
        "title": page.title,
        "words": page.words,
        "summary": page.summary,
        "headings": " ".join(heading["title"] for heading in page.rendered.headings),
        "text": page.plain,
    }
    weights: dict[str, float] = {}
    for name, text in parts.items():
        for token in set(index_tokens(text)):
            weights[token] = weights.get(token, 0.0) + WEIGHTS[name]
    return weights


def _hit(page: Page, tokens: frozenset[str]) -> Hit:
    return Hit(page=page, title=_marked(page.title, tokens), excerpt=_marked(_excerpt(page, tokens), tokens))


def _excerpt(page: Page, tokens: frozenset[str]) -> str:
    """The stretch of the text where most of the words stand together; the summary when none of them is there."""
    places = [found.start() for found in _WORD.finditer(page.plain) if tokens & tokens_of(found[0].lower())]
    if not places:
        return page.summary
    first = max(places, key=lambda start: sum(start <= place < start + AROUND for place in places))
    start = page.plain.rfind(". ", 0, first) + 2 if first > AROUND else 0
    start = start if first - start < AROUND // 2 else page.plain.rfind(" ", 0, first) + 1
    piece = page.plain[start : start + AROUND]
    whole = start + AROUND >= len(page.plain)
    return piece if whole else piece.rsplit(" ", 1)[0] + "…"


def _marked(text: str, tokens: frozenset[str]) -> SafeString:
    parts, last = [], 0
    for found in _WORD.finditer(text):
        if len(found[0]) > 1 and tokens & tokens_of(found[0].lower()):
            parts += [escape(text[last : found.start()]), f"<mark>{escape(found[0])}</mark>"]
            last = found.end()
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 - Every piece was escaped.
