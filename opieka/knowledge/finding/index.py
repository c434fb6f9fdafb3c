"""The index of published articles, in memory: add, remove, find. Safe to use from many threads.

An index of a thousand passages takes about 6 MB. Nothing heavy is imported before the first article.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from opieka.knowledge.finding.vectors import ArticleVectors, encode
from opieka.plumbing.search.polish import has_diacritics

if TYPE_CHECKING:
    from opieka.knowledge.encoders.base import Encoder
    from opieka.knowledge.finding.found import Document, Found
    from opieka.knowledge.finding.table import Entry, Table

_LONGEST_QUESTION = 1_500  # Characters: past this a message is a story, and its beginning tells the matter.


class Index:
    """Finds the article that answers a question. Articles without text are passed over."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._table: Table | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._entries

    def add(self, document: Document, *, vectors: ArticleVectors | None = None) -> None:
        """Adds an article or replaces it; slow unless its vectors are given."""
        from opieka.knowledge.finding.table import Entry  # Late: brings numpy.

        entry = Entry.of(document, vectors or encode(document, self.encoder))
        with self._lock:
            self._entries.pop(document.id, None)
            if entry.passages:
                self._entries[document.id] = entry
            self._table = None

    def add_all(self, documents: Iterable[Document]) -> None:
        for document in documents:
            self.add(document)

    def remove(self, article_id: str) -> None:
        """Forgets an article; one it never held is no error."""
        with self._lock:
            if self._entries.pop(article_id, None) is not None:
                self._table = None

    def vectors_of(self, article_id: str) -> ArticleVectors:
        """The vectors to store beside an article. Raises KeyError for one that is not held."""
        return self._entries[article_id].vectors

    def find(self, question: str, most: int = 5) -> list[Found]:
        """The best articles for a question, best first; none when the index or the question is empty."""
        from opieka.knowledge.finding.calibrate import shipped  # Late: brings numpy.

        asked = with_diacritics(question[:_LONGEST_QUESTION].strip())
        if not asked or not self._entries:
            return []
        vector = self.encoder.encode_queries([asked])[0]
        return self.table().find(asked, vector, most=most, calibration=shipped(self.encoder.kind))

    def table(self) -> Table:
        """The compiled articles, built anew after a change."""
        from opieka.knowledge.finding.table import Table  # Late: brings numpy.

        with self._lock:
            if self._table is None:
                self._table = Table(
                    list(self._entries.values()), dimensions=self.encoder.dimensions, usual=self.encoder.usual
                )
            return self._table


def with_diacritics(question: str) -> str:
    """'gdzie jest moja przesylka' -> 'gdzie jest moja przesyłka'; text that has any is left alone."""
    if has_diacritics(question):
        return question
    import ogonki  # Late: brings numpy and a small model.

    return str(ogonki.restore(question))
