"""The plainest engine: quotes the first sentence of whatever was found first. For tests and demonstrations."""

from typing import ClassVar

from opieka.assistant.engines.base import Answer, Engine, HandOver, Reason, Thresholds, Verdict
from opieka.knowledge.finding.found import Found, Quotation


class Echo(Engine):
    """Believes the index blindly; hands over only when told to or when nothing was found."""

    kind: ClassVar[str] = "echo"

    def decide(self, question: str, found: list[Found], *, thresholds: Thresholds, stop: Reason | None) -> Verdict:
        scores = tuple((one.article_id, one.p_right, one.score) for one in found)
        if stop is not None or not found:
            return Verdict(HandOver(), stop or Reason.NOTHING_FOUND, self.kind, thresholds, scores)
        best = found[0]
        first = best.passage.sentences[0]
        quotation = Quotation(first.text, first.start, first.end, best.passage.heading)
        return Verdict(Answer(best.article_id, best.title, quotation), Reason.CERTAIN, self.kind, thresholds, scores)
