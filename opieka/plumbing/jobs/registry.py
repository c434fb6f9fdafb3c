"""Which functions may be run as jobs, and on what schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., None])

LEASE = timedelta(minutes=2)
LONGEST = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A function that may run as a job.

    `lease` is how long a worker may be silent before another may try; it is renewed while the job runs, until the
    attempt has taken `longest`. One that `steps_aside` leaves the row of its key when it fails the second time, so that
    it holds up nobody but itself. Up to `together` jobs of one key, that wait one behind the other, are run by one call,
    which is given the events of all; where that fails, each is run by itself.
    """

    function: Callable[..., None]
    retries: int = 8
    lease: timedelta = LEASE
    longest: timedelta = LONGEST
    steps_aside: bool = False
    together: int = 1


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Run every `every`, counted from midnight UTC, so that all clocks agree on the slots."""

    name: str
    every: timedelta
    offset: timedelta = timedelta()


KNOWN: dict[str, Known] = {}
INSTEAD: dict[str, Callable[..., None]] = {}
SCHEDULES: dict[str, Schedule] = {}


def name_of(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def know(function: Callable[..., None], **options: Any) -> None:
    """Let `function` run as a job; the first registration wins, so a `@job` keeps its own options."""
    KNOWN.setdefault(name_of(function), Known(function=function, **options))


def on_giving_up(function: Callable[..., None], instead: Callable[..., None]) -> None:
    """When `function` has failed for the last time, `instead` is queued with the same payload."""
    know(instead)
    INSTEAD[name_of(function)] = instead


def job(
    *,
    retries: int = 8,
    lease: timedelta = LEASE,
    longest: timedelta = LONGEST,
    steps_aside: bool = False,
    together: int = 1,
) -> Callable[[Function], Function]:
    """Decorator: this function may be enqueued."""

    def decorate(function: Function) -> Function:
        options = {"retries": retries, "lease": lease, "longest": longest}
        know(function, **options, steps_aside=steps_aside, together=together)
        return function

    return decorate


def cron(*, every: timedelta, offset: timedelta = timedelta()) -> Callable[[Function], Function]:
    """Decorator: the clock enqueues this job once in every slot, however many clocks run."""

    def decorate(function: Function) -> Function:
        know(function)
        name = name_of(function)
        SCHEDULES[name] = Schedule(name=name, every=every, offset=offset)
        return function

    return decorate


def known_as(name: str) -> Known:
    """The job of that name; its module is imported if it has to be. Raises KeyError for anything else."""
    if name not in KNOWN and name.startswith("opieka."):
        import_module(name.rpartition(".")[0])
    return KNOWN[name]
