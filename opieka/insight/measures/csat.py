"""CSAT: the mean of the scores from 1 to 5, credited to the person who led the matter."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from opieka.insight.history import History
from opieka.insight.measures.base import Counted, Figure, Measure, Row, mean_of


class Csat(Measure):
    """One fact for each survey answered; `surveys_answered` says how many of those asked did."""

    title = _("Conversation rating")
    description = _("Mean of the ratings from 1 to 5 that customers gave after a conversation.")
    unit = "score"
    target = 4.5
    names = ("csat",)
    beside = "surveys_answered"

    @classmethod
    def facts(cls, history: History) -> Iterator[Counted]:
        for survey in history.asked:
            if survey.kind != "csat" or survey.answered_at is None or survey.score is None:
                continue
            about = history.settled_before(survey.asked_at)
            yield Counted(
                name="csat",
                at=survey.answered_at,
                value=survey.score,
                source=f"survey:{survey.id}",
                member_id=about.led_by if about else None,
            )

    @classmethod
    def figure(cls, rows: Sequence[Row]) -> Figure:
        return mean_of(rows)
