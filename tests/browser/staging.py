"""The whole product in a process of its own, and pages signed in to it. Fixtures for every test with a browser.

`server` is the stage (see stage.py), emptied before each test: `server.url`, and `server.run("held('Halo')")` runs
Python there. `sit("piotr")` opens a page signed in as that member; `sit(None)` one of a stranger. `violations(page)`
lists what breaks WCAG 2.2 AA.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

from tests.databases import migrated_database

ROOT = Path(__file__).resolve().parent.parent.parent
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Stage:
    """The running product, and a line to it."""

    def __init__(self, home: Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.stage", str(self.port), str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=kept | {"OPIEKA_DATABASE_URL": database},
            text=True,
        )
        self.run("None")
        self._wait()

    def run(self, source: str) -> Any:
        """Run Python on the stage: the value of its last line."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(source) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "The stage is gone."}')
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def until(self, source: str, wanted: Any, *, seconds: float = 20) -> None:
        """Wait until these lines have that value: what workers do takes as long as the machine lets them."""
        end = time.monotonic() + seconds
        while (found := self.run(source)) != wanted:
            assert time.monotonic() < end, f"{source} is {found!r}, not {wanted!r}"
            time.sleep(0.05)

    def _wait(self) -> None:
        for _ in range(600):
            try:
                urlopen(f"{self.url}/login/", timeout=5).close()
                return
            except OSError:  # Refused, or too busy to answer in time.
                time.sleep(0.1)
        raise AssertionError("The stage does not answer.")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=15)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("stage")
    with migrated_database(home) as database:
        running = Stage(home, database)
        yield running
        running.end()


@pytest.fixture
def server(stage: Stage) -> Stage:
    stage.run("clear()")
    return stage


@pytest.fixture
def sit(server: Stage, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page as a member of the world; an error in one of its scripts fails the test."""
    opened, errors = [], []

    def open_page(name: str | None = "piotr", path: str = "/", **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(locale="pl-PL", **options)
        opened.append(context)
        if name:
            cookie = {"name": "sessionid", "value": server.run(f"login({name!r})"), "url": server.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(8_000)
        page.goto(server.url + path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert errors == [], errors


def row(page: Page, number: int) -> Locator:
    """The row of that conversation in the list."""
    return page.locator(f'#rows a[href="/conversations/{number}/"]')


def hold_back(page: Page | BrowserContext, pattern: str) -> list[Route]:
    """Requests for that address, each waiting for its `continue_()`."""
    waiting: list[Route] = []

    def keep(route: Route) -> None:
        waiting.append(route)

    page.route(pattern, keep)
    return waiting


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """What violates WCAG 2.2 A and AA on a page, each with the elements it is about."""
    script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

    def check(page: Page) -> list[str]:
        page.evaluate(script)
        found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(WCAG)}}})")
        return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found["violations"]]

    return check
