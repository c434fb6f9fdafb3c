"""What of an article is turned into vectors, and how those vectors are kept in a database row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opieka.knowledge.finding.passages import passages_of, plain_text

if TYPE_CHECKING:
    from opieka.knowledge.encoders.base import Encoder, Vectors
    from opieka.knowledge.finding.found import Document, Passage


@dataclass(frozen=True, slots=True)
class ArticleVectors:
    """Vectors of one article: a row for each passage, and one for the title and each question variant."""

    passages: Vectors  # [passages, dimensions]
    questions: Vectors  # [1 + variants, dimensions], or [0, dimensions] without a title and variants

    def to_bytes(self) -> bytes:
        """Half precision, passages first: 768 bytes a row with 384 dimensions."""
        return self.passages.astype("<f2").tobytes() + self.questions.astype("<f2").tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes, document: Document, dimensions: int) -> ArticleVectors:
        """Reads them back. Raises ValueError when the article has changed since."""
        import numpy as np  # Late: an idle process need not hold it.

        rows = np.frombuffer(stored, "<f2").astype(np.float32).reshape(-1, dimensions)
        passages, questions = len(passages_of(document.body)), len(questions_of(document))
        if len(rows) != passages + questions:
            raise ValueError(f"Article {document.id} has changed since its vectors were made.")
        return cls(rows[:passages], rows[passages:])


def encode(document: Document, encoder: Encoder) -> ArticleVectors:
    """Encodes an article: slow (about 0.1 s a passage with e5), so do it outside a transaction."""
    texts = [passage_text(document, passage) for passage in passages_of(document.body)]
    return ArticleVectors(encoder.encode_passages(texts), encoder.encode_queries(questions_of(document)))


def passage_text(document: Document, passage: Passage) -> str:
    """A passage as it is indexed: under its title and heading, or its meaning would be lost."""
    parts = (document.title, passage.heading, plain_text(passage.text))
    return ". ".join(part for part in parts if part)


def questions_of(document: Document) -> list[str]:
    """The title and the question variants: what a customer's question is compared with as a question."""
    return [text for text in (document.title, *document.questions) if text.strip()]
