"""The indexes in memory: one for each organisation, language and audience, rebuilt when articles change."""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Max

from opieka.accounts.models import Organisation
from opieka.knowledge.encoders.base import named
from opieka.knowledge.finding.found import Document, Found
from opieka.knowledge.models import Article, Encoding

if TYPE_CHECKING:
    from opieka.knowledge.finding.index import Index

MOST_INDEXES = 16


@dataclass
class _Shelf:
    stamp: tuple[object, ...]
    index: "Index"
    used_at: float = field(default_factory=time.monotonic)


_shelves: dict[tuple[int, str, bool], _Shelf] = {}
_lock = threading.Lock()
_last_use = 0.0


def find(
    organisation: Organisation, question: str, *, language: str = "pl", internal: bool = False, most: int = 5
) -> list[Found]:
    """Published articles that may answer, best first; `internal` counts articles for the team too."""
    global _last_use  # noqa: PLW0603 - One clock per process, for unloading.
    shelf = _shelf(organisation, language, internal=internal)
    _last_use = shelf.used_at = time.monotonic()
    return shelf.index.find(question, most)


def published(organisation: Organisation, language: str, *, internal: bool) -> "list[Article]":
    """What the index holds."""
    articles = Article.objects.filter(organisation=organisation, state=Article.State.PUBLISHED, language=language)
    if not internal:
        articles = articles.filter(published_visibility=Article.Visibility.PUBLIC)
    return list(articles.select_related("encoding", "published_category").order_by("id"))


def stamp(organisation: Organisation, language: str) -> tuple[object, ...]:
    """Changes whenever an index would: an article was published, withdrawn or encoded."""
    articles = Article.objects.filter(organisation=organisation, language=language)
    seen = articles.aggregate(n=Count("id"), changed=Max("changed_at"), encoded=Count("encoding"))
    return (seen["n"], seen["changed"], seen["encoded"], settings.ENCODER)


def _shelf(organisation: Organisation, language: str, *, internal: bool) -> _Shelf:
    key, now_stamp = (organisation.pk, language, internal), stamp(organisation, language)
    with _lock:
        shelf = _shelves.get(key)
        if shelf is None or shelf.stamp != now_stamp:
            shelf = _Shelf(stamp=now_stamp, index=_build(organisation, language, internal=internal))
            _shelves[key] = shelf
            while len(_shelves) > MOST_INDEXES:
                _shelves.pop(min(_shelves, key=lambda k: _shelves[k].used_at))
        return shelf


def _build(organisation: Organisation, language: str, *, internal: bool) -> "Index":
    from opieka.knowledge.finding.index import Index
    from opieka.knowledge.finding.vectors import ArticleVectors

    encoder = named(settings.ENCODER)
    index = Index(encoder)
    for article in published(organisation, language, internal=internal):
        document, kept = document_of(article), getattr(article, "encoding", None)
        vectors = None
        if kept and fits(kept, document):
            vectors = ArticleVectors.from_bytes(bytes(kept.vectors), document, encoder.dimensions)
        index.add(document, vectors=vectors)
    return index


def document_of(article: Article) -> Document:
    """The published text of an article as the index sees it."""
    return Document(
        id=str(article.pk),
        title=article.published_title,
        body=article.published_body,
        questions=tuple(article.published_questions),
    )


def hash_of(document: Document) -> str:
    parts = "\x00".join((document.title, document.body, *document.questions))
    return hashlib.sha256(parts.encode()).hexdigest()


def fits(kept: Encoding, document: Document) -> bool:
    """Whether stored vectors belong to this text and to the encoder in use."""
    return kept.encoder == settings.ENCODER and kept.text_hash == hash_of(document)


def forget_when_idle(*, now: float | None = None) -> bool:
    """Free the encoder and the indexes when nobody has asked for a while; called by the clock of the process."""
    if not _shelves or (now or time.monotonic()) - _last_use < settings.ENCODER_IDLE_SECONDS:
        return False
    with _lock:
        _shelves.clear()
        named(settings.ENCODER).unload()
    return True


def certain(article: Article) -> Found:
    """An article that was named outright, e.g. picked from an offer: it is the right one by definition."""
    from opieka.knowledge.finding.passages import passages_of

    document = document_of(article)
    return Found(
        article_id=document.id,
        title=document.title,
        passage=passages_of(document.body)[0],
        score=0.0,
        p_right=1.0,
        meaning=0.0,
        letters=0.0,
    )
