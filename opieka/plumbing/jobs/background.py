"""Workers and the clock inside a process that also serves pages."""

import threading
from collections.abc import Sequence
from typing import Protocol

from opieka.plumbing.jobs.clock import Clock
from opieka.plumbing.jobs.drivers.threads import Pool


class Beside(Protocol):
    """Something else that runs in threads of its own, such as the watchers of mailboxes."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Background:
    """Start it after the process has forked, stop it before it ends."""

    def __init__(self, *, workers: int, beside: Sequence[Beside] = ()) -> None:
        self._pool = Pool(workers=workers)
        self._beside = beside
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="clock", daemon=True)

    def start(self) -> None:
        self._clock.start()
        self._pool.start()
        for other in self._beside:
            other.start()

    def stop(self) -> None:
        """Finish what is being run, take nothing new."""
        self._stop.set()
        for other in self._beside:
            other.stop()
        self._pool.stop()
        self._clock.join(5)

    def _tick(self) -> None:
        Clock().run(self._stop)
