"""Chromium, a picture of what it shows, and what axe says about it."""

import io
import json
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from tools.pictures.product import ROOT

SIZES = {"1440": (1440, 900), "390": (390, 844)}
THEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETTLED_MS = 250


def window(browser: Browser, *, size: str, theme: str, state: Any = None) -> BrowserContext:
    """A fresh window: Polish, Warsaw time, still."""
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="pl-PL",
        timezone_id="Europe/Warsaw",
        has_touch=size == "390",
        storage_state=state,
    )


def settle(page: Page) -> None:
    """Wait until fonts are there and nothing moves any more."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(SETTLED_MS)


def take(page: Page, path: Path) -> None:
    """A picture of the window in at most 256 colours, which screens do not need more of."""
    settle(page)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    shot.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds on the page and in its frames: rule, impact, and the elements it is about."""
    settle(page)
    found = []
    for frame in page.frames:
        # What lies inert behind a full-screen panel is not the page anybody meets.
        if frame.url.startswith("http") and not frame.evaluate("document.body.inert"):
            found += _violations(frame)
    return found


def _violations(frame: Frame) -> list[dict[str, Any]]:
    frame.evaluate(axe())
    asked = json.dumps({"iframes": False, "resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}})
    report = frame.evaluate(f"axe.run(document, {asked})")
    return [
        {
            "rule": one["id"],
            "impact": one["impact"],
            "help": one["help"],
            "where": [f"{' '.join(map(str, node['target']))}  {node['html'][:160]}" for node in one["nodes"]],
        }
        for one in report["violations"]
    ]


@cache
def axe() -> str:
    """The source of axe-core: what is installed, else fetched by npm into a folder of its own."""
    package = find_spec("axe_playwright_python")
    places = [ROOT / "widget" / "node_modules" / "axe-core" / "axe.min.js"]
    if package and package.origin:
        places.append(Path(package.origin).parent / "axe.min.js")
    for place in places:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="opieka-axe-") as folder:
        subprocess.run(
            ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, "axe-core@4"],
            check=True,
            capture_output=True,
        )
        return Path(folder, "node_modules", "axe-core", "axe.min.js").read_text(encoding="utf-8")
