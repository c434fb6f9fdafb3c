"""How long from an event to the paint that shows it, at 4 times CPU throttle: `python -m tests.browser.measure_event_to_paint`.

A customer writes in the open conversation of a list of fifty; the clock starts when that is committed and stops in
the first frame after the page changed. Page and server have shown three others before. Prints one JSON object:
events, dom_p50_ms, dom_p95_ms, paint_p50_ms, paint_p95_ms (milliseconds), missed, and the median of each stretch of
the way: heard (the frame of the live link is here), asked (the request has left), answered (its answer is here), shown
(it stands in the page), painted.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.browser.staging import Stage
from tests.databases import migrated_database
from tools.chromium import chromium

# When the words appear in the thread, and when the frame that shows them has been handed to the compositor.
WATCH = """
window.seen = {};
new MutationObserver(() => {
  for (const found of document.querySelector('#messages').textContent.matchAll(/event-(\\d+)-/g)) {
    if (seen[found[1]]) continue;
    const dom = performance.timeOrigin + performance.now();
    const entry = (seen[found[1]] = { dom });
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => (entry.paint = performance.timeOrigin + performance.now());
      after.port2.postMessage(0);
    });
  }
}).observe(document.querySelector('#thread'), { childList: true, subtree: true, characterData: true });
"""
SAY = """
import time
with transaction.atomic():
    stamp = []
    transaction.on_commit(lambda: stamp.append(time.time()))
    actions.receive(world.inbox, Inbound(external_id='measure-{n}', sender='anna', text='event-{n}-'), customer=world.anna,
                    conversation=one({number}))
stamp[0]
"""

SHOWN_BEFORE = 3


class Way:
    """When the page heard of an event, asked and was answered, in milliseconds of the wall clock."""

    def __init__(self, session: CDPSession) -> None:
        self.heard: list[float] = []
        self.asked: list[float] = []
        self.answered: list[float] = []
        self._offset = 0.0
        self._requests: set[str] = set()
        session.on("Network.webSocketFrameReceived", lambda event: self.heard.append(event["timestamp"] * 1000))
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._loaded)
        session.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        if "/inbox/changes/" in event["request"]["url"]:
            self._offset = (event["wallTime"] - event["timestamp"]) * 1000
            self._requests.add(event["requestId"])
            self.asked.append(event["timestamp"] * 1000)

    def _loaded(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._requests:
            self.answered.append(event["timestamp"] * 1000)

    def stretches(self, events: Iterable[tuple[float, float, float]]) -> dict[str, float]:
        """Medians for events of (committed, in the page, painted)."""
        found: dict[str, list[float]] = {"heard": [], "asked": [], "answered": [], "shown": [], "painted": []}
        for committed, shown, painted in events:
            moments = [committed]
            for kind in (self.heard, self.asked, self.answered):
                moments.append(next((at + self._offset for at in kind if at + self._offset > moments[-1]), moments[-1]))
            moments += [shown, painted]
            for name, (before, after) in zip(found, pairwise(moments), strict=True):
                found[name].append(after - before)
        return {name: round(statistics.median(took), 1) for name, took in found.items()}


def percentile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1)


def measure(page: Page, stage: Stage, number: int, *, events: int) -> dict[str, Any]:
    for n in range(-SHOWN_BEFORE, 0):
        stage.run(SAY.format(n=n, number=number))
        page.wait_for_timeout(500)
    way = Way(page.context.new_cdp_session(page))
    started = {}
    for n in range(events):
        started[n] = stage.run(SAY.format(n=n, number=number)) * 1000
        page.wait_for_timeout(350)
    page.wait_for_timeout(1_000)
    seen = {int(n): moment for n, moment in page.evaluate("window.seen").items()}
    dom = [seen[n]["dom"] - at for n, at in started.items() if n in seen]
    paint = [seen[n]["paint"] - at for n, at in started.items() if n in seen and "paint" in seen[n]]
    return {
        "events": events,
        "dom_p50_ms": round(statistics.median(dom), 1),
        "dom_p95_ms": percentile(dom, 0.95),
        "paint_p50_ms": round(statistics.median(paint), 1),
        "paint_p95_ms": percentile(paint, 0.95),
        "missed": events - len(paint),
        "p50_ms_of": way.stretches((started[n], at["dom"], at["paint"]) for n, at in seen.items() if "paint" in at),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=30)
    parser.add_argument("--throttle", type=float, default=4)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        migrated_database(Path(home)) as database,
        chromium() as browser,
    ):
        stage = Stage(Path(home), database)
        stage.run(
            "from django.db import transaction\nfrom opieka.channels.base import Inbound\n[held(f'Rozmowa {n}') for n in range(50)]"
        )
        number = stage.run("held('Mierzona')")
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": stage.run("login('piotr')"), "url": stage.url}])
        page = context.new_page()
        page.goto(f"{stage.url}/conversations/{number}/?view=team")
        page.wait_for_selector("#live[data-link=up]", state="attached")
        page.evaluate(WATCH)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": options.throttle})
        result = measure(page, stage, number, events=options.events)
        stage.end()
    sys.stdout.write(json.dumps({"throttle": options.throttle, **result}) + "\n")


if __name__ == "__main__":
    main()
