"""The tasks behind all connections of a process: reading the table, tending the connections, asking again for rights."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from opieka.plumbing.live import drivers
from opieka.plumbing.live.hub import Hub
from opieka.plumbing.live.reading import Reader
from opieka.plumbing.live.subscription import standing

Result = TypeVar("Result")

LOOK_EVERY = 0.25
AT_MOST_EVERY = 0.03
TEND_EVERY = 1.0
ASK_AGAIN_EVERY = 3.0
AFTER_TROUBLE = 1.0

log = structlog.get_logger("opieka.live")


class Feed:
    """Reads only while somebody listens. `ready` is set while every new change reaches the hub."""

    def __init__(self, hub: Hub) -> None:
        self.ready = asyncio.Event()
        self.looked_at = 0.0
        self._hub = hub
        self._reader = Reader()
        self._news = asyncio.Event()
        # Reading has a thread of its own, so that a crowd that connects at once does not hold it up.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="live-read")
        self._asking = ThreadPoolExecutor(2, thread_name_prefix="live-ask")
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def seq(self) -> int:
        return self._reader.seq

    def start(self) -> None:
        work = (self._read(), self._tend(), drivers.chosen().listen(self._news.set))
        self._tasks = [asyncio.create_task(one) for one in work]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for pool in (self._reading, self._asking):
            pool.submit(connection.close)
            pool.shutdown(wait=False)

    async def ask(self, question: Callable[[], Result]) -> Result:
        """The answer of a function that uses the database."""
        return await asyncio.get_running_loop().run_in_executor(self._asking, _with_database, question)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._hub.occupied.wait()
            self.looked_at = time.monotonic()
            try:
                if not self.ready.is_set():
                    await loop.run_in_executor(self._reading, _with_database, self._reader.start)
                    self.ready.set()
                woken = False
                while self._hub.occupied.is_set():
                    changes = await loop.run_in_executor(self._reading, _with_database, self._reader.new)
                    self._hub.spread(changes)
                    self.looked_at = time.monotonic()
                    # A burst goes together. After a look that nobody asked for and that found nothing, news are due at once.
                    if changes or woken:
                        await asyncio.sleep(AT_MOST_EVERY)
                    woken = await self._news_came()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database does not answer; live updates wait", error=str(error))
                # It stays ready: reading goes on from where it was, and nobody misses anything.
                await asyncio.sleep(AFTER_TROUBLE)
            else:
                self.ready.clear()

    async def _news_came(self) -> bool:
        """Wait until this process is told of something, or until it is time to look without that."""
        try:
            async with asyncio.timeout(LOOK_EVERY - AT_MOST_EVERY):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True

    async def _tend(self) -> None:
        asked = time.monotonic()
        while True:
            await asyncio.sleep(TEND_EVERY)
            self._hub.tend(self.seq)
            if time.monotonic() - asked >= ASK_AGAIN_EVERY and (marks := self._hub.marks()):
                asked = time.monotonic()
                try:
                    kept = await self.ask(lambda marks=marks: standing(marks))  # type: ignore[misc]
                except (OperationalError, InterfaceError):
                    continue
                self._hub.end_marks(marks - kept, reason="You are logged out.")


def _with_database(question: Callable[[], Result]) -> Result:
    """Run it in this thread, whose connection is renewed when it is old or broken."""
    close_old_connections()
    try:
        return question()
    except (OperationalError, InterfaceError):
        connection.close()
        raise
