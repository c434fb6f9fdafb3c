"""Importing articles from a source."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from opieka.accounts.models import Membership, Organisation
from opieka.knowledge.actions.write import publish_article, save
from opieka.knowledge.models import Article, Category
from opieka.knowledge.rules import fold, questions_in
from opieka.knowledge.sources import sources
from opieka.knowledge.sources.base import Document, Skipped

LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")


@dataclass
class BroughtIn:
    """What an import did: numbers, and each document that could not be read with its reason."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)


def bring_in(
    organisation: Organisation, source: str, where: str, *, by: Membership | None = None, publish: bool = False
) -> BroughtIn:
    """Take in every document at `where`; a document seen before updates its article. Raises CannotRead."""
    report = BroughtIn()
    for found in sources()[source]().documents(where):
        if isinstance(found, Skipped):
            report.skipped.append(found)
            continue
        if problem := _problem(found):
            report.skipped.append(Skipped(key=found.key, reason=problem))
            continue
        _take(organisation, f"{source}:{found.key}"[:200], found, report)
        if publish and report.articles:
            _publish_last(report, by)
    return report


@transaction.atomic
def _take(organisation: Organisation, key: str, found: Document, report: BroughtIn) -> None:
    known = Article.objects.filter(organisation=organisation, source=key, language=found.language).first()
    said = _said(organisation, found)
    if known and all(getattr(known, name) == value for name, value in said.items()):
        report.unchanged += 1
        report.articles.append(known)
        return
    article = save(organisation, article=known, language=found.language, source=key, **said)
    report.created += known is None
    report.changed += known is not None
    report.articles.append(article)


def _said(organisation: Organisation, found: Document) -> dict[str, Any]:
    """What the source says of the article; the rest stays as the team has set it."""
    said: dict[str, Any] = {
        "title": found.title[:200],
        "body": found.body,
        "summary": found.summary[:300],
        "questions": questions_in(found.questions),
        "category": _category(organisation, found.category),
        "review_on": found.review_on,
    }
    if found.internal is not None:
        said["visibility"] = Article.Visibility.INTERNAL if found.internal else Article.Visibility.PUBLIC
    return {name: value for name, value in said.items() if value or name in {"title", "body"}}


def _problem(found: Document) -> str:
    """Why no database would keep it; "" when it can be kept."""
    if not LANGUAGE.fullmatch(found.language):
        return _("The language is not a code such as “pl”.")
    texts = (found.key, found.title, found.body, found.summary, found.category, *found.questions)
    return _("The text holds characters that cannot be kept.") if any("\0" in text for text in texts) else ""


def _publish_last(report: BroughtIn, by: Membership | None) -> None:
    article = report.articles[-1]
    if article.differs:
        publish_article(article, by=by)


def _category(organisation: Organisation, name: str) -> Category | None:
    if not name:
        return None
    slug = slugify(fold(name))[:80]
    position = Category.objects.filter(organisation=organisation).count()
    return Category.objects.get_or_create(
        organisation=organisation, slug=slug, defaults={"name": name[:80], "position": position}
    )[0]
