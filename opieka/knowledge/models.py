"""Articles, their versions, and the vectors by which answers are found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opieka.accounts.models import Membership, Owned


class Category(Owned):
    """A shelf of the help centre."""

    slug = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    icon = models.CharField(max_length=40, default="book-open")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "slug"], name="category_slug_once")]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


# What is published as a whole: each has a copy named `published_…` that only publishing writes.
PUBLISHED_WHOLE = ("title", "summary", "body", "category_id", "visibility", "questions")


class Article(Owned):
    """One verified answer. The body is Markdown; `published_*` is what customers and the assistant see."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        INTERNAL = "internal", _("internal")

    slug = models.SlugField(max_length=120)
    language = models.CharField(max_length=5, default="pl")
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("in short"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    questions = models.JSONField(default=list)
    owner = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    review_on = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True)
    published_title = models.CharField(max_length=200, blank=True)
    published_summary = models.CharField(max_length=300, blank=True)
    published_body = models.TextField(blank=True)
    published_category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    published_visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL)
    published_questions = models.JSONField(default=list)
    published_at = models.DateTimeField(null=True)
    translation_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "language", "slug"], name="article_slug_once"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="published_has_a_date"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state", "language"], name="article_by_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def differs(self) -> bool:
        """Whether the draft says anything else than what was published last."""
        return any(getattr(self, name) != getattr(self, f"published_{name}") for name in PUBLISHED_WHOLE)

    @property
    def internal(self) -> bool:
        """Whether only the team sees it; of an article that is not published, whether only they would."""
        seen = self.published_visibility if self.state == self.State.PUBLISHED else self.visibility
        return seen == self.Visibility.INTERNAL


class Version(Owned):
    """An article as it was published, and by whom."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField()
    questions = models.JSONField(default=list)
    author = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.article_id} v{self.number}"


class Encoding(Owned):
    """The vectors of a published article as one encoder made them, kept as `finding.vectors` writes them."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="encoding")
    encoder = models.CharField(max_length=40)
    text_hash = models.CharField(max_length=64)
    vectors = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.article_id} by {self.encoder}"


class Vote(Owned):
    """A reader's verdict on an article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="votes")
    helpful = models.BooleanField()
    missing = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.article_id} {'+' if self.helpful else '-'}"


class Search(Owned):
    """What people looked for, for the list of gaps. No visitor is recorded."""

    text = models.CharField(max_length=200)
    language = models.CharField(max_length=5)
    found = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "searches"

    def __str__(self) -> str:
        return self.text
