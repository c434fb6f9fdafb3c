"""Self-service rate: matters settled without a person, as the customer confirmed, out of all matters."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from opieka.insight.history import History
from opieka.insight.measures.base import Counted, Figure, Measure, Row, mean_of


class SelfService(Measure):
    """One fact for each period: 1 for one that the customer closed with "yes". Silence is not counted as solved."""

    title = _("Solved without a person")
    description = _(
        "Matters that the customer confirmed as solved by the assistant, out of all. Silence does not count."
    )
    unit = "share"
    names = ("self service",)

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        for period in history.periods():
            person = any(s.author == "agent" and s.reached for s in period.said)
            confirmed = period.resolved is not None and period.resolved.who == "assistant"
            yield Counted(
                name="self service",
                at=period.start,
                value=float(confirmed and not person),
                source=f"conversation:{history.conversation_id}:{period.number}",
            )

    @classmethod
    def figure(cls, rows: Sequence[Row]) -> Figure:
        return mean_of(rows)
