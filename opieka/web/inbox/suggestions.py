"""What the assistant found for a person who leads: offered beside the composer, never sent by itself."""

from typing import Any

from opieka.assistant.actions import address_of
from opieka.assistant.models import Decision
from opieka.assistant.queries import latest_decision, sources_of
from opieka.conversations.models import Conversation, Speaker
from opieka.conversations.queries import last_from_customer

SURE = 0.6
WORTH_SHOWING = 0.25


def suggestion_for(conversation: Conversation) -> dict[str, Any] | None:
    """The quotation found for the customer's last message while it waits for an answer; only sources when unsure."""
    if conversation.speaker == Speaker.ASSISTANT or conversation.waiting_since is None:
        return None
    decision = latest_decision(conversation)
    if decision is None or decision.about_id != last_from_customer(conversation) or decision.outcome == "answer":
        return None
    if not decision.evidence or (decision.confidence or 0) < WORTH_SHOWING:
        return None
    return _quoted(decision) if (decision.confidence or 0) >= SURE else _sources(decision)


def _quoted(decision: Decision) -> dict[str, Any] | None:
    best = decision.evidence[0]
    article = sources_of(decision).get(best["article"])
    if article is None or not best["quote"]:
        return _sources(decision)
    return {
        "text": f"{best['quote']}\n{address_of(article)}",
        "quote": best["quote"],
        "certainty": decision.confidence,
        "source": {"title": article.published_title, "url": address_of(article), "updated": article.verified_at},
    }


def _sources(decision: Decision) -> dict[str, Any] | None:
    articles = sources_of(decision)
    known = [articles[one["article"]] for one in decision.evidence if one["article"] in articles]
    if not known:
        return None
    return {
        "certainty": decision.confidence,
        "sources": [{"title": article.published_title, "url": address_of(article)} for article in known],
    }
