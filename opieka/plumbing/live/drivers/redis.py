"""Between processes, over Redis. Only "look" travels, so that nothing is lost when Redis is away."""

import asyncio
import threading
import time
from functools import cached_property
from typing import Any

import structlog

from opieka.plumbing.live.drivers.base import Driver

CHANNEL = "opieka:live"
TIMEOUT = 0.5
REST = 5.0
LONGEST_PAUSE = 5.0

log = structlog.get_logger("opieka.live")


class Redis(Driver):
    """`redis://host:6379/0` or `rediss://…`; `?channel=NAME` keeps installations on one Redis apart."""

    def __init__(self, url: str) -> None:
        address, _, channel = url.partition("?channel=")
        super().__init__(address)
        self.channel = channel or CHANNEL
        self._rests_until = 0.0
        self._lock = threading.Lock()

    @cached_property
    def _client(self) -> Any:
        import redis

        return redis.Redis.from_url(self.url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)

    def announce(self) -> None:
        from redis import RedisError

        self._look()
        # While Redis is away nobody waits for it again and again: the table is looked at anyway.
        if time.monotonic() < self._rests_until:
            return
        try:
            self._client.publish(self.channel, b"")
        except RedisError as error:
            self._rests_until = time.monotonic() + REST
            log.warning("redis does not answer; live updates take a moment longer", error=str(error))

    async def _listen(self) -> None:
        from redis import RedisError

        pause = 0.2
        while True:
            began = time.monotonic()
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                log.warning("redis does not answer; live updates take a moment longer", error=str(error))
            pause = 0.2 if time.monotonic() - began > LONGEST_PAUSE else min(LONGEST_PAUSE, pause * 2)
            await asyncio.sleep(pause)

    async def _hear(self) -> None:
        from redis.asyncio import Redis as AsyncRedis

        async with AsyncRedis.from_url(self.url, health_check_interval=15) as client, client.pubsub() as heard:
            await heard.subscribe(self.channel)
            async for message in heard.listen():
                if message["type"] == "message":
                    self._look()

    def check(self) -> str:
        from redis import RedisError

        try:
            self._client.ping()
        except RedisError as error:
            raise OSError(f"Redis does not answer: {error}") from error
        return "Redis answers; live updates travel between processes."
