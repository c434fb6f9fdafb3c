"""Response rate: how many of the surveys sent after a conversation were answered."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from opieka.insight.history import History
from opieka.insight.measures.base import Counted, Figure, Measure, Row, mean_of


class SurveysAnswered(Measure):
    """One fact for each survey asked, on the day it was asked: 1 once it is answered, however late."""

    title = _("Surveys answered")
    description = _(
        "Ratings given, out of all that were asked for on these days. An answer counts however late it came."
    )
    unit = "share"
    names = ("csat asked",)

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        for survey in history.asked:
            if survey.kind == "csat":
                about = history.settled_before(survey.asked_at)
                yield Counted(
                    name="csat asked",
                    at=survey.asked_at,
                    value=float(survey.answered_at is not None),
                    source=f"survey:{survey.id}",
                    member_id=about.led_by if about else None,
                )

    @classmethod
    def figure(cls, rows: Sequence[Row]) -> Figure:
        return mean_of(rows)
