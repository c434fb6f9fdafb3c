"""Leaving somebody out of a reply's copies, and that the page does not bring them back."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_whoever_was_left_out_stays_out_until_the_reply_has_gone(server, sit, violations):
    number = server.run(
        "held('Tekst', copies=('a@b.example', 'c@d.example'), remarks=('Załącznik został w skrzynce.',))"
    )
    page = sit("piotr", f"/conversations/{number}/?view=team")
    expect(page.locator(".message-beside")).to_have_text("Załącznik został w skrzynce.")
    assert violations(page) == []

    # At once, before the composer's own script has come.
    page.locator("#copies button").first.click()
    expect(page.locator("#reply-text")).to_be_focused()
    expect(page.locator("#live")).to_have_attribute("data-link", "up")
    server.run(f"actions.note(one({number}), 'Od Oli', by=world.ola).pk")
    expect(page.locator("#messages")).to_contain_text("Od Oli")
    expect(page.locator(".copy")).to_have_text("c@d.example")
    page.locator("#reply-text").fill("Jutro.")
    page.locator("#reply-form [value=reply]").click()
    expect(page.locator("#messages .ours").last).to_contain_text("Jutro.")

    expect(page.locator("#messages .pending")).to_have_count(0)
    cc = server.run(f"models.Message.objects.get(conversation__number={number}, text='Jutro.').recipients['cc']")
    assert cc == ["c@d.example"]
