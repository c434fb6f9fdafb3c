"""What tests of the chat say and ask: in its panel, and of the double that answers it."""

import time
from typing import Any

from playwright.sync_api import Frame, expect


def write(panel: Frame, text: str) -> None:
    panel.fill("#write", text)
    panel.press("#write", "Enter")


def wait_until_all_is_sent(panel: Frame) -> None:
    """Nothing waits, and nothing is under way any more."""
    expect(panel.locator(".q")).to_have_count(0)
    expect(panel.locator(".by", has_text="Wysyłanie")).to_have_count(0)


def conversation(care: Any) -> Any:
    return list(care.double.conversations.values())[-1]


def texts(care: Any, author: str = "customer") -> list[str]:
    return [message["text"] for message in conversation(care).messages if message["author"] == author]


def quickest(care: Any, panel: Frame, *, of: int = 3) -> float:
    """Seconds until a message of an agent appears; the calmest of several, for the machine has other work too."""
    took = []
    for n in range(of):
        began = time.monotonic()
        conversation(care).add(double("message")("agent", f"Dzień dobry po raz {n}"))
        expect(panel.locator(".h .say").last).to_have_text(f"Dzień dobry po raz {n}", timeout=15_000)
        took.append(time.monotonic() - began)
    return min(took)


def double(name: str) -> Any:
    from tests.browser.conftest import double_module

    return getattr(double_module().scenes, name)
