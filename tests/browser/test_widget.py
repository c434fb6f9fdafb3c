"""The widget in Chromium, on a shop's page of another origin: coming, opening, phones, languages, everybody."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chatting import texts
from tests.browser.conftest import OPEN_SHADOWS, Shop, found_by_axe

pytestmark = pytest.mark.browser
SCENES = ["cytat", "wybor", "czekanie", "dolaczyla", "pogodzinach", "ocena"]


class TestBeforeIntent:
    def test_the_page_pays_for_the_loader_only(self, shop: Shop, care: Any):
        shop.visit()
        shop.page.wait_for_timeout(300)

        asked = [request for request in care.double.requests if not request.startswith("GET /favicon")]
        assert asked == ["GET /", "GET /w.js"]

    def test_nothing_is_stored(self, shop: Shop):
        shop.visit()
        panel = shop.open()

        kept = "JSON.stringify([localStorage.length, sessionStorage.length, document.cookie])"
        assert shop.page.evaluate(kept) == panel.evaluate(kept) == '[0,0,""]'

    def test_pointing_at_the_launcher_fetches_the_panel_and_shows_nothing(self, shop: Shop, care: Any):
        shop.visit()
        shop.launcher.hover()
        shop.page.wait_for_timeout(400)

        assert "GET /static/opieka/widget/panel.js" in care.double.requests
        assert not [request for request in care.double.requests if request.startswith("POST")]
        assert not shop.page.locator("iframe").is_visible()

    def test_the_page_does_not_move(self, shop: Shop):
        shop.page.add_init_script(
            "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => shift += e.value))"
            ".observe({ type: 'layout-shift', buffered: true });"
        )
        shop.visit(more='data-tip="Pytanie?|Asystent odpowie od razu."')
        shop.open()
        shop.page.evaluate("Opieka.close()")
        shop.page.wait_for_timeout(200)

        assert shop.page.evaluate("shift") == 0


class TestOpening:
    def test_by_mouse_and_closed_by_escape_with_the_focus_back(self, shop: Shop):
        shop.visit()
        shop.launcher.click()
        panel = shop.panel()
        assert shop.launcher.get_attribute("aria-expanded") == "true"
        expect(panel.locator("#write")).to_be_focused()

        panel.press("#write", "Escape")
        expect(shop.page.locator("iframe")).to_be_hidden()
        assert shop.launcher.get_attribute("aria-expanded") == "false"
        assert shop.launcher.evaluate("launcher => launcher.getRootNode().activeElement === launcher")

    def test_a_press_is_not_lost_when_the_panel_gets_ready_under_it(self, shop: Shop):
        shop.visit()
        shop.page.mouse.move(1226, 746)
        shop.page.mouse.down()
        shop.page.wait_for_timeout(1000)
        shop.page.mouse.up()

        shop.panel()

    def test_by_keyboard_alone_to_an_answer(self, shop: Shop, care: Any):
        shop.visit()
        shop.page.locator("#buy").focus()
        shop.page.keyboard.press("Tab")
        shop.page.keyboard.press("Enter")
        panel = shop.panel()
        shop.page.keyboard.type("Jak zwrócić buty?")
        shop.page.keyboard.press("Enter")

        panel.locator(".ans").wait_for()
        assert texts(care) == ["Jak zwrócić buty?"]

    def test_by_the_pages_own_script(self, shop: Shop):
        shop.visit()
        shop.open()
        shop.page.evaluate("Opieka.close()")

        expect(shop.page.locator("iframe")).to_be_hidden()

    def test_the_frame_and_the_launcher_have_names(self, shop: Shop):
        shop.visit()
        shop.open()

        assert shop.page.locator("iframe").get_attribute("title") == "Czat"
        assert shop.launcher.get_attribute("aria-label") == "Zamknij"

    def test_a_tip_stays_beside_the_launcher_and_can_be_put_away(self, shop: Shop):
        shop.visit(more='data-tip="Pytanie o kubek?|Asystent odpowie od razu."')
        tip = shop.page.get_by_role("status")
        expect(tip).to_contain_text("Pytanie o kubek?")
        tip.get_by_role("button").click()

        expect(tip).to_have_count(0)


class TestOnAPhone:
    @pytest.fixture
    def phone(self, chromium: Browser, care: Any) -> Any:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="pl-PL", has_touch=True)
        context.add_init_script(OPEN_SHADOWS)
        yield Shop(context, care)
        context.close()

    def test_no_tip_lies_on_the_buttons_of_the_shop(self, phone: Shop):
        phone.visit(more='data-tip="Pytanie o kubek?|Asystent odpowie od razu."')

        expect(phone.launcher).to_be_visible()
        expect(phone.page.get_by_role("status")).to_have_count(0)

    def test_the_panel_fills_the_screen_and_keeps_the_focus(self, phone: Shop):
        phone.visit()
        phone.open()

        box = phone.page.locator("iframe").bounding_box()
        assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
        assert phone.page.evaluate("document.body.inert")
        assert not phone.launcher.is_visible()
        phone.page.evaluate("Opieka.close()")
        assert not phone.page.evaluate("document.body.inert")
        assert phone.launcher.is_visible()

    @pytest.mark.parametrize("scene", ["", *SCENES])
    def test_nothing_scrolls_sideways_at_320_pixels(self, phone: Shop, scene: str):
        phone.page.set_viewport_size({"width": 320, "height": 640})
        phone.visit(remembered=f"scene-{scene}" if scene else "")
        panel = phone.open()
        panel.wait_for_timeout(200)

        wide = panel.evaluate(
            "[...document.querySelectorAll('.w, .scroll, .logw, footer')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className)"
        )
        assert wide == []


class TestLanguages:
    @pytest.mark.parametrize(
        ("language", "count", "words"),
        [
            ("pl", 1, "1 osoba"),
            ("pl", 2, "2 osoby"),
            ("pl", 5, "5 osób"),
            ("pl", 22, "22 osoby"),
            ("en", 1, "1 person"),
            ("en", 5, "5 people"),
        ],
    )
    def test_numbers_are_counted_as_people_count(self, shop: Shop, care: Any, language: str, count: int, words: str):
        care.double.conversation("scene-czekanie").state["waiting"]["ahead"] = count
        panel = shop.visit(remembered="scene-czekanie", lang=language).open()

        expect(panel.locator("dd").last).to_have_text(words)

    def test_an_english_page_gets_an_english_chat(self, shop: Shop):
        panel = shop.visit(lang="en").open()

        expect(panel.get_by_role("textbox")).to_have_attribute("placeholder", "In your own words…")
        assert shop.page.locator("iframe").get_attribute("title") == "Chat"
        assert panel.evaluate("document.documentElement.lang") == "en-GB"


class TestEverybodyCanUseIt:
    @pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
    def test_axe_finds_nothing(self, chromium: Browser, care: Any, axe: str, scheme: Any, width: int):
        found = {}
        for scene in ["", *SCENES]:
            context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            context.add_init_script(OPEN_SHADOWS)
            shop = Shop(context, care).visit(remembered=f"scene-{scene}.{width}{scheme}" if scene else "")
            found[f"{scene} panel"] = found_by_axe(shop.open(), axe)
            if not scene and width > 480:
                found["page"] = found_by_axe(shop.page, axe)
            context.close()

        assert {scene: what for scene, what in found.items() if what} == {}

    def test_it_follows_the_persons_dark_theme(self, chromium: Browser, care: Any):
        context = chromium.new_context(color_scheme="dark")
        context.add_init_script(OPEN_SHADOWS)
        panel = Shop(context, care).visit().open()
        ground = panel.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()

        assert ground == "rgb(23, 27, 32)"

    def test_the_log_is_announced_once_and_its_list_is_a_list(self, shop: Shop):
        panel = shop.visit(remembered="scene-dolaczyla").open()

        log = panel.get_by_role("log")
        expect(log).to_have_count(1)
        expect(log.locator(".m.h").first).to_contain_text("Ola, konsultantka:")
        assert log.get_by_role("list").count() == 1
        assert log.get_by_role("listitem").count() >= 5
        assert panel.locator(".typ").get_attribute("role") == "status"
