"""Making published articles findable."""

from django.conf import settings

from opieka.knowledge import shelf
from opieka.knowledge.encoders.base import named
from opieka.knowledge.events import ArticlePublished, ArticleWithdrawn
from opieka.knowledge.models import Article, Encoding


def index_article(event: ArticlePublished) -> None:
    """Encode the published text and keep its vectors. Slow, so it is a job and holds no transaction."""
    article = Article.objects.filter(id=event.article_id, state=Article.State.PUBLISHED).first()
    if article:
        encode(article)


def encode(article: Article) -> bool:
    """Keep the vectors of the article's published text; False when they were kept already."""
    from opieka.knowledge.finding import vectors

    document = shelf.document_of(article)
    kept = Encoding.objects.filter(article=article).first()
    if kept and shelf.fits(kept, document):
        return False
    made = vectors.encode(document, named(settings.ENCODER))
    Encoding.objects.update_or_create(
        article=article,
        defaults={
            "organisation_id": article.organisation_id,
            "encoder": settings.ENCODER,
            "text_hash": shelf.hash_of(document),
            "vectors": made.to_bytes(),
        },
    )
    return True


def forget_passages(event: ArticleWithdrawn) -> None:
    """Withdrawn articles answer nobody any more."""
    Encoding.objects.filter(article_id=event.article_id).delete()


def reindex(organisation_id: int) -> int:
    """Encode every published article whose vectors are missing or stale; returns how many were."""
    articles = Article.objects.filter(organisation_id=organisation_id, state=Article.State.PUBLISHED)
    return sum(encode(article) for article in articles.order_by("id"))
