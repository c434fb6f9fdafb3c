"""The contract of a live driver: after `announce` in one process, `look` is called wherever somebody listens."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable


class Driver(ABC):
    """A driver may lose an announcement: whoever listens looks at the table four times a second all the same."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._looks: list[tuple[asyncio.AbstractEventLoop, Callable[[], None]]] = []

    @abstractmethod
    def announce(self) -> None:
        """Events were committed. Called in any thread; must not raise and not take long."""

    async def listen(self, look: Callable[[], None]) -> None:
        """Call `look` in this event loop after announcements, until cancelled."""
        mine = (asyncio.get_running_loop(), look)
        self._looks.append(mine)
        try:
            await self._listen()
        finally:
            self._looks.remove(mine)

    async def _listen(self) -> None:
        await asyncio.Event().wait()

    def _look(self) -> None:
        """Tell the listeners of this process."""
        for loop, look in list(self._looks):
            if not loop.is_closed():
                loop.call_soon_threadsafe(look)

    def check(self) -> str:
        """A sentence that says what works; raises OSError with one that says what does not."""
        return ""
