"""Writing, publishing and judging articles."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from opieka.accounts.models import Membership, Organisation
from opieka.knowledge.events import ArticlePublished, ArticleVoted, ArticleWithdrawn
from opieka.knowledge.models import PUBLISHED_WHOLE, Article, Version, Vote
from opieka.knowledge.rules import fold, questions_in
from opieka.plumbing import audit
from opieka.plumbing.events import publish

REVIEW_AFTER = timedelta(days=180)
EDITABLE = {
    "title",
    "summary",
    "body",
    "category",
    "visibility",
    "questions",
    "owner",
    "review_on",
    "language",
    "source",
}


class NotReady(Exception):
    """The article cannot be published yet; the text is a sentence for its author."""


@transaction.atomic
def save(organisation: Organisation, *, article: Article | None = None, **fields: Any) -> Article:
    """Write a draft, new or existing. What is published stays as it is until `publish_article`."""
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"save() does not write {', '.join(sorted(unknown))}.")
    draft = article or Article(organisation=organisation)
    if "questions" in fields:
        fields["questions"] = questions_in(fields["questions"])
    for name, value in fields.items():
        setattr(draft, name, value)
    if not draft.slug:
        draft.slug = _free_slug(organisation, draft.title, draft.language)
    draft.save()
    return draft


def _free_slug(organisation: Organisation, title: str, language: str) -> str:
    base = slugify(fold(title))[:100] or "artykul"
    taken = set(
        Article.objects.filter(organisation=organisation, language=language, slug__startswith=base).values_list(
            "slug", flat=True
        )
    )
    return next(slug for n in range(len(taken) + 1) if (slug := f"{base}-{n + 1}" if n else base) not in taken)


@transaction.atomic
def publish_article(article: Article, *, by: Membership | None, review_on: date | None = None) -> Version:
    """Let customers and the assistant see the article as it is now. Raises NotReady."""
    if not article.title.strip() or not article.body.strip():
        raise NotReady("title and body")
    now = timezone.now()
    article.state = Article.State.PUBLISHED
    article.version += 1
    for name in PUBLISHED_WHOLE:
        setattr(article, f"published_{name}", getattr(article, name))
    article.published_at = article.verified_at = now
    article.review_on = review_on or article.review_on or (now + REVIEW_AFTER).date()
    article.save()
    version = Version.objects.create(
        organisation_id=article.organisation_id,
        article=article,
        number=article.version,
        title=article.title,
        body=article.body,
        questions=article.questions,
        author=by,
    )
    _note(article, "published article", by)
    publish(ArticlePublished(organisation_id=article.organisation_id, article_id=article.pk))
    return version


@transaction.atomic
def archive(article: Article, *, by: Membership | None) -> None:
    """Take the article away from customers and the assistant; its versions stay."""
    article.state = Article.State.ARCHIVED
    article.save(update_fields=["state", "changed_at"])
    _note(article, "archived article", by)
    publish(ArticleWithdrawn(organisation_id=article.organisation_id, article_id=article.pk))


def _note(article: Article, verb: str, by: Membership | None) -> None:
    actor = f"membership:{by.pk}" if by else "system"
    audit.record(article.organisation_id, actor, verb, subject=f"article:{article.pk}", version=article.version)


@transaction.atomic
def translate(article: Article, language: str) -> Article:
    """The draft of this article in another language; an existing one, or itself, is returned as it is."""
    original = article.translation_of or article
    if original.language == language:
        return original
    existing = Article.objects.filter(translation_of=original, language=language).first()
    return existing or Article.objects.create(
        organisation_id=article.organisation_id,
        language=language,
        slug=article.slug,
        title=article.title,
        body=article.body,
        category=article.category,
        visibility=article.visibility,
        translation_of=original,
    )


@transaction.atomic
def vote(article: Article, *, helpful: bool, missing: str = "", counted: bool = False) -> Vote:
    """A reader said whether the article helped, and perhaps what was missing (`counted` when the vote was before)."""
    column = "helpful" if helpful else "unhelpful"
    if not counted:
        Article.objects.filter(id=article.pk).update(**{column: F(column) + 1})
    row = Vote.objects.create(
        organisation_id=article.organisation_id, article=article, helpful=helpful, missing=missing[:2000]
    )
    publish(ArticleVoted(organisation_id=article.organisation_id, article_id=article.pk, helpful=helpful))
    return row
