"""A customer on the demo shop's own page: the real widget, the real assistant with its encoder, one process."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import OPEN_SHADOWS, found_by_axe

ROOT = Path(__file__).resolve().parents[2]
SLOW_MACHINE = 20_000
pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Demo:
    """`opieka demo --run` in a process of its own."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPIEKA_", "DJANGO_"))}
        command = [sys.executable, "-m", "opieka.cli", "demo", "--run", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=kept | {"OPIEKA_HOME": str(home), "OPIEKA_PUBLIC_URL": self.url, "OPIEKA_LOG_LEVEL": "ERROR"},
            stdout=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        for _ in range(1200):
            assert self.process.poll() is None, "The demo has ended by itself."
            try:
                urlopen(f"{self.url}/login/", timeout=5).close()
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("The demo does not answer.")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"))
    yield running
    running.end()


@pytest.fixture
def page(chromium: Browser, demo: Demo) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="pl-PL")
    context.set_default_timeout(SLOW_MACHINE)
    context.add_init_script(OPEN_SHADOWS)
    page = context.new_page()
    page.goto(f"{demo.url}/demo/sklep/")
    yield page
    context.close()


def panel_of(page: Page) -> Frame:
    page.locator("button.l").click()
    page.locator("iframe").wait_for(state="visible")
    frame = next(frame for frame in page.frames if "/widget/" in frame.url)
    frame.locator("textarea").wait_for()
    return frame


def write(panel: Frame, text: str) -> None:
    panel.locator("textarea").fill(text)
    panel.locator("textarea").press("Enter")


@pytest.mark.proves(28)
@pytest.mark.parametrize(
    ("asked", "words"), [("kiedy dojdzie moja paczka", r"paczk|przesyłk"), ("jak zwrócić buty", r"zwro|zwrac|odes")]
)
def test_a_question_is_answered_with_a_quotation_from_an_article(page: Page, demo: Demo, asked: str, words: str):
    panel = panel_of(page)
    write(panel, asked)

    answer = panel.locator(".ans").first
    expect(answer.locator("blockquote")).to_contain_text(re.compile(words, re.IGNORECASE), timeout=SLOW_MACHINE)
    source = answer.locator("a.src").get_attribute("href")
    assert source
    assert "/pomoc/pl/" in source


def test_what_no_article_says_gets_choices_or_a_person_and_never_an_invention(page: Page):
    panel = panel_of(page)
    write(panel, "czy wasz prezes lubi grać w szachy korespondencyjne z Islandczykami")

    expect(panel.locator(".opt, .wait, .sys, form [name=email]").first).to_be_visible(timeout=SLOW_MACHINE)
    expect(panel.locator("blockquote")).to_have_count(0)


def test_written_offline_it_is_sent_once_and_in_order(page: Page):
    panel = panel_of(page)
    write(panel, "jak zwrócić buty")
    expect(panel.locator(".ans").first).to_be_visible(timeout=SLOW_MACHINE)

    page.context.set_offline(True)
    write(panel, "Pierwsze bez sieci")
    write(panel, "Drugie bez sieci")
    expect(panel.locator(".q")).to_have_count(2)
    page.context.set_offline(False)

    expect(panel.locator(".q")).to_have_count(0, timeout=SLOW_MACHINE)
    said = [text for text in panel.locator(".me .say").all_inner_texts() if "bez sieci" in text]
    assert said == ["Pierwsze bez sieci", "Drugie bez sieci"]


def test_axe_finds_nothing_in_a_real_conversation(page: Page, axe: str):
    panel = panel_of(page)
    write(panel, "kiedy dojdzie moja paczka")
    expect(panel.locator(".ans").first).to_be_visible(timeout=SLOW_MACHINE)

    assert found_by_axe(panel, axe) == []
