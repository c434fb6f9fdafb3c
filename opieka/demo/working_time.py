"""When people in Kielce work: Monday to Friday 8:00-16:00, not on Polish holidays. Times are local and aware."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
OPENS, CLOSES = time(8), time(16)
FIXED = {(1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 24), (12, 25), (12, 26)}
WEEKDAYS = ("poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela")
ON_WEEKDAY = ("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę")
TO_WEEKDAY = ("do poniedziałku", "do wtorku", "do środy", "do czwartku", "do piątku", "do soboty", "do niedzieli")


@lru_cache(maxsize=50)
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, f = b // 4, b % 4, (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=2_000)
def is_working_day(day: date) -> bool:
    """Monday to Friday, no public holiday. 24 December has been one since 2025."""
    if day.weekday() > 4 or ((day.month, day.day) in FIXED and (day.month, day.day, day.year) != (12, 24, 2024)):
        return False
    return day - easter(day.year) not in (timedelta(1), timedelta(60))


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=WARSAW)


def is_open(moment: datetime) -> bool:
    return is_working_day(moment.date()) and OPENS <= moment.time() < CLOSES


def opening(moment: datetime) -> datetime:
    """The moment itself when the office is open, else the next opening."""
    if is_open(moment):
        return moment
    day = moment.date()
    if moment.time() >= OPENS or not is_working_day(day):
        day = next_working_day(day)
    return at(day, OPENS.hour)


def next_working_day(day: date) -> date:
    day += timedelta(1)
    while not is_working_day(day):
        day += timedelta(1)
    return day


def after_working(moment: datetime, minutes: float) -> datetime:
    """So many working minutes later."""
    start = opening(moment)
    left = timedelta(minutes=minutes)
    while True:
        closing = at(start.date(), CLOSES.hour)
        if start + left < closing:
            return start + left
        left -= closing - start
        start = at(next_working_day(start.date()), OPENS.hour)


def utc(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second: "2026-11-16T08:00:00Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def short(moment: datetime) -> str:
    """12.11, as people write a date in a message."""
    return f"{moment.day}.{moment.month:02d}"
