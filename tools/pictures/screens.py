"""Every screen that has an address: who looks at it, at which sizes, and what is pressed first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

BOTH = ("1440", "390")
WIDE, NARROW = ("1440",), ("390",)


def nothing(_page: Page) -> None:
    """The screen as it opens."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """`address` may name what `inside.prepare` found: "/customers/{customer}/". `who` is agent, manager, owner or "".

    `walked` is how many of the first steps are behind the shop.
    """

    name: str
    address: str
    who: str = "manager"
    sizes: tuple[str, ...] = BOTH
    then: Callable[[Page], None] = nothing
    status: int = 200
    walked: str = ""


def press(keys: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.wait_for_timeout(300)
        page.keyboard.press(keys)
        page.wait_for_timeout(300)

    return act


def click(selector: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.click(selector)
        page.wait_for_timeout(400)

    return act


def open_all(page: Page) -> None:
    """Open the second fold of a page of folds, to show what is inside."""
    page.locator("summary").nth(1).click()


def sender_explained(page: Page) -> None:
    """Open the first conversation of the list, and what its sender's mark says."""
    click("#rows a.list-row")(page)
    click(".sender-mark")(page)


def open_letter(page: Page) -> None:
    """The letter inside the letter, and what it is made of."""
    page.locator(".enclosed-letter > summary").click()
    page.locator(".enclosed-letter article").wait_for()
    page.locator("[hx-get$='/parts/']").click()
    page.locator(".mail-parts").wait_for()


CONSOLE = [
    Screen(name="inbox", address="/conversations/{conversation}/?view=team", who="agent", sizes=WIDE),
    Screen(name="inbox-list", address="/?view=team", who="agent"),
    Screen(name="inbox-spam", address="/?view=spam", who="agent", then=click("#rows a.list-row")),
    Screen(name="inbox-sender", address="/?view=all&q=Zofia+Kacprzak", who="agent", then=sender_explained, sizes=WIDE),
    Screen(name="inbox-note", address="/conversations/{conversation}/?view=team", who="agent", then=press("n")),
    Screen(
        name="inbox-snooze",
        address="/conversations/{conversation}/?view=team",
        who="agent",
        sizes=WIDE,
        then=press("h"),
    ),
    Screen(
        name="inbox-later",
        address="/conversations/{conversation}/?view=team",
        who="agent",
        then=click("[popovertarget=laters]"),
    ),
    Screen(
        name="inbox-keys", address="/conversations/{conversation}/?view=team", who="agent", sizes=WIDE, then=press("?")
    ),
    Screen(name="inbox-search", address="/?q=zwrot", who="agent"),
    Screen(name="inbox-empty", address="/?q=nic+takiego+nie+ma", who="agent"),
    Screen(name="conversation", address="/conversations/{conversation}/", who="agent", sizes=NARROW),
    Screen(name="letter", address="/conversations/{letter}/", who="agent", then=open_letter),
    Screen(name="customers", address="/customers/", who="agent"),
    Screen(name="customer", address="/customers/{customer}/", who="agent"),
    Screen(name="knowledge", address="/knowledge/"),
    Screen(name="knowledge-editor", address="/knowledge/{article}/"),
    Screen(name="knowledge-new", address="/knowledge/new/"),
    Screen(name="knowledge-import", address="/knowledge/import/"),
    Screen(name="figures", address="/figures/"),
    Screen(name="figures-rows", address="/figures/first_response/"),
    Screen(name="help", address="/help/"),
    Screen(name="help-search", address="/help/?q=cofn%C4%85%C4%87"),
    Screen(name="help-topic", address="/help/inbox/"),
    Screen(name="help-problem", address="/help/problem/", then=open_all),
    Screen(name="components", address="/komponenty/"),
]
SETTINGS = [
    Screen(name="settings", address="/settings/"),
    Screen(name="settings-me", address="/settings/me/"),
    Screen(name="settings-organisation", address="/settings/organisation/"),
    Screen(name="settings-team", address="/settings/team/", who="owner"),
    Screen(name="settings-group", address="/settings/team/teams/{team}/"),
    Screen(name="settings-group-new", address="/settings/team/teams/new/"),
    Screen(name="settings-inboxes", address="/settings/inboxes/"),
    Screen(name="settings-inbox-new", address="/settings/inboxes/new/email/"),
    Screen(name="settings-inbox-email", address="/settings/inboxes/{mailbox}/"),
    Screen(name="settings-inbox-chat", address="/settings/inboxes/{chat}/"),
    Screen(name="settings-outages", address="/settings/inboxes/{mailbox}/outages/"),
    Screen(name="outbox", address="/outbox/", who="agent"),
    Screen(name="settings-templates", address="/settings/templates/"),
    Screen(name="settings-template-new", address="/settings/templates/new/"),
    Screen(name="settings-assistant", address="/settings/assistant/"),
    Screen(name="settings-keys", address="/settings/keys/", who="owner"),
    Screen(name="settings-blocked", address="/settings/blocked/", who="agent"),
    Screen(name="settings-jobs", address="/settings/jobs/"),
    Screen(name="settings-audit", address="/settings/audit/", who="owner"),
    Screen(name="unclear", address="/unclear/"),
    Screen(name="unclear-item", address="/unclear/{unclear}/"),
    Screen(name="security", address="/account/security/", who="agent"),
    Screen(name="passkeys", address="/account/passkeys/", who="agent"),
    Screen(name="sessions", address="/account/sessions/", who="agent"),
    Screen(name="password", address="/account/password/", who="agent"),
]
OUTSIDE = [
    Screen(name="login", address="/login/", who=""),
    Screen(name="login-forgotten", address="/account/password/forgotten/", who=""),
    Screen(name="invitation", address="{invitation}", who=""),
    Screen(name="shop", address="/demo/sklep/", who=""),
    Screen(name="shop-questions", address="/demo/sklep/pytania/", who=""),
    Screen(name="portal", address="/pomoc/pl/", who=""),
    Screen(name="portal-search", address="/pomoc/pl/szukaj/?q=zwrot+but%C3%B3w", who=""),
    Screen(name="portal-nothing", address="/pomoc/pl/szukaj/?q=xyzzy", who=""),
    Screen(name="portal-article", address="/pomoc/pl/{slug}/", who=""),
    Screen(name="portal-category", address="/pomoc/pl/kategoria/{category}/", who=""),
]
START = [
    Screen(name="start-firm", address="/start/firm/", who="owner", walked="0"),
    Screen(name="start-look", address="/start/look/", who="owner", walked="1"),
    Screen(name="start-mailbox", address="/start/mailbox/", who="owner", walked="2"),
    Screen(name="start-snippet", address="/start/snippet/", who="owner", walked="3"),
    Screen(name="start-answers", address="/start/answers/", who="owner", walked="4"),
    Screen(name="start-trial", address="/start/trial/", who="owner", walked="5"),
    Screen(name="start-tried", address="/start/trial/", who="owner", walked="5", then=click("button[name=ask]")),
]
ERRORS = [
    Screen(name="missing", address="/nie/ma/takiej/strony/", who="agent", status=404),
    Screen(name="forbidden", address="/settings/organisation/", who="agent", status=403),
]
SCREENS = [*CONSOLE, *SETTINGS, *START, *OUTSIDE, *ERRORS]
# In an installation where nobody is yet.
EMPTY = [
    Screen(name="start-closed", address="/start/", who="", status=403),
    Screen(name="start-founding", address="/start/?word={word}", who=""),
]
