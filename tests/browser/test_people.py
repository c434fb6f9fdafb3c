"""Coming in and setting up, in Chromium: passwords, passkeys, sessions that end, the first steps."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.world import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def door(server, sit):
    """The product under a name instead of a number: passkeys belong to names. Nobody is slowed down by other tests."""
    server.run("from django.core.cache import cache; cache.clear()")
    page = sit(None)
    page.base = server.url.replace("127.0.0.1", "localhost")  # type: ignore[attr-defined]
    return page


def log_in(page: Page, name: str) -> None:
    page.goto(f"{page.base}/login/")  # type: ignore[attr-defined]
    page.get_by_label("E-mail").fill(f"{name}@lampa.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page).to_have_url(re.compile("/$"))


def test_a_password_can_be_shown_while_it_is_typed(door: Page):
    door.goto(f"{door.base}/login/")
    field = door.locator("[name=password]")
    field.fill("abc")

    door.locator("[data-show]").click()
    expect(field).to_have_attribute("type", "text")
    door.locator("[data-show]").click()
    expect(field).to_have_attribute("type", "password")


def test_a_passkey_is_added_and_logs_in_without_a_password(door: Page):
    device = door.context.new_cdp_session(door)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    log_in(door, "marek")
    door.goto(f"{door.base}/account/passkeys/new/")
    door.locator("[name=password]").fill(PASSWORD)
    door.locator("main form button.primary").click()
    door.locator("[name=name]").fill("Laptop")
    door.locator("form[data-passkey] button").click()
    expect(door).to_have_url(re.compile("/account/(codes|security)/$"))
    door.context.clear_cookies()

    door.goto(f"{door.base}/login/")
    door.locator("#passkey-login button").click()

    expect(door).to_have_url(re.compile(r"localhost:\d+/$"))
    door.goto(f"{door.base}/account/passkeys/")
    expect(door.locator(".lines")).to_contain_text("Laptop")


def test_a_session_that_is_ended_elsewhere_stops_listening_and_is_sent_to_log_in(server, door: Page):
    log_in(door, "ola")
    expect(door.locator("#live")).to_have_attribute("data-link", "up")

    server.run("from opieka.accounts.actions import end_all_sessions; end_all_sessions(world.ola.user)")

    expect(door.locator("#live")).not_to_have_attribute("data-link", "up", timeout=8_000)
    door.goto(f"{door.base}/settings/me/")
    expect(door).to_have_url(re.compile("/login/"))


def test_the_look_is_saved_by_itself_and_seen_in_the_real_chat(server, sit):
    page = sit("ewa", "/start/look/")
    chat = page.frame_locator("[data-preview]")
    expect(chat.locator("body")).to_contain_text("W czym możemy pomóc?")

    page.locator('[data-swatch="#1f4f8f"]').click()
    page.get_by_label("Powitanie").fill("Witamy w Lampie!")
    page.get_by_label("Powitanie").blur()

    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"Zapisano \d\d:\d\d"))
    expect(chat.locator("body")).to_contain_text("Witamy w Lampie!")
    assert server.run("type(world.shop).objects.get(pk=world.shop.pk).brand_colour") == "#1f4f8f"


def test_a_pale_colour_is_marked_at_once_and_never_saved(server, sit):
    page = sit("ewa", "/start/look/")
    before = server.run("type(world.shop).objects.get(pk=world.shop.pk).brand_colour")

    page.locator("[name=brand_colour]").fill("#ffd54a")
    page.locator("[name=brand_colour]").blur()
    expect(page.locator("[data-contrast]")).to_have_class(re.compile("late"))
    page.get_by_role("button", name=re.compile("Dalej")).click()

    expect(page.locator("[name=offered_colour]")).to_be_visible()
    assert server.run("type(world.shop).objects.get(pk=world.shop.pk).brand_colour") == before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["/settings/", "/settings/me/", "/settings/team/", "/settings/organisation/", "/settings/inboxes/", "/settings/assistant/",
     "/settings/jobs/", "/settings/audit/", "/account/security/", "/account/sessions/", "/start/firm/", "/start/answers/", "/start/trial/"],
)  # fmt: skip
def test_pages_keep_to_wcag(server, sit, violations, path: str, theme: str):
    page = sit("ewa", path, color_scheme=theme)

    assert violations(page) == []
