"""Questions about articles. Doors come here, never to the tables."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from opieka.accounts.models import Membership, Organisation
from opieka.knowledge.models import Article, Category, Search, Version, Vote

SOON_DAYS = 14
# Drafts that are to be for the team, and what is published for the team now.
INTERNAL = Q(state=Article.State.DRAFT, visibility=Article.Visibility.INTERNAL) | Q(
    state=Article.State.PUBLISHED, published_visibility=Article.Visibility.INTERNAL
)


def visible_to(member: Membership) -> QuerySet[Article]:
    """Every article of the member's organisation, drafts and internal ones too."""
    return Article.objects.filter(organisation_id=member.organisation_id).select_related("category", "owner__user")


def public_articles(organisation: Organisation, language: str = "pl") -> QuerySet[Article]:
    """What customers may read."""
    articles = Article.objects.filter(
        organisation=organisation,
        language=language,
        state=Article.State.PUBLISHED,
        published_visibility=Article.Visibility.PUBLIC,
    )
    return articles.select_related("published_category").order_by("published_title")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A category of the help centre with how many articles it holds and its most useful ones."""

    category: Category
    count: int
    articles: list[Article]


def shelves(organisation: Organisation, language: str = "pl", *, most: int = 2) -> list[Shelf]:
    """Categories that hold something for customers, in their order."""
    public = Q(
        articles__state=Article.State.PUBLISHED,
        articles__published_visibility=Article.Visibility.PUBLIC,
        articles__language=language,
    )
    categories = Category.objects.filter(organisation=organisation).annotate(held=Count("articles", filter=public))
    articles = list(public_articles(organisation, language).order_by("-helpful", "published_title"))
    found = []
    for category in categories.filter(held__gt=0).order_by("position", "name"):
        best = [article for article in articles if article.published_category_id == category.pk][:most]
        found.append(Shelf(category=category, count=category.held, articles=best))
    return found


def for_review(member: Membership, today: date) -> QuerySet[Article]:
    """Published articles whose date of review has come, the most overdue first."""
    return visible_to(member).filter(state=Article.State.PUBLISHED, review_on__lte=today).order_by("review_on")


def unanswered_searches(member: Membership, *, most: int = 20) -> list[tuple[str, int]]:
    """What people looked for and did not find, most often asked first."""
    searches = Search.objects.filter(organisation_id=member.organisation_id, found=0)
    rows = searches.values("text").annotate(n=Count("id")).order_by("-n", "text")[:most]
    return [(row["text"], row["n"]) for row in rows]


def categories_of(organisation: Organisation) -> QuerySet[Category]:
    return Category.objects.filter(organisation=organisation).order_by("position", "name")


def listed(member: Membership, *, state: str = "", text: str = "", language: str = "") -> QuerySet[Article]:
    """The list of the console: by state and by words of the title, the latest change first."""
    articles = visible_to(member)
    if state == "review":
        articles = articles.filter(state=Article.State.PUBLISHED, review_on__lte=timezone.localdate())
    elif state == "internal":
        articles = articles.filter(INTERNAL)
    elif state:
        articles = articles.filter(state=state)
    else:
        articles = articles.exclude(state=Article.State.ARCHIVED)
    if language:
        articles = articles.filter(language=language)
    if text:
        articles = articles.filter(Q(title__icontains=text) | Q(body__icontains=text))
    return articles.order_by("-changed_at")


def state_counts(member: Membership) -> dict[str, int]:
    """How many articles each list of the console holds."""
    wanted = {
        "": ~Q(state=Article.State.ARCHIVED),
        "draft": Q(state=Article.State.DRAFT),
        "published": Q(state=Article.State.PUBLISHED),
        "internal": INTERNAL,
        "review": Q(state=Article.State.PUBLISHED, review_on__lte=timezone.localdate()),
    }
    counted = visible_to(member).aggregate(
        **{name or "all": Count("id", filter=which) for name, which in wanted.items()}
    )
    return {name: counted[name or "all"] for name in wanted}


def versions(article: Article) -> QuerySet[Version]:
    return Version.objects.filter(article=article).select_related("author__user").order_by("-number")


def remarks(article: Article, *, most: int = 7) -> list[Vote]:
    """What readers said was missing, the latest first."""
    return list(Vote.objects.filter(article=article).exclude(missing="").order_by("-id")[:most])


def translations(article: Article) -> QuerySet[Article]:
    """The same article in other languages."""
    origin = article.translation_of_id or article.pk
    return Article.objects.filter(Q(translation_of_id=origin) | Q(id=origin)).exclude(id=article.pk)
