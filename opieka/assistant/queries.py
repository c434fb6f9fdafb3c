"""Questions about the assistant's decisions."""

from opieka.assistant.models import Decision
from opieka.conversations.models import Conversation
from opieka.knowledge.models import Article


def latest_decision(conversation: Conversation) -> Decision | None:
    """What the assistant found about the customer's last message: the agent's suggestion when people lead."""
    return Decision.objects.filter(conversation=conversation).select_related("article", "reply").order_by("-id").first()


def sources_of(decision: Decision) -> dict[int, Article]:
    """The articles a decision rests on that may still be quoted, by id."""
    ids = [int(one["article"]) for one in decision.evidence]
    published = Article.objects.filter(
        organisation_id=decision.organisation_id, state=Article.State.PUBLISHED, published_visibility="public"
    )
    return published.in_bulk(ids)
