"""The inbox by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.staging import hold_back, row

pytestmark = pytest.mark.browser


def test_keyboard_alone_answers_notes_assigns_resolves_and_takes_back(server, sit):
    others = [server.run(f"held('Pytanie {n}')") for n in range(3)]
    number = server.run("held('Buty za małe', by='ola')")
    page = sit("piotr", "/?view=team")
    keys = page.keyboard

    keys.press("j")
    expect(page.locator("#conversation-title")).to_have_text("Buty za małe")
    expect(page).to_have_url(re.compile(rf"/conversations/{number}/\?view=team$"))
    keys.press("i")
    expect(page.locator("#conversation-head .pick").nth(1)).to_have_text("Ty")
    keys.press("n")
    keys.type("Klientka stała")
    keys.press("Control+Enter")
    expect(page.locator("#messages .note").last).to_contain_text("Klientka stała")
    keys.press("Escape")
    keys.press("r")
    keys.type("Wymienimy na większe.")
    keys.press("Control+Enter")
    expect(page.locator("#messages .ours").last).to_contain_text("Wymienimy na większe.")
    expect(page.locator("#reply-text")).to_have_value("")
    keys.press("Escape")
    keys.press("e")
    expect(page.locator(".toast").last).to_contain_text("Zakończono rozmowę")
    expect(page.locator("#conversation-title")).to_have_text("Pytanie 2")
    expect(row(page, number)).to_have_count(0)
    assert server.run(f"one({number}).status") == "resolved"
    keys.press("z")
    expect(page.locator("#conversation-title")).to_have_text("Buty za małe")
    expect(row(page, number)).to_be_visible()

    assert server.run(f"[one({number}).status, one({number}).assignee == world.piotr]") == ["waiting", True]
    server.until("[o.text for o in Console.sent]", ["Wymienimy na większe."])
    assert len(others) == 3


def test_polish_letters_and_words_being_typed_are_never_shortcuts(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")

    page.keyboard.press("Alt+e")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'e', modifierAltGraph: true, bubbles: true}))"
    )
    page.keyboard.press("Control+Alt+e")
    page.locator("#reply-text").fill("")
    page.locator("#reply-text").press_sequentially("je ne znika z notatki")
    page.wait_for_timeout(300)

    assert server.run(f"one({number}).status") == "open"
    expect(page.locator("#reply-text")).to_have_value("je ne znika z notatki")


def test_shortcuts_can_be_switched_off(server, sit):
    number = server.run("held('Pytanie')")
    server.run("u = world.ola.user; u.shortcuts = False; u.save()")
    try:
        page = sit("ola", f"/conversations/{number}/?view=team")
        page.keyboard.press("e")
        page.wait_for_timeout(300)
        assert server.run(f"one({number}).status") == "open"
    finally:
        server.run("u = world.ola.user; u.shortcuts = True; u.save()")


def test_the_list_of_keys_and_the_palette_are_read_from_the_page(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Zakończ")
    expect(page.locator("#keys")).to_contain_text("Następna rozmowa")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("zakoncz")
    page.keyboard.press("Enter")

    expect(page.locator(".toast").last).to_contain_text("Zakończono")
    assert server.run(f"one({number}).status") == "resolved"


def test_what_is_typed_before_the_palette_has_come_is_a_search_and_no_shortcut(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")
    coming = hold_back(page, "**/keys*.js")

    page.keyboard.press("Control+k")
    page.keyboard.type("odloz")
    page.keyboard.press("Enter")
    expect(page.locator("#palette input")).to_have_value("odloz")
    assert server.run(f"one({number}).status") == "open"
    coming[0].continue_()

    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator("#snoozes")).to_be_visible()
