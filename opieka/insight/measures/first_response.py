"""First response time: from the customer's first message to the first reply of a person that really left."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from opieka.insight.history import History
from opieka.insight.measures.base import Counted, Measure


class FirstResponse(Measure):
    """One fact for each period that a person answered. Replies of the assistant are not counted here."""

    title = _("First response")
    description = _("Median time from the customer's message to a person's first reply that left. Round the clock.")
    unit = "seconds"
    better = "low"
    target = 3600
    names = ("first response",)

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        for period in history.periods():
            replies = (s for s in period.said if s.author == "agent" and s.reached and s.at >= period.start)
            if first := next(replies, None):
                yield Counted(
                    name="first response",
                    at=first.at,
                    value=(first.at - period.start).total_seconds(),
                    source=f"message:{first.id}",
                    member_id=first.member_id,
                )
