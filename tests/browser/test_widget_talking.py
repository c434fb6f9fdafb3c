"""What a customer says in the widget and hears, also when the line breaks."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import conversation, double, quickest, texts, wait_until_all_is_sent, write
from tests.browser.conftest import Shop
from tests.browser.staging import hold_back

pytestmark = pytest.mark.browser


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
        held = hold_back(shop.context, "**/seen")
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
