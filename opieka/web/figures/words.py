"""How figures are written: numbers with their units, changes, targets."""

from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from opieka.insight.measures.base import Measure
from opieka.insight.queries import Span
from opieka.web.formats import full_day

NBSP = "\u00a0"
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True, kw_only=True)
class Written:
    """A number and its unit, ready to be shown: "4:12" and "min"."""

    number: str
    unit: str

    def __str__(self) -> str:
        return f"{self.number}{NBSP}{self.unit}".strip(NBSP)


def whole(number: float) -> str:
    """A whole number with no-break spaces between thousands."""
    return f"{round(number):,}".replace(",", NBSP)


def written(value: float | None, unit: str) -> Written:
    """A value in a measure's unit: seconds, share, score or count."""
    if value is None:
        return Written(number="–", unit="")
    if unit == "seconds":
        return duration(value)
    if unit == "share":
        return Written(number=number_format(value * 100, 1), unit="%")
    if unit == "score":
        return Written(number=number_format(value, 1), unit="/ 5")
    return Written(number=whole(value), unit="")


def duration(seconds: float) -> Written:
    """Seconds as people say them: 45 s, 4:12 min, 5:20 h, 2,5 days."""
    if seconds < 60:
        return Written(number=str(round(seconds)), unit="s")
    if seconds < HOUR:
        return Written(number=f"{int(seconds) // 60}:{int(seconds) % 60:02}", unit=_("min"))
    if seconds < 2 * DAY:
        return Written(number=f"{int(seconds) // HOUR}:{int(seconds) % HOUR // 60:02}", unit=_("h"))
    return Written(number=number_format(seconds / DAY, 1), unit=_("days"))


def round_duration(seconds: float) -> str:
    """A round duration for an axis: "30 s", "15 min", "36 h", "3 dni": hours until days follow each other evenly."""
    for least, unit, name in ((3 * DAY, DAY, _("days")), (HOUR, HOUR, _("h")), (60, 60, _("min"))):
        if seconds >= least and seconds % unit == 0:
            return f"{int(seconds) // unit}{NBSP}{name}"
    return str(duration(seconds))


def about(seconds: float) -> str:
    """How much longer or shorter, without what nobody asks about: "38 s", "40 min", "5 h"."""
    if round(seconds) < 60:
        return f"{round(seconds)}{NBSP}s"
    if seconds < 2 * HOUR:
        return NBSP.join([str(round(seconds / 60)), _("min")])
    if seconds < 2 * DAY:
        return NBSP.join([str(round(seconds / HOUR)), _("h")])
    return str(duration(seconds))


def span_words(span: Span) -> str:
    """The days of a period: "26.10–24.11.2026"; with both years when there are two."""
    if span.first.year != span.last.year:
        return f"{full_day(span.first)} – {full_day(span.last)}"
    return f"{date_format(span.first, pgettext('day of this year', 'j M'))}–{full_day(span.last)}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Against the days before: words, an arrow, and whether it is for the better."""

    text: str
    up: bool
    better: bool


def change(now: float | None, before: float | None, measure: type[Measure]) -> Change | None:
    """None when there is nothing to compare with, or no difference that shows."""
    if now is None or before is None:
        return None
    difference = now - before
    text = _size(abs(difference), measure.unit)
    if text is None:
        return None
    if measure.unit == "seconds":
        text = (_("%(size)s longer") if difference > 0 else _("%(size)s shorter")) % {"size": text}
    up = difference > 0
    return Change(text=text, up=up, better=up == (measure.better == "high"))


def _size(difference: float, unit: str) -> str | None:
    if unit == "share":
        points = round(difference * 100, 1)
        return NBSP.join([number_format(points, 1), _("pp")]) if points else None
    if unit == "score":
        return number_format(difference, 1) if round(difference, 1) else None
    if unit == "seconds":
        return about(difference) if difference >= 1 else None
    return whole(difference) if round(difference) else None


def people_waiting(number: int) -> str:
    return ngettext("person is waiting", "people are waiting", number)


def target_words(measure: type[Measure]) -> str:
    """ "Cel do 1 h" or "Cel od 4,5"; "" without a target."""
    if measure.target is None:
        return ""
    if measure.unit == "seconds":
        text = round_duration(measure.target)
    else:
        value = written(measure.target, measure.unit)
        text = value.number if measure.unit == "score" else str(value)
    return (_("Target up to %(value)s") if measure.better == "low" else _("Target from %(value)s")) % {"value": text}


def reached(value: float | None, measure: type[Measure]) -> bool | None:
    """Whether the target is met; None without a value or a target."""
    if value is None or measure.target is None:
        return None
    return value <= measure.target if measure.better == "low" else value >= measure.target


def weekdays() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def outcome_words() -> dict[str, tuple[str, str]]:
    """What the assistant did, in words, by outcome; "wrong" is the customer's verdict on what it did."""
    return {
        "answer": (_("Answered"), _("with a quotation from an article")),
        "offer": (_("Offered choices"), _("up to three articles")),
        "hand over": (_("Called a person"), _("did not know, or the matter is for people")),
        "wrong": (_("Answer not enough"), _("as the customer said")),
    }
