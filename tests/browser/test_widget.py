"""The widget in Chromium, on a shop's page of another origin."""

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Route, expect

from tests.browser.conftest import OPEN_SHADOWS, Shop, found_by_axe

pytestmark = pytest.mark.browser
SCENES = ["cytat", "wybor", "czekanie", "dolaczyla", "pogodzinach", "ocena"]


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


class TestTalking:
    def test_a_question_gets_a_quoted_answer_that_opens_its_article(self, shop: Shop):
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")

        answer = panel.locator(".ans")
        expect(answer.locator("blockquote")).to_contain_text("Towar można sprawdzić")
        expect(answer.locator("a.src")).to_have_attribute("href", "/pomoc/zwrot")
        expect(panel.locator(".fb")).to_contain_text("Czy to wystarczy?")

    def test_an_unsure_assistant_offers_exactly_three_choices_and_a_person(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "kurier nie dojechal")
        expect(panel.locator(".opt")).to_have_count(4)
        panel.locator(".opt").nth(1).click()

        expect(panel.locator(".me .say").nth(1)).to_have_text("Przekierowanie do Paczkomatu")

    def test_a_shortcut_sends_its_question(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        panel.get_by_role("button", name="Zwrot lub odstąpienie").click()

        panel.locator(".ans").wait_for()
        assert texts(care) == ["Chcę zwrócić towar"]

    def test_asking_for_a_person_shows_the_wait_and_keeps_what_was_said(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        panel.get_by_role("button", name="Połącz z człowiekiem").click()
        expect(panel.locator(".wait")).to_contain_text("ok. 3 min")
        expect(panel.locator(".wait")).to_contain_text("1 osoba")

        talk = conversation(care)
        talk.state = {**talk.state, "speaker": "person", "person": {"name": "Ola", "initials": "OM"}, "waiting": None}
        talk.add(double("message")("system", "Ola dołącza po 2 min"))
        expect(panel.locator(".sys")).to_contain_text("Ola dołącza po 2 min")
        expect(panel.locator("h1")).to_have_text("Ola")
        expect(panel.locator(".bar small")).to_have_text("Rozmowę prowadzi człowiek")
        assert panel.locator(".ans").count() == 1
        assert panel.get_by_role("button", name="Połącz z człowiekiem").count() == 0

    def test_whoever_waits_may_go_back_to_the_assistant(self, shop: Shop):
        panel = shop.visit(remembered="scene-czekanie").open()
        panel.get_by_role("button", name="Wróć do asystenta").click()

        expect(panel.locator(".wait")).to_have_count(0)

    def test_what_the_server_refuses_is_said_and_the_text_stays(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "odmowa")
        expect(panel.locator(".bad")).to_contain_text("Nie wysłano. Ta wiadomość jest za długa.")
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        panel.get_by_role("button", name="Usuń").click()

        expect(panel.locator(".bad")).to_have_count(0)
        assert texts(care) == ["jak zwrócić buty"]

    def test_a_file_goes_with_the_message(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        file = {"name": "paragon.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        panel.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        expect(panel.locator(".ups")).to_contain_text("paragon.pdf")
        panel.locator(".cmp.ready").wait_for()
        write(panel, "Oto paragon")

        expect(panel.locator(".file")).to_contain_text("paragon.pdf")
        assert conversation(care).messages[0]["files"]

    def test_a_file_that_is_too_large_never_leaves(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        file = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * 1_200_000}
        panel.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]

        expect(panel.locator(".ups .bad")).to_contain_text("Plik ma 1,2 MB, limit to 1 MB")
        assert "POST /widget/demo/files" not in care.double.requests

    def test_the_rating_is_kept_with_its_reason(self, shop: Shop, care: Any):
        panel = shop.visit(remembered="scene-ocena").open()
        panel.locator(".face").nth(1).click()
        expect(panel.locator(".rate")).to_contain_text("Co poszło nie tak?")
        panel.locator(".face").nth(4).click()
        panel.fill("textarea[name=why]", "Szybko i konkretnie")
        panel.get_by_role("button", name="Wyślij ocenę").click()

        expect(panel.locator(".fb")).to_contain_text("Dziękujemy za ocenę")
        assert conversation(care).state["score"] == {"score": 5, "comment": "Szybko i konkretnie"}

    def test_out_of_hours_an_address_is_taken_and_a_bad_one_refused(self, shop: Shop):
        panel = shop.visit(remembered="scene-pogodzinach").open()
        expect(panel.locator(".strip")).to_contain_text("Konsultanci wracają w\u00a0poniedziałek o\u00a08:00.")
        panel.fill("input[name=email]", "anna@test.test")
        panel.get_by_role("button", name="Przekaż rozmowę konsultantowi").click()
        expect(panel.get_by_role("alert")).to_contain_text("Ten adres nie przyjmuje poczty.")
        panel.fill("input[name=email]", "anna@example.com")
        panel.get_by_role("button", name="Przekaż rozmowę konsultantowi").click()

        expect(panel.locator(".pad")).to_contain_text("Odpowiedź przyjdzie na adres anna@example.com")

    def test_an_answer_that_comes_while_the_panel_is_closed_is_counted_on_the_launcher(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        shop.page.evaluate("Opieka.close()")
        conversation(care).add(double("message")("agent", "Jeszcze jedno", seen=False))

        expect(shop.page.locator("button.l i")).to_have_text("1")
        assert shop.launcher.get_attribute("aria-label") == "Otwórz czat (1)"
        shop.open()
        expect(shop.page.locator("button.l i")).to_have_count(0)


def double(name: str) -> Any:
    from tests.browser.conftest import double_module

    return getattr(double_module().scenes, name)


class TestLines:
    def test_written_offline_and_read_again_it_is_sent_once_and_in_order(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        shop.context.set_offline(True)
        write(panel, "A czy mogę dołożyć drugi kubek?")
        write(panel, "Kolor śmietanka")
        expect(panel.locator(".strip")).to_contain_text("Brak połączenia od")
        expect(panel.locator(".q")).to_have_count(2)
        expect(panel.locator(".fb.end")).to_contain_text("2 wiadomości są bezpieczne na tym urządzeniu")

        care.double.alive = False
        shop.context.set_offline(False)
        care.double.alive = True
        shop.visit()
        panel = shop.open()
        expect(panel.locator(".me")).to_have_count(3)
        expect(panel.locator(".strip")).to_have_count(0)
        wait_until_all_is_sent(panel)
        assert texts(care) == ["jak zwrócić buty", "A czy mogę dołożyć drugi kubek?", "Kolor śmietanka"]

    def test_an_answer_that_was_under_way_when_the_line_broke_does_not_hide_the_loss(self, shop: Shop):
        held: list[Route] = []
        shop.context.route("**/seen", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks what it calls.
        panel = shop.visit().open()
        with shop.page.expect_request("**/seen"):
            write(panel, "jak zwrócić buty")
        shop.context.set_offline(True)
        write(panel, "A czy mogę dołożyć drugi kubek?")
        expect(panel.locator(".q")).to_have_count(1)
        held[0].fulfill(json={})
        panel.wait_for_timeout(100)

        expect(panel.locator(".q")).to_have_count(1)

    def test_it_survives_a_restart_of_the_server_and_catches_up(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        care.double.alive = False
        expect(panel.locator(".strip")).to_contain_text("Czat chwilowo niedostępny", timeout=8000)
        expect(panel.locator(".strip")).to_contain_text("pomoc@trzysosny.example")
        write(panel, "Halo?")
        conversation(care).add(double("message")("agent", "Już jestem"))
        care.double.alive = True

        expect(panel.locator(".h .say")).to_have_text("Już jestem", timeout=8000)
        expect(panel.locator(".strip")).to_have_count(0)
        wait_until_all_is_sent(panel)
        assert texts(care) == ["jak zwrócić buty", "Halo?"]

    def test_a_new_message_appears_within_a_second(self, shop: Shop, care: Any):
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        panel.wait_for_timeout(500)

        assert quickest(care, panel) < 1

    def test_where_a_proxy_refuses_sockets_events_carry_the_news(self, shop: Shop, care: Any):
        care.double.sockets_allowed = False
        panel = shop.visit().open()
        write(panel, "jak zwrócić buty")
        panel.locator(".ans").wait_for()
        panel.wait_for_timeout(2500)
        assert "GET /live/sse" in care.double.requests

        assert quickest(care, panel) < 1

    def test_a_dead_server_never_covers_the_page(self, shop: Shop, care: Any):
        shop.visit()
        care.double.alive = False
        began = time.monotonic()
        shop.launcher.click()
        shop.page.locator("#buy").click(timeout=1000)
        card = shop.page.get_by_role("status")
        expect(card).to_contain_text("Czat chwilowo niedostępny", timeout=15_000)

        assert time.monotonic() - began > 3.5
        assert card.get_by_role("link").all_inner_texts() == ["pomoc@trzysosny.example", "+48 22 000 00 00"]
        assert not shop.page.locator("iframe").is_visible()
        shop.page.locator("#buy").click(timeout=1000)
        care.double.alive = True
        card.get_by_role("button", name="Spróbuj ponownie").click()
        shop.panel()


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
