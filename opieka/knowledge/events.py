"""What others may react to."""

from dataclasses import dataclass

from opieka.plumbing.events import Event


@dataclass(frozen=True, kw_only=True)
class ArticleEvent(Event):
    article_id: int

    def topics(self) -> tuple[str, ...]:
        return ("knowledge", f"article:{self.article_id}")

    def key(self) -> str:
        return f"article:{self.article_id}"


@dataclass(frozen=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ArticleWithdrawn(ArticleEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ArticleVoted(ArticleEvent):
    helpful: bool
