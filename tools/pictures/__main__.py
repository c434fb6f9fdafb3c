"""Take the pictures, or measure accessibility."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserFailed

from tools.chromium import chromium
from tools.pictures.chat import JOURNEYS
from tools.pictures.looking import SIZES, THEMES, take, violations, window
from tools.pictures.product import ROOT, Product, running
from tools.pictures.screens import EMPTY, SCREENS, Screen

FOLDER = ROOT / "docs" / "pictures"
MOST_PROBLEMS = 3
Look = Callable[[Page, str], None]


def main() -> int:
    options = arguments()
    troubles: list[str] = []
    look = measure(troubles) if options.axe else picture(options.into)
    passes = [Pass(size, theme, options.only, look, troubles) for size in options.sizes for theme in THEMES]
    with chromium() as browser:
        if any(one.wants(screen.name) for one in passes for screen in EMPTY):
            with running(empty=True) as product:
                for one in passes:
                    see_screens(browser, product, {}, EMPTY, one)
        with running() as product:
            states = {who: logged_in(browser, product, who) for who in ("agent", "manager", "owner")}
            for one in passes:
                sys.stdout.write(f"{one.size} {one.theme}\n")
                see_screens(browser, product, states, SCREENS, one)
                see_journeys(browser, product, one)
    sys.stdout.write("\n".join(troubles) + "\n" if troubles else "")
    return 1 if troubles else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("--only", default="", help="only screens whose name contains this; several, with commas")
    parser.add_argument("--axe", action="store_true", help="measure accessibility instead of taking pictures")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder of the pictures")
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES))
    return parser.parse_args()


class Pass:
    """One size and theme, and what is done with each screen."""

    def __init__(self, size: str, theme: str, only: str, look: Look, troubles: list[str]) -> None:
        self.size, self.theme, self.look, self.troubles = size, theme, look, troubles
        self.only = [part for part in only.split(",") if part]

    def wants(self, name: str) -> bool:
        return not self.only or any(part in name for part in self.only)

    def see(self, page: Page, name: str) -> None:
        self.look(page, f"{name}-{self.size}-{self.theme}")
        sys.stdout.write(f"  {name}\n")
        sys.stdout.flush()

    def note(self, name: str, trouble: object) -> None:
        self.troubles.append(f"{name}-{self.size}-{self.theme}: {trouble}")


def picture(folder: Path) -> Look:
    return lambda page, name: take(page, folder / f"{name}.png")


def measure(troubles: list[str]) -> Look:
    def look(page: Page, name: str) -> None:
        for found in violations(page):
            troubles.append(f"{name}: {found['rule']} ({found['impact']}) {found['help']}")
            troubles.extend(f"    {where}" for where in found["where"][:4])

    return look


def logged_in(browser: Browser, product: Product, who: str) -> Any:
    """The cookies of somebody who came in through the login form."""
    context = browser.new_context(locale="pl-PL")
    page = context.new_page()
    page.goto(f"{product.address}/login/")
    page.fill("input[name=login]", product.known[who])
    page.fill("input[name=password]", product.known["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    state = context.storage_state()
    context.close()
    return state


def see_screens(browser: Browser, product: Product, states: dict[str, Any], screens: list[Screen], one: Pass) -> None:
    wanted = [screen for screen in screens if one.size in screen.sizes and one.wants(screen.name)]
    for who in ("agent", "manager", "owner", ""):
        mine = [screen for screen in wanted if screen.who == who]
        if not mine:
            continue
        context = window(browser, size=one.size, theme=one.theme, state=states.get(who))
        for screen in mine:
            page = context.new_page()
            try:
                visit(page, product, screen, one)
            except BrowserFailed as failed:
                one.note(screen.name, str(failed).splitlines()[0])
            page.close()
        context.close()


def visit(page: Page, product: Product, screen: Screen, one: Pass) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    if screen.status == 200:
        page.on("console", lambda said: problems.append(f"console: {said.text}") if said.type == "error" else None)
    if screen.walked:
        product.ask("walk", screen.walked)
    address = screen.address.format(**product.known)
    response = page.goto(address if address.startswith("http") else f"{product.address}{address}")
    if response is None or response.status != screen.status:
        one.note(screen.name, f"{address} answered {response.status if response else 'nothing'}")
        return
    if "/account/again/" in page.url:
        confirm(page, product)
    screen.then(page)
    one.see(page, screen.name)
    for trouble in [*list(dict.fromkeys(problems))[:MOST_PROBLEMS], *overflow(page)]:
        one.note(screen.name, trouble)


def confirm(page: Page, product: Product) -> None:
    """Some pages ask once more whether it is really you."""
    page.fill("input[name=password]", product.known["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/account/again/" not in address)


def overflow(page: Page) -> Iterator[str]:
    """A page wider than its window: something sticks out to the side."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        yield f"is {wide} px wider than its window"


def see_journeys(browser: Browser, product: Product, one: Pass) -> None:
    for journey in JOURNEYS:
        if one.only and not any(part.startswith(journey.__name__.split("_")[0]) for part in one.only):
            continue
        context = window(browser, size=one.size, theme=one.theme)
        try:
            for name, page in journey(product, context):
                if one.wants(name):
                    one.see(page, name)
        except BrowserFailed as failed:
            one.note(journey.__name__, str(failed).splitlines()[0])
        context.close()


if __name__ == "__main__":
    sys.exit(main())
