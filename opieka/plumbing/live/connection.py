"""One listener. What it has not yet been told is a set of topics, so that a slow one costs no memory."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable

from opieka.plumbing.live.reading import EVERYTHING
from opieka.plumbing.live.subscription import Subscription

MOST_PENDING = 500

ENDED = 4401
TOO_MANY = 4429
TOO_SLOW = 4408

Write = Callable[[str], Awaitable[None]]


def frame(seq: int, changed: Iterable[str]) -> str:
    """`{"seq": 812, "changed": ["conversation:7", "inbox"]}`; `changed` may be empty or ["*"] (everything)."""
    return json.dumps({"seq": seq, "changed": sorted(changed)}, separators=(",", ":"))


class Connection:
    """`write` sends one frame and waits while the other side does not read. `closed` is set with the reason to end."""

    def __init__(self, subscription: Subscription, address: str, write: Write) -> None:
        self.subscription = subscription
        self.address = address
        self.closed: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self.heard_at = time.monotonic()
        self.writing_since: float | None = None
        self._write = write
        self._seq = 0
        self._pending: set[str] = set()
        self._due = False
        self._task: asyncio.Task[None] | None = None

    def tell(self, seq: int, changed: Iterable[str], *, text: str = "") -> None:
        """Have it told soon; what waits is told in one frame. `text` is the frame, where it was made already."""
        if self.closed.done():
            return
        ready = text if text and not self._pending and self._task is None else ""
        self._seq = max(self._seq, seq)
        self._pending.update(changed)
        if len(self._pending) > MOST_PENDING:
            self._pending = {EVERYTHING}
        self._due = True
        if self._task is None:
            self._task = asyncio.create_task(self._flush(ready))

    async def _flush(self, ready: str) -> None:
        try:
            while self._due:
                text = ready or frame(self._seq, self._pending)
                ready, self._pending, self._due = "", set(), False
                self.writing_since = time.monotonic()
                await self._write(text)
                self.writing_since, self.heard_at = None, time.monotonic()
        except OSError:
            self.end(ENDED, "The connection is gone.")
        finally:
            self._task = None

    def end(self, code: int, reason: str) -> None:
        if not self.closed.done():
            self.closed.set_result((code, reason))

    def stop_writing(self) -> None:
        """Give up what is being written; for a connection that is over."""
        if self._task is not None:
            self._task.cancel()
