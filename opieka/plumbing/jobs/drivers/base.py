"""The contract of a driver: it brings jobs to workers. The rows stay the truth; a driver may lose any message."""

import threading
from abc import ABC, abstractmethod
from typing import ClassVar


class Driver(ABC):
    """`carries`: job ids travel through a broker, and a row remembers when its id was sent."""

    carries: ClassVar[bool] = False

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    def announce(self, job_id: int, priority: int) -> None:
        """A due job was committed. Must not raise and not take long: the clock makes good what is lost here."""

    @abstractmethod
    def work(self, stop: threading.Event, *, workers: int) -> None:
        """Run jobs with that many workers until `stop` is set; what is being run is finished first."""

    def sweep(self) -> int:
        """Announce what is due and was never taken; the clock calls it every second. Returns how many."""
        return 0

    def check(self) -> str:
        """A sentence that says what works; raises OSError with one that says what does not."""
        return ""
