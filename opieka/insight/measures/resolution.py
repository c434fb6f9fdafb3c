"""Resolution time: from the customer's first message until the matter was settled."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from opieka.insight.history import History
from opieka.insight.measures.base import Counted, Measure


class Resolution(Measure):
    """One fact for each settled period; a conversation that opens again begins a new one."""

    title = _("Time to resolve")
    description = _("Median time from the customer's first message until the matter was settled. Round the clock.")
    unit = "seconds"
    better = "low"
    target = 6 * 3600
    names = ("resolution",)

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        for period in history.periods():
            if period.resolved:
                yield Counted(
                    name="resolution",
                    at=period.resolved.at,
                    value=(period.resolved.at - period.start).total_seconds(),
                    source=f"event:{period.resolved.id}",
                    member_id=period.led_by,
                    label=period.resolved.who,
                )
