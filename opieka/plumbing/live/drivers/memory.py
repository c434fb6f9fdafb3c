"""Within one process: the default. Other processes see changes by looking at the table."""

from opieka.plumbing.live.drivers.base import Driver


class Memory(Driver):
    """`memory:`."""

    def announce(self) -> None:
        self._look()

    def check(self) -> str:
        return "Live updates travel within this process."
