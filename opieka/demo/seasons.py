"""When people buy and when they write: seasons, days of the week, hours."""

import random
from datetime import date, datetime, timedelta
from functools import lru_cache

from opieka.demo.seeds import Weighted
from opieka.demo.working_time import at

DAYS = 730
WEEK = (1.15, 1.1, 1.05, 1.0, 0.95, 0.75, 0.95)
HOURS = (1, 0.4, 0.2, 0.1, 0.1, 0.3, 1, 2, 3.5, 5, 5.5, 5.5, 5.5, 5, 4.5, 4.5, 4.5, 4.5, 5, 6, 7, 7, 5, 2.5)


@lru_cache(maxsize=4)
def calendar(anchor: datetime) -> Weighted[date]:
    """The days before the anchor, weighted by season and by the growth of the shop."""
    first = anchor.date() - timedelta(days=DAYS)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    return Weighted([(day, _season(day) * WEEK[day.weekday()] * (0.75 + 0.5 * n / DAYS)) for n, day in enumerate(days)])


def _season(day: date) -> float:
    """Black Week, the weeks before Christmas, May and the holidays are busier."""
    month_day = (day.month, day.day)
    if (11, 20) <= month_day <= (11, 30):
        return 3.0
    if (12, 6) <= month_day <= (12, 20):
        return 2.4
    if day.month == 5:
        return 1.5
    return 1.25 if day.month in (7, 8) else 1.0


_HOUR = Weighted(list(enumerate(HOURS)))


def moment_of(day: date, rng: random.Random) -> datetime:
    """A time of that day at which people are awake."""
    return at(day, _HOUR.pick(rng), rng.randrange(60), rng.randrange(60))
