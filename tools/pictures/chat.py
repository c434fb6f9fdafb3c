"""The customer's side that has no address of its own: the chat on the shop's page, and a survey from question to thanks."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Frame, Page
from playwright.sync_api import TimeoutError as TookTooLong

from tools.pictures.product import Product

ANSWER_MS = 12_000
SURE = "jak zwrócić buty"
UNSURE = "Ile mam czasu na zwrot?"


def chat_scenes(product: Product, context: BrowserContext) -> Iterator[tuple[str, Page]]:
    """One visitor's conversation, stopping at each state worth a picture."""
    page = context.new_page()
    page.goto(f"{product.address}/demo/sklep/")
    page.wait_for_timeout(1500)
    yield "chat-closed", page
    frame = opened(page)
    yield "chat-welcome", page
    say(frame, SURE)
    await_reply(frame, ".ans")
    yield "chat-quote", page
    say(frame, UNSURE)
    await_reply(frame, ".opt")
    yield "chat-choices", page
    context.set_offline(True)
    page.wait_for_timeout(2500)
    say(frame, "A czy mogę odebrać osobiście?")
    page.wait_for_timeout(1500)
    yield "chat-offline", page
    context.set_offline(False)
    page.wait_for_timeout(2500)
    call_person(frame)
    page.wait_for_timeout(2500)
    yield "chat-waiting", page
    product.ask("answer")
    page.wait_for_timeout(2500)
    yield "chat-person", page
    product.ask("resolve")
    page.wait_for_timeout(2500)
    yield "chat-rating", page
    page.close()


def opened(page: Page) -> Frame:
    """Press the launcher, which lies in a closed shadow root and is found by its place alone."""
    size = page.viewport_size or {"width": 0, "height": 0}
    page.mouse.click(size["width"] - 48, size["height"] - 48)
    for _ in range(60):
        frame = next((one for one in page.frames if urlsplit(one.url).path.startswith("/widget/")), None)
        if frame and frame.query_selector("#write"):
            page.wait_for_timeout(600)
            return frame
        page.wait_for_timeout(250)
    raise TookTooLong("The chat did not open.")


def say(frame: Frame, text: str) -> None:
    frame.fill("#write", text)
    frame.press("#write", "Enter")


def await_reply(frame: Frame, selector: str) -> None:
    """Wait for what is hoped for; when the assistant decides otherwise, the picture shows that instead."""
    try:
        frame.wait_for_selector(selector, timeout=ANSWER_MS)
    except TookTooLong:
        frame.wait_for_timeout(500)


def call_person(frame: Frame) -> None:
    button = frame.query_selector(".hum") or frame.query_selector(".opt.none")
    if button:
        button.click()
    else:
        say(frame, "człowiek")


def survey_scenes(product: Product, context: BrowserContext) -> Iterator[tuple[str, Page]]:
    page = context.new_page()
    token = product.ask("survey")["token"]
    page.goto(f"{product.address}/ankieta/{token}/")
    yield "survey-question", page
    page.locator("button[name=score], input[name=score] + *, .face").nth(3).click()
    page.wait_for_load_state()
    yield "survey-reason", page
    page.locator("main button[type=submit], main button:not([type])").last.click()
    page.wait_for_load_state()
    yield "survey-thanks", page
    page.close()


JOURNEYS: list[Callable[[Product, BrowserContext], Iterator[tuple[str, Page]]]] = [chat_scenes, survey_scenes]
