"""When people are here: opening hours, statutory holidays, and the words for "we are back on Monday at 8:00"."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from opieka.accounts.models import Organisation

LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Whether people are here at a moment, until when, and when they are back otherwise."""

    open: bool
    closes: datetime | None = None
    opens: datetime | None = None


@lru_cache(maxsize=64)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """The statutory days off of a country; Poland has fourteen since 2025."""
    import holidays

    return frozenset(holidays.country_holidays(country, years=year))


def opening(organisation: Organisation, at: datetime) -> Opening:
    """Open now, or when next; an organisation without hours is never open."""
    zone = ZoneInfo(organisation.time_zone)
    local = at.astimezone(zone)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        hours = hours_on(organisation, day)
        if hours is None:
            continue
        opens, closes = (datetime.combine(day, moment, zone) for moment in hours)
        if opens <= local < closes:
            return Opening(open=True, closes=closes)
        if local < opens:
            return Opening(open=False, opens=opens)
    return Opening(open=False)


def hours_on(organisation: Organisation, day: date) -> tuple[time, time] | None:
    """Opening and closing time of that day; None on days off and holidays."""
    hours = organisation.opening_hours.get(str(day.weekday()))
    if not hours or day in holidays_of(organisation.country, day.year):
        return None
    return time.fromisoformat(hours[0]), time.fromisoformat(hours[1])


def back_words(organisation: Organisation, at: datetime) -> str:
    """When people are back, e.g. "w poniedziałek o 8:00"; "" while they are here or when nobody knows."""
    found = opening(organisation, at)
    if found.open or found.opens is None:
        return ""
    today = at.astimezone(found.opens.tzinfo).date()
    days = (found.opens.date() - today).days
    hour = f"{found.opens.hour}:{found.opens.minute:02}"
    if days == 0:
        return _("today at %(hour)s") % {"hour": hour}
    if days == 1:
        return _("tomorrow at %(hour)s") % {"hour": hour}
    if days < 7:
        return _on_weekday()[found.opens.weekday()] % {"hour": hour}
    day = formats.date_format(found.opens.date(), "j E" if formats.get_format("DATE_FORMAT") == "j E Y" else "j F")
    return _("on %(day)s at %(hour)s") % {"day": day, "hour": hour}


def _on_weekday() -> list[str]:
    return [
        _("on Monday at %(hour)s"),
        _("on Tuesday at %(hour)s"),
        _("on Wednesday at %(hour)s"),
        _("on Thursday at %(hour)s"),
        _("on Friday at %(hour)s"),
        _("on Saturday at %(hour)s"),
        _("on Sunday at %(hour)s"),
    ]
