"""Merging in Chromium: the dialog, and the page of a colleague who looks at the conversation that goes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.staging import row

pytestmark = pytest.mark.browser


def test_a_merge_closes_its_dialog_and_takes_a_colleagues_open_page_along(server, sit, violations):
    stays, gone = server.run("held('Pierwsze pytanie')"), server.run("held('Drugie pytanie')")
    piotr, ola = sit("piotr", f"/conversations/{stays}/?view=team"), sit("ola", f"/conversations/{gone}/?view=team")
    expect(ola.locator("#live")).to_have_attribute("data-link", "up")
    ola.fill("#reply-text", "Właśnie piszę")

    piotr.click('[popovertarget="conversation-more"]')
    piotr.click('#conversation-more [hx-get$="/merge/"]')
    piotr.fill("#doing input[name=q]", str(gone))
    piotr.click(f'#merging-found li[hx-get$="with={gone}"] button')
    expect(piotr.locator("#doing input[name=stays]").first).to_be_checked()
    assert violations(piotr) == []
    piotr.click("#doing .button.primary")

    expect(piotr.locator("#doing")).to_be_hidden()
    expect(piotr.locator("#messages")).to_contain_text("Drugie pytanie")
    expect(row(piotr, gone)).to_have_count(0)
    expect(ola).to_have_url(re.compile(f"/conversations/{stays}/"))
    expect(ola.locator("#messages")).to_contain_text("Pierwsze pytanie")
    expect(ola.locator("#reply-text")).to_have_value("Właśnie piszę")
    piotr.keyboard.press("z")
    expect(piotr.locator("#messages")).not_to_contain_text("Drugie pytanie")
