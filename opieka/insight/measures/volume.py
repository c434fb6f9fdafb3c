"""Volume: how many matters customers brought, by channel, topic, hour and day."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from opieka.insight.history import History
from opieka.insight.measures.base import Counted, Figure, Measure, Row


class Volume(Measure):
    """One fact for each period, at its start."""

    title = _("New matters")
    description = _("Conversations begun, and those begun again after they had been settled.")
    unit = "count"
    names = ("volume",)

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        for period in history.periods():
            yield Counted(
                name="volume",
                at=period.start,
                value=1,
                source=f"conversation:{history.conversation_id}:{period.number}",
            )

    @classmethod
    def figure(cls, rows: Sequence[Row]) -> Figure:
        return Figure(value=float(len(rows)), n=len(rows), rows=rows)
