"""From a visitor's message to the pages of all agents, while many visitors are connected."""

import asyncio
import itertools
import json
import resource
import time
import urllib.request
from collections.abc import Iterable
from typing import Any

import websockets

from opieka.plumbing.trial import Failed, Trial, trial

SCENE = "opieka.cli.bench.scene"
BETWEEN_SECONDS = 0.7
AT_ONCE = 25
OF_A_SESSION, OF_A_VISITOR = 20, 6
SETTLE_SECONDS = 3.0


def measure(*, agents: int, visitors: int, messages: int) -> dict[str, Any]:
    """The figures of `opieka bench live`, in milliseconds from the moment a message is sent to us over HTTP.

    `event_p95_ms` is when the first agent hears of it, `fanout_p99_ms` when each of them does; `missed` counts agents
    who were not told of a message; `kib_per_connection` is what one idle visitor adds to the process.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with trial(settings={"OPIEKA_LIVE_PER_ADDRESS": str(agents + visitors + 10)}) as product:
        scene = product.play(SCENE, str(-(-agents // OF_A_SESSION)), str(-(-visitors // OF_A_VISITOR)))
        product.start()
        return asyncio.run(_measured(product, scene, agents, visitors, messages))


async def _measured(product: Trial, scene: dict[str, Any], agents: int, visitors: int, messages: int) -> dict[str, Any]:
    cookies = [{"Cookie": f"sessionid={key}"} for key in scene["sessions"]]
    listeners = await _connect(product, [("", cookie) for cookie in itertools.islice(itertools.cycle(cookies), agents)])
    await asyncio.sleep(1)
    before = product.memory_kib()
    tokens = itertools.islice(itertools.cycle(scene["visitors"]), visitors)
    idle = await _connect(product, [(f"?visitor={token}", {}) for token in tokens])
    await asyncio.sleep(1)
    each = (product.memory_kib() - before) / max(1, visitors)
    heard: list[dict[str, float]] = [{} for _ in listeners]
    reading = [asyncio.create_task(_listen(*pair)) for pair in zip(listeners, heard, strict=True)]
    sent = await _say_things(product, scene["chat"], messages)
    await asyncio.sleep(SETTLE_SECONDS)
    for task in reading:
        task.cancel()
    await asyncio.gather(*(one.close() for one in [*listeners, *idle]), return_exceptions=True)
    return _figures(sent, heard) | {"agents": agents, "visitors": visitors, "kib_per_connection": round(each, 1)}


async def _connect(product: Trial, listeners: Iterable[tuple[str, dict[str, str]]]) -> list[Any]:
    address = f"ws://127.0.0.1:{product.port}/live"
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(query: str, headers: dict[str, str]) -> Any:
        async with gate:
            return await websockets.connect(address + query, additional_headers=headers, compression=None)

    return list(await asyncio.gather(*(one(*listener) for listener in listeners)))


async def _listen(socket: Any, heard: dict[str, float]) -> None:
    """Note when a conversation was heard of for the first time."""
    async for text in socket:
        now = time.monotonic()
        for topic in json.loads(text)["changed"]:
            if topic.startswith("conversation:"):
                heard.setdefault(topic, now)


async def _say_things(product: Trial, key: str, messages: int) -> list[float]:
    """Each message is of a new visitor, so that each makes a conversation of its own. When each was sent."""
    moments = []
    for number in range(messages):
        visitor = await asyncio.to_thread(_post, product, f"/widget/{key}/session", {}, "")
        moments.append(time.monotonic())
        said = {"client_id": str(number), "text": f"Pytanie {number}"}
        await asyncio.to_thread(_post, product, f"/widget/{key}/messages", said, visitor["visitor"])
        await asyncio.sleep(BETWEEN_SECONDS)
    return moments


def _post(product: Trial, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(product.url + path, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - Our own address.
            found: dict[str, Any] = json.loads(answer.read())
    except OSError as error:
        raise Failed(f"{path} did not answer: {error}") from error
    return found


def _figures(sent: list[float], heard: list[dict[str, float]]) -> dict[str, Any]:
    """Conversations are begun one after another, so their order is that of the messages."""
    topics = sorted({topic for one in heard for topic in one}, key=lambda topic: int(topic.split(":")[1]))
    took = [
        [(one[topic] - moment) * 1000 for one in heard if topic in one]
        for topic, moment in zip(topics, sent, strict=False)
    ]
    told = sorted(itertools.chain.from_iterable(took))
    first = sorted(min(one) for one in took if one)
    return {
        "messages": len(sent),
        "event_p95_ms": _percentile(first, 95),
        "fanout_p99_ms": _percentile(told, 99),
        "missed": len(sent) * len(heard) - len(told),
    }


def _percentile(ordered: list[float], share: int) -> float | None:
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 1) if ordered else None
