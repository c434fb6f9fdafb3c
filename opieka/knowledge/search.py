"""Searching published articles by words, in any Polish form and without diacritics, as customers type them."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from opieka.accounts.models import Organisation
from opieka.knowledge import shelf
from opieka.knowledge.models import Article, Search
from opieka.plumbing.search.polish import fold, index_tokens, query_tokens, words

TITLE_WEIGHT, QUESTION_WEIGHT = 6.0, 3.0
MOST_SHELVES = 16


@dataclass(frozen=True)
class Counted:
    """One article as the index holds it: token to weight, and its words as typed, for exact searches."""

    article: Article
    weights: dict[str, float]
    typed: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Results:
    """Articles best first; `tokens` are those looked for, to be marked; `forms` are other words really found."""

    articles: list[Article]
    tokens: frozenset[str]
    forms: list[str]


_lock = threading.Lock()
_counted: dict[tuple[int, str], tuple[tuple[object, ...], list[Counted]]] = {}


def search(organisation: Organisation, text: str, *, language: str = "pl", exact: bool = False) -> Results:
    """Articles that hold every word of `text`; when none does, those that hold most of them."""
    held = _articles(organisation, language)
    if exact:
        wanted = [[word] for word in words(text)]
        scored = [(sum(w[0] in c.typed for w in wanted), c) for c in held]
        found = [c.article for score, c in scored if wanted and score == len(wanted)]
        return Results(articles=found, tokens=frozenset(fold(w[0]) for w in wanted), forms=[])
    vocabulary = {token for counted in held for token in counted.weights}
    wanted = [a for a in query_tokens(text, known=vocabulary.intersection) if a] if text.strip() else []
    ranked = _ranked(held, wanted)
    tokens = frozenset(token for alternatives in wanted for token in alternatives if token in vocabulary)
    return Results(articles=ranked, tokens=tokens, forms=_forms(ranked, tokens, text))


def _ranked(held: list[Counted], wanted: list[list[str]]) -> list[Article]:
    scored = []
    for counted in held:
        hits = [
            max((counted.weights.get(token, 0.0) for token in alternatives), default=0.0) for alternatives in wanted
        ]
        matched = sum(hit > 0 for hit in hits)
        if matched:
            scored.append((matched, sum(hits), counted.article))
    if not scored:
        return []
    best = max(matched for matched, _, _ in scored)
    needed = len(wanted) if best == len(wanted) else max(1, best)
    kept = [row for row in scored if row[0] >= needed]
    return [article for _, _, article in sorted(kept, key=lambda row: (-row[0], -row[1], row[2].published_title))]


def _forms(articles: list[Article], tokens: frozenset[str], text: str) -> list[str]:
    """The commonest other forms found in the best articles, at most six."""
    typed = {fold(word) for word in words(text)}
    seen: Counter[str] = Counter()
    for article in articles[:5]:
        for word in words(f"{article.published_title} {article.published_body}"):
            if fold(word) not in typed and tokens.intersection(tokens_of(word)):
                seen[word] += 1
    return [word for word, _ in seen.most_common(6)]


@lru_cache(maxsize=20_000)
def tokens_of(word: str) -> frozenset[str]:
    """What one word is found by."""
    return frozenset(index_tokens(word))


def _articles(organisation: Organisation, language: str) -> list[Counted]:
    key, stamp = (organisation.pk, language), shelf.stamp(organisation, language)
    with _lock:
        kept = _counted.get(key)
        if kept is None or kept[0] != stamp:
            kept = (stamp, [_count(a) for a in shelf.published(organisation, language, internal=False)])
            _counted[key] = kept
            while len(_counted) > MOST_SHELVES:
                _counted.pop(next(iter(_counted)))
        return kept[1]


def _count(article: Article) -> Counted:
    weights: dict[str, float] = defaultdict(float)
    for text, weight in (
        (article.published_title, TITLE_WEIGHT),
        (" ".join(article.published_questions), QUESTION_WEIGHT),
        (article.published_body, 1.0),
    ):
        for token in set(index_tokens(text)):
            weights[token] += weight
    everything = f"{article.published_title} {article.published_body}"
    return Counted(article=article, weights=dict(weights), typed=frozenset(words(everything)))


def remember(organisation: Organisation, text: str, *, language: str, found: int) -> None:
    """Keep what was looked for, for the list of gaps; nothing about who looked."""
    if text.strip():
        Search.objects.create(organisation=organisation, text=text.strip()[:200], language=language, found=found)
