"""Opening hours in a few words: "pn–pt 8:00–16:00"."""

from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# On one line: a no-break space, and word joiners around the dash, at which browsers would break.
SPACE, DASH = "\u00a0", "\u2060–\u2060"


def schedule_words(hours: dict[str, list[str]]) -> str:
    """Days with equal hours together, e.g. "pn–pt 8:00–16:00, sb 9:00–13:00"; a word for never."""
    days = [(day, tuple(hours[str(day)])) for day in range(7) if hours.get(str(day))]
    # Days in a row with the same hours share this number.
    runs = groupby(enumerate(days), key=lambda pair: (pair[1][0] - pair[0], pair[1][1]))
    words = [_run([day for _place, (day, _hours) in run], times) for (_offset, times), run in runs]
    return ", ".join(words) or _("by e-mail only")


def _run(days: list[int], times: tuple[str, ...]) -> str:
    names = _day_names()
    span = names[days[0]] if len(days) == 1 else f"{names[days[0]]}{DASH}{names[days[-1]]}"
    opens, closes = (time.removeprefix("0") for time in times)
    return f"{span}{SPACE}{opens}{DASH}{closes}"


def _day_names() -> list[str]:
    return [
        pgettext("opening hours", "Mon"),
        pgettext("opening hours", "Tue"),
        pgettext("opening hours", "Wed"),
        pgettext("opening hours", "Thu"),
        pgettext("opening hours", "Fri"),
        pgettext("opening hours", "Sat"),
        pgettext("opening hours", "Sun"),
    ]
