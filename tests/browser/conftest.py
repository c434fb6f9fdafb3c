"""Chromium, as Debian ships it, and the widget's stand-in server."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page

from tests.browser.staging import server, sit, stage, violations  # noqa: F401 - fixtures of the whole product.
from tools.chromium import chromium as launched

ROOT = Path(__file__).resolve().parents[2]
# The launcher lives in a closed shadow root. Tests look inside it; the page under test still cannot.
OPEN_SHADOWS = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
"""


# Of one module only: while Playwright's loop runs in this thread, Django refuses the database to other tests.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def double_module() -> Any:
    """widget/dev/server.py, which is no package of ours."""
    path = ROOT / "widget/dev/server.py"
    if "opieka_widget_double" not in sys.modules:
        spec = importlib.util.spec_from_file_location("opieka_widget_double", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules["opieka_widget_double"] = module
        spec.loader.exec_module(module)
    return sys.modules["opieka_widget_double"]


@pytest.fixture
def care() -> Iterator[Any]:
    """The stand-in server on two ports: the shop's page and the widget."""
    with double_module().Running() as running:
        yield running


class Shop:
    """A customer's browser on the shop's page."""

    def __init__(self, context: BrowserContext, care: Any) -> None:
        self.context = context
        self.care = care
        self.page: Page = context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def visit(self, path: str = "/", *, remembered: str = "", **query: str) -> "Shop":
        """Open the page; `remembered` is the visitor's token this device kept."""
        if remembered:
            kept = json.dumps({"visitor": remembered, "outbox": []})
            self.context.add_init_script(
                "if (location.pathname.startsWith('/widget/') && !localStorage.getItem('opieka:demo'))"
                f"localStorage.setItem('opieka:demo', {kept!r})"
            )
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.care.shop}{path}?{asked}")
        self.launcher.wait_for()
        return self

    @property
    def launcher(self) -> Locator:
        return self.page.locator("button.l")

    def open(self) -> Frame:
        self.page.evaluate("Opieka.open()")
        return self.panel()

    def panel(self) -> Frame:
        """The frame, once it is shown."""
        self.page.locator("iframe").wait_for(state="visible")
        frame = next(frame for frame in self.page.frames if "/widget/" in frame.url)
        frame.locator("section.w").wait_for()
        return frame


@pytest.fixture
def shop(chromium: Browser, care: Any) -> Iterator[Shop]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="pl-PL")
    context.add_init_script(OPEN_SHADOWS)
    shop = Shop(context, care)
    yield shop
    context.close()
    assert shop.errors == []


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as the package axe-playwright-python carries it."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def found_by_axe(frame: Frame | Page, axe: str) -> list[str]:
    """What axe finds by the rules of WCAG 2.2 AA and its best practices."""
    frame.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = frame.evaluate(
        "tags => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })", tags
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
