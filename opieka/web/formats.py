"""How names, sums and moments are written: pure functions, in the language that is active."""

import re
import zlib
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

NBSP = "\u00a0"
NON_BREAKING_HYPHEN = "\u2011"
HUES = 6
HALF_A_DAY = timedelta(hours=12)

# A one-letter word must not end a line in Polish, nor may a number be parted from its unit.
ORPHAN = re.compile(r"(?<!\w)([aiouwzAIOUWZ]) (?=\S)")
THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
UNIT = re.compile(
    r"(?<=\d) (?=(?:zł|gr|PLN|EUR|%|min|s|sek|godz|h|dni|dzień|doby|tyg|mies|lat|r|kg|g|dag|t|km|m|cm|mm|l|ml"
    r"|szt|GB|MB|kB|°C)(?!\w))"
)
# "e-mail" is one word and may not be broken either; in an address its hyphen must stay what it is.
ONE_LETTER_PREFIX = re.compile(r"(?<![\w@./:-])([eE])-(?=mail(?![\w-]*[@.]\w))")
TAG = re.compile(r"(<[^>]*>)")


def money_text(minor: int, currency: str) -> str:
    """An amount of integer minor units: 123456 and PLN give "1 234,56 zł", with no-break spaces."""
    # Imported late: Babel's tables are only wanted where sums are shown.
    from babel.numbers import format_currency, get_currency_precision

    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    if _language() == "pl":
        return str(format_currency(amount, currency, locale="pl"))
    return str(format_currency(amount, currency, format=f"¤¤{NBSP}#,##0.00", locale="en", currency_digits=True))


def short_moment(moment: datetime, *, now: datetime | None = None) -> str:
    """The distance to a moment, short enough for a list: "2 min", "1 godz.", "wczoraj", "5.09", "za 3 godz."."""
    now = now or timezone.now()
    return _ahead(moment, now) if moment > now else _behind(moment, now)


def full_moment(moment: datetime) -> str:
    """The day and the minute, for a title: "22.11.2026, 14:05"."""
    return date_format(timezone.localtime(moment), pgettext("date and time", "j M Y, H:i"))


def full_day(when: date) -> str:
    """A day in figures: "22.11.2026"; of a moment, the day here."""
    local = timezone.localtime(when) if isinstance(when, datetime) else when
    return date_format(local, pgettext("day of another year", "j M Y"))


def _behind(moment: datetime, now: datetime) -> str:
    passed = now - moment
    if passed < timedelta(minutes=1):
        return _("now")
    if passed < timedelta(hours=1):
        return _("%(count)d min") % {"count": passed.seconds // 60}
    days = _days_between(moment, now)
    if days == 0 or passed < HALF_A_DAY:
        return _("%(count)d h") % {"count": passed.total_seconds() // 3600}
    return _("yesterday") if days == 1 else _day(moment, now)


def _ahead(moment: datetime, now: datetime) -> str:
    left = moment - now
    if left < timedelta(hours=1):
        return _("in %(count)d min") % {"count": max(1, round(left.total_seconds() / 60))}
    days = _days_between(now, moment)
    if days == 0 or left < HALF_A_DAY:
        return _("in %(count)d h") % {"count": left.total_seconds() // 3600}
    return _("tomorrow") if days == 1 else _day(moment, now)


def _day(moment: datetime, now: datetime) -> str:
    local = timezone.localtime(moment)
    if local.year == timezone.localtime(now).year:
        return date_format(local, pgettext("day of this year", "j M"))
    return full_day(moment)


def _days_between(earlier: datetime, later: datetime) -> int:
    return (timezone.localtime(later).date() - timezone.localtime(earlier).date()).days


def without_orphans(text: str) -> str:
    """The text with no-break spaces after one-letter words and between numbers and units, and "e-mail" kept whole.

    Tags are left alone.
    """
    return "".join(part if part.startswith("<") else _bound(part) for part in TAG.split(text))


def _bound(text: str) -> str:
    for place in (THOUSANDS, UNIT):
        text = place.sub(NBSP, text)
    text = ONE_LETTER_PREFIX.sub(rf"\1{NON_BREAKING_HYPHEN}", text)
    return ORPHAN.sub(rf"\1{NBSP}", text)


def initials_of(name: str) -> str:
    """One or two capitals: "Anna Kowalska" and "anna.kowalska@poczta.example" give "AK"; nothing gives "?"."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", name.split("@", maxsplit=1)[0])
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper() or "?"


def hue_of(name: str) -> int:
    """A series colour, 1 to 6, that stays with the name."""
    return zlib.crc32(name.strip().casefold().encode()) % HUES + 1


def _language() -> str:
    return (translation.get_language() or "en").split("-")[0]
