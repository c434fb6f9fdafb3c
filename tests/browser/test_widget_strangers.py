"""The widget among pages, styles and messages that are not its own, and what it keeps of a visitor."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chatting import conversation, double, write
from tests.browser.conftest import Shop

pytestmark = pytest.mark.browser


class TestStrangers:
    def test_the_shops_strict_policy_and_trusted_types_are_met(self, shop: Shop):
        refused: list[str] = []
        shop.page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
        shop.visit("/strict/")
        shop.open()

        assert [text for text in refused if "Content Security Policy" in text or "Trusted" in text] == []

    def test_a_hostile_style_sheet_changes_nothing_of_ours_nor_we_of_its(self, shop: Shop):
        shop.visit("/hostile/")
        box = shop.launcher.bounding_box()
        assert box == {"x": 1196, "y": 716, "width": 60, "height": 60}
        assert shop.launcher.evaluate("e => getComputedStyle(e).borderRadius") == "50%"
        before = shop.page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")
        shop.open()

        box = shop.page.locator("iframe").bounding_box()
        assert box == {"x": 864, "y": 40, "width": 392, "height": 660}
        assert shop.page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == before

    def test_the_page_cannot_reach_into_the_launcher(self, chromium: Browser, care: Any):
        page = chromium.new_page()
        page.goto(f"{care.shop}/")
        page.wait_for_timeout(300)
        found = page.evaluate("[...document.querySelectorAll('html > div')].map(e => e.shadowRoot)")
        page.close()

        assert found == [None]

    def test_messages_of_strangers_are_not_heard(self, shop: Shop):
        panel = shop.visit().open()
        shop.page.evaluate("postMessage({ close: true, unread: 99 }, '*')")
        panel.evaluate("postMessage({ open: false }, '*')")
        shop.page.wait_for_timeout(200)

        assert shop.page.locator("iframe").is_visible()
        assert shop.page.locator("button.l i").count() == 0

    def test_what_a_customer_or_an_agent_writes_is_text(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "<img src=x onerror=alert(1)> zwrot")
        panel.locator(".ans").wait_for()
        conversation(care).add(double("message")("agent", "<b onclick=alert(1)>x</b>"))

        expect(panel.locator(".h .say")).to_have_text("<b onclick=alert(1)>x</b>")
        assert panel.locator("img[src=x]").count() == 0


@pytest.mark.proves(183)
class TestPrivacy:
    def test_a_choice_of_the_page_is_kept_and_the_address_told_only_with_it(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        shop.page.evaluate("Opieka.consent(['necessary', 'functional'])")
        panel.wait_for_function("localStorage.getItem('opieka:demo:consent')")

        kept = panel.evaluate("JSON.parse(localStorage.getItem('opieka:demo:consent'))")
        assert kept["allowed"] == ["necessary", "functional"]

    def test_the_first_message_is_what_begins_to_be_stored(self, shop: Shop):
        panel = shop.visit().open()
        assert panel.evaluate("Object.keys(localStorage)") == []
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()

        assert panel.evaluate("Object.keys(localStorage)") == ["opieka:demo"]
