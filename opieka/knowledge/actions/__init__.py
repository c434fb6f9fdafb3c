"""Verbs that change what we know."""

from opieka.knowledge.actions.bring_in import bring_in
from opieka.knowledge.actions.index import forget_passages, index_article, reindex
from opieka.knowledge.actions.write import NotReady, archive, publish_article, save, translate, vote

__all__ = [
    "NotReady", "archive", "bring_in", "forget_passages", "index_article", "publish_article", "reindex", "save", "translate", "vote",
]  # fmt: skip
