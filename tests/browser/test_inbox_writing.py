"""Writing in the inbox: replies and notes, drafts, files, and two who answer at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.staging import hold_back, row

pytestmark = pytest.mark.browser


def test_reply_and_note_keep_their_own_texts_and_survive_a_reload(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")

    page.locator("#reply-text").fill("Dzień dobry")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#note-form")).to_contain_text("widoczna tylko dla zespołu")
    page.locator("#note-text").fill("Tylko my")
    server.until(f"queries.drafts_of(one({number}), world.piotr)", {"reply": "Dzień dobry", "note": "Tylko my"})
    page.reload()

    expect(page.locator("#reply-text")).to_have_value("Dzień dobry")
    expect(page.locator("#note-text")).to_have_value("Tylko my")


def test_a_note_never_reaches_the_customer(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")

    page.keyboard.press("n")
    page.keyboard.type("Klient jest trudny")
    page.locator("#note-form button.for-note").click()
    expect(page.locator("#messages .note")).to_contain_text("Klient jest trudny")

    assert server.run("[o.text for o in Console.sent]") == []
    assert server.run(f"[m.text for m in queries.public_thread(one({number}))]") == ["Pytanie"]


def test_two_agents_see_each_other_and_do_not_answer_twice(server, sit):
    number = server.run("held('Pytanie')")
    piotr, ola = (sit(name, f"/conversations/{number}/?view=team") for name in ("piotr", "ola"))

    expect(ola.locator("#watching")).to_contain_text("Piotr", timeout=3_000)
    piotr.locator("#reply-text").press_sequentially("Już")
    expect(ola.locator("#watching")).to_contain_text("Piotr pisze", timeout=3_000)
    ola.locator("#reply-text").fill("Odpowiedź Oli")
    piotr.keyboard.press("Control+Enter")
    expect(ola.locator("#messages")).to_contain_text("Już")
    ola.locator("#reply-text").press("Control+Enter")

    expect(ola.locator("#collision")).to_contain_text("Piotr")
    expect(ola.locator("#reply-text")).to_have_value("Odpowiedź Oli")
    ola.locator("#collision").get_by_text("Wyślij mimo to").click()
    expect(piotr.locator("#messages")).to_contain_text("Odpowiedź Oli")
    server.until("[o.text for o in Console.sent]", ["Już", "Odpowiedź Oli"])


def test_files_go_along(server, sit, tmp_path):
    number = server.run("held('Poproszę instrukcję')")
    page = sit("piotr", f"/conversations/{number}/")
    (tmp_path / "instrukcja.txt").write_text("Krok po kroku", encoding="utf-8")

    page.locator("#file-form input").set_input_files(tmp_path / "instrukcja.txt")
    expect(page.locator("#reply-files")).to_contain_text("instrukcja.txt")
    page.locator("#reply-text").fill("W załączniku.")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#messages .attachment")).to_contain_text("instrukcja.txt")
    expect(page.locator("#reply-files")).to_be_empty()
    server.until("[[f.name for f in o.files] for o in Console.sent]", [["instrukcja.txt"]])


def test_an_answer_that_comes_late_never_lands_in_another_conversation(server, sit):
    first, second = server.run("held('Pierwsze')"), server.run("held('Drugie')")
    page = sit("piotr", f"/conversations/{first}/")
    held = hold_back(page, "**/reply/")

    page.locator("#reply-text").fill("Do pierwszego")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#messages .pending")).to_contain_text("Do pierwszego")
    row(page, second).click()
    expect(page.locator("#conversation-title")).to_have_text("Drugie")
    held[0].continue_()
    expect(page.locator(".toast").last).to_contain_text("Wysłano")

    expect(page.locator("#messages")).not_to_contain_text("Do pierwszego")
    assert server.run(f"[m.text for m in queries.public_thread(one({first}))][-1]") == "Do pierwszego"
    assert server.run(f"[m.text for m in queries.public_thread(one({second}))]") == ["Drugie"]


def test_settling_waits_for_the_reply_that_is_on_its_way(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")
    held = hold_back(page, "**/reply/")

    page.locator("#reply-text").fill("Już")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_timeout(300)
    held[0].continue_()

    expect(page.locator(".toast").last).to_contain_text("Zakończono")
    assert server.run(f"one({number}).status") == "resolved"
