"""Who carries jobs to workers: the files of this folder. `OPIEKA_JOBS_URL` chooses."""

from collections.abc import Callable, Sequence
from functools import cache

from opieka.plumbing.environment import BadSetting
from opieka.plumbing.jobs.drivers.base import Driver

SCHEMES = {"threads": "threads", "amqp": "celery", "amqps": "celery", "redis": "celery", "rediss": "celery"}

_listeners: list[Callable[[], None]] = []


@cache
def chosen() -> Driver:
    """The driver that the settings name: `threads:`, `amqp://…` or `redis://…`."""
    from django.conf import settings

    url = settings.JOBS_URL
    scheme = url.partition(":")[0]
    match SCHEMES.get(scheme):
        case "threads":
            from opieka.plumbing.jobs.drivers.threads import Threads

            return Threads(url)
        case "celery":
            from opieka.plumbing.jobs.drivers.celery import Celery

            return Celery(url)
    raise BadSetting(f"OPIEKA_JOBS_URL begins with {scheme!r}; it must be threads:, amqp://… or redis://….")


def announce(job_id: int, priority: int) -> None:
    """A job that is due was committed: workers of this process look at once, and a broker carries its id."""
    announce_all([(job_id, priority)])


def announce_all(due: Sequence[tuple[int, int]]) -> None:
    """Several jobs that are due, by id and priority, were committed."""
    driver = chosen()
    for job_id, priority in due:
        for listener in _listeners:
            listener()
        driver.announce(job_id, priority)


def on_announce(listener: Callable[[], None]) -> None:
    """Have `listener` called after each commit that wrote a due job."""
    _listeners.append(listener)


def off_announce(listener: Callable[[], None]) -> None:
    _listeners.remove(listener)
