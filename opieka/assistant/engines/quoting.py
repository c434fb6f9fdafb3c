"""The default engine: quotes the article when P(right) is high, offers choices when it is not, or hands over.

It writes nothing of its own, so it cannot invent: an answer is whole sentences of a published article.
"""

from typing import ClassVar

from opieka.assistant.engines.base import Answer, Decision, Engine, HandOver, Offer, Reason, Thresholds, Verdict
from opieka.knowledge.finding.found import Found
from opieka.knowledge.finding.quotation import best_quotation

MOST_CHOICES = 3


class Quoting(Engine):
    """Answers in the words of the best article."""

    kind: ClassVar[str] = "quoting"

    def decide(self, question: str, found: list[Found], *, thresholds: Thresholds, stop: Reason | None) -> Verdict:
        decision, reason = _decision(question, found, thresholds, stop)
        scores = tuple((one.article_id, round(one.p_right, 4), round(one.score, 4)) for one in found)
        return Verdict(decision, reason, self.kind, thresholds, scores)


def _decision(
    question: str, found: list[Found], thresholds: Thresholds, stop: Reason | None
) -> tuple[Decision, Reason]:
    if stop is not None:
        return HandOver(), stop
    if found and found[0].p_right >= thresholds.answer:
        best = found[0]
        return Answer(best.article_id, best.title, best_quotation(question, best.passage)), Reason.CERTAIN
    likeliest = sorted(found, key=lambda one: one.p_right, reverse=True)[:MOST_CHOICES]
    likely = [one for one in likeliest if one.p_right >= thresholds.offer]
    if likely:
        return Offer(tuple((one.article_id, one.title) for one in likely)), Reason.UNSURE
    return HandOver(), Reason.NOTHING_FOUND
