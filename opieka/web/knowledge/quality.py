"""How well an article answers: its own questions asked of the assistant, and how easily it reads."""

import re
from typing import Any

from opieka.assistant.actions import setup_of
from opieka.knowledge import shelf
from opieka.knowledge.finding.passages import plain_text
from opieka.knowledge.finding.quotation import best_quotation
from opieka.knowledge.models import Article

MOST_QUESTIONS = 12
EASY, HARD = 14, 22


def quality(article: Article) -> dict[str, Any] | None:
    """Which of the article's questions lead to it, and the length of its sentences; None until it is published."""
    if article.state != Article.State.PUBLISHED:
        return None
    asked = [(question, trial(article, question)) for question in article.questions[:MOST_QUESTIONS]]
    right = sum(tried["right"] for _question, tried in asked)
    votes = article.helpful + article.unhelpful
    return {
        "asked": [{"question": question, **tried} for question, tried in asked],
        "right": right,
        "total": len(asked),
        "reading": reading(article.published_body),
        "helped": round(100 * article.helpful / votes) if votes else None,
        "votes": votes,
    }


def trial(article: Article, question: str) -> dict[str, Any]:
    """What would be quoted, how sure, and whether it comes from this article."""
    found = shelf.find(article.organisation, question, language=article.language, internal=article.internal, most=3)
    if not found:
        return {"right": False, "answers": False, "quote": "", "title": "", "chance": 0}
    best = found[0]
    setup = setup_of(article.organisation)
    return {
        "right": best.article_id == str(article.pk),
        "answers": best.p_right >= setup.threshold,
        "quote": plain_text(best_quotation(question, best.passage).text),
        "title": best.title,
        "chance": round(100 * best.p_right),
    }


def reading(body: str) -> dict[str, Any]:
    """Mean words in a sentence: up to 14 is easy, over 22 is hard."""
    sentences = [s for s in re.split(r"[.!?\n]+", plain_text(body)) if len(s.split()) > 2]
    mean = sum(len(s.split()) for s in sentences) / len(sentences) if sentences else 0.0
    level = "easy" if mean <= EASY else "hard" if mean > HARD else "middling"
    return {"level": level, "mean": round(mean)}
