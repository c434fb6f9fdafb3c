"""Jobs that tests enqueue. What ran, in order, is in `RAN`."""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from opieka.plumbing.events import Event
from opieka.plumbing.jobs import Again, job
from opieka.plumbing.jobs.registry import know, on_giving_up

RAN: list[str] = []
GATE = threading.Event()
BEGUN = threading.Event()
_guard = threading.Lock()
AT_ONCE: dict[str, int] = {}
MOST_AT_ONCE: dict[str, int] = {}


def forget() -> None:
    RAN.clear()
    GATE.clear()
    BEGUN.clear()
    AT_ONCE.clear()
    MOST_AT_ONCE.clear()


@job()
def say(word: str) -> None:
    RAN.append(word)


@job()
def say_slowly(word: str, lane: str) -> None:
    """Counts how many of one lane run at once."""
    with _guard:
        AT_ONCE[lane] = AT_ONCE.get(lane, 0) + 1
        MOST_AT_ONCE[lane] = max(MOST_AT_ONCE.get(lane, 0), AT_ONCE[lane])
    time.sleep(0.002)
    with _guard:
        AT_ONCE[lane] -= 1
        RAN.append(word)


@job()
def wait_for_the_gate(word: str) -> None:
    BEGUN.set()
    GATE.wait(20)
    RAN.append(word)


@job(retries=2)
def fail_always() -> None:
    raise ValueError("it never works")


@job(retries=1)
def fail_with_a_fallback(word: str) -> None:
    raise ValueError(word)


def do_instead(word: str) -> None:
    RAN.append(f"instead of {word}")


on_giving_up(fail_with_a_fallback, do_instead)


@job()
def put_off(seconds: float) -> None:
    RAN.append("put off")
    raise Again(at=timezone.now() + timedelta(seconds=seconds))


def not_decorated(word: str) -> None:
    RAN.append(word)


know(not_decorated)


@dataclass(frozen=True, kw_only=True)
class Spoken(Event):
    """An event of tests; a word of "bad" makes its reaction fail."""

    word: str

    def key(self) -> str:
        return "spoken"


@job(together=3)
def hear(*events: Spoken) -> None:
    """Says which it was given by one call."""
    if any(event.word == "bad" for event in events):
        raise ValueError("bad")
    RAN.append("+".join(event.word for event in events))
