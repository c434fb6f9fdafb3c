"""The inbox in Chromium: opening, answering, settling, by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.staging import hold_back

pytestmark = pytest.mark.browser


def row(page, number: int):
    return page.locator(f'#rows a[href="/conversations/{number}/"]')


def test_a_row_opens_beside_the_list_and_back_goes_back(server, sit):
    first, second = server.run("held('Pierwsze pytanie')"), server.run("held('Drugie pytanie')")
    page = sit("piotr")

    row(page, first).click()
    expect(page.locator("#conversation-title")).to_have_text("Pierwsze pytanie")
    expect(page).to_have_url(re.compile(f"/conversations/{first}/$"))
    expect(page.locator("#conversation-title")).to_be_focused()
    expect(page).to_have_title(re.compile("Pierwsze pytanie"))
    row(page, second).click()
    expect(page.locator("#conversation-title")).to_have_text("Drugie pytanie")
    page.go_back()

    expect(page.locator("#conversation-title")).to_have_text("Pierwsze pytanie")
    expect(page).to_have_url(re.compile(f"/conversations/{first}/$"))
    page.reload()
    expect(page.locator("#conversation-title")).to_have_text("Pierwsze pytanie")
    expect(row(page, first)).to_have_attribute("aria-current", "true")


def test_a_new_message_appears_within_a_second_without_a_reload(server, sit):
    number = server.run("held('Gdzie jest paczka?')")
    pages = [sit("piotr", f"/conversations/{number}/?view=team"), sit("ola", "/?view=team")]
    for page in pages:
        expect(page.locator("#live")).to_have_attribute("data-link", "up")
        page.evaluate("window.stillHere = true")

    server.run(f"write('Czekam od rana', {number}).pk")

    for page in pages:
        expect(row(page, number).locator(".list-row-snippet")).to_have_text("Czekam od rana", timeout=1_000)
    expect(pages[0].locator("#messages")).to_contain_text("Czekam od rana", timeout=1_000)
    fresh = server.run("write('Zupełnie nowe').number")
    expect(row(pages[1], fresh)).to_be_visible(timeout=1_000)
    assert all(page.evaluate("window.stillHere") for page in pages)


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


def test_reply_and_note_keep_their_own_texts_and_survive_a_reload(server, sit):
    number = server.run("held('Pytanie')")
    page = sit("piotr", f"/conversations/{number}/")

    page.locator("#reply-text").fill("Dzień dobry")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#note-form")).to_contain_text("widoczna tylko dla zespołu")
    page.locator("#note-text").fill("Tylko my")
    page.wait_for_timeout(1_000)
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


def test_what_a_customer_sends_is_inert(server, sit):
    hostile = (
        '<script>window.hacked=1</script><img src=x onerror="window.hacked=1"><b hx-get="/x" hx-trigger="load">x</b>'
    )
    number = server.run(f"held({hostile!r}, html={hostile!r})")
    asked = []
    page = sit("piotr", f"/conversations/{number}/")
    page.on("request", lambda request: asked.append(request.url))

    page.wait_for_timeout(500)

    assert page.evaluate("window.hacked") is None
    assert not any(url.endswith("/x") for url in asked)
    expect(page.locator("#messages .bubble").first).to_contain_text("<script>")


def test_a_pane_that_fails_leaves_the_list_at_work(server, sit):
    first, second = server.run("held('Pierwsze')"), server.run("held('Drugie')")
    page = sit("piotr")
    page.route(f"**/conversations/{first}/", lambda route: route.fulfill(status=500, body="<h1>Błąd</h1>"))

    row(page, first).click()
    expect(page.locator("#conversation")).to_contain_text("Nie udało się wczytać rozmowy")
    expect(page.locator("#conversation")).not_to_contain_text("Błąd")
    row(page, second).click()

    expect(page.locator("#conversation-title")).to_have_text("Drugie")


def test_nothing_moves_under_the_pointer(server, sit):
    numbers = [server.run(f"held('Pytanie {n}')") for n in range(3)]
    page = sit("piotr", "/?view=team")
    row(page, numbers[1]).hover()
    expect(page.locator("#live")).to_have_attribute("data-link", "up")
    before = row(page, numbers[1]).bounding_box()

    fresh = server.run("write('Nowe').number")
    expect(page.locator("#new-rows")).to_contain_text("1 nowa rozmowa")
    held = row(page, numbers[1]).bounding_box()
    page.locator("#new-rows").click()

    assert held == before
    expect(page.locator("#rows .list-row").first).to_have_attribute("href", f"/conversations/{fresh}/")


def test_several_are_picked_and_settled_at_once(server, sit):
    numbers = [server.run(f"held('Pytanie {n}')") for n in range(3)]
    page = sit("piotr")

    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("#bulk")).to_contain_text("2")
    page.locator("#bulk").get_by_text("Zakończ").click()
    expect(page.locator(".toast").last).to_contain_text("2 rozmów")
    settled = server.run(f"[one(n).status for n in {numbers}].count('resolved')")
    page.locator(".toast-action").last.click()
    expect(page.locator(".toast").last).to_contain_text("Cofnięto 2")

    assert settled == 2
    assert server.run(f"[one(n).status for n in {numbers}].count('resolved')") == 0


def test_search_finds_and_says_how_many(server, sit):
    server.run("held('Zwrot butów')")
    server.run("held('Faktura na firmę')")
    page = sit("piotr")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Szukaj w rozmowach i klientach")).to_be_focused()
    page.keyboard.type("faktura")

    expect(page.locator("#rows .list-row")).to_have_count(1)
    expect(page.locator("#status")).to_contain_text("1")
    expect(page).to_have_url(re.compile("q=faktura"))


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
    held = []
    page.route("**/reply/", lambda route: held.append(route))  # noqa: PLW0108 - it wants a function.

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
    held = []
    page.route("**/reply/", lambda route: held.append(route))  # noqa: PLW0108 - it wants a function.

    page.locator("#reply-text").fill("Już")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.wait_for_timeout(300)
    held[0].continue_()

    expect(page.locator(".toast").last).to_contain_text("Zakończono")
    assert server.run(f"one({number}).status") == "resolved"


ENCLOSED = """
from opieka.channels.base import File
from tests.mail.shapes.written import MIDDLE
letter = File(name="kurier.eml", content=MIDDLE, content_type="message/rfc822")
held("Przesyłam list kuriera", files=(letter,))
"""


def test_a_letter_inside_a_letter_unfolds_where_it_stands(server, sit, violations):
    number = server.run(ENCLOSED)
    page = sit("piotr", f"/conversations/{number}/")

    page.get_by_text("Przeczytaj „kurier.eml”").click()
    expect(page.locator(".enclosed-text").first).to_have_text("Pośrodku")
    page.get_by_text("Przeczytaj „Drugi poziom.eml”").click()
    expect(page.locator(".enclosed-text").last).to_have_text("Na dnie")
    server.run(f"write('Czy dotarło?', {number}).pk")

    expect(page.locator("#messages")).to_contain_text("Czy dotarło?")
    expect(page.locator(".enclosed-text").last).to_be_visible()
    assert violations(page) == []


LETTER = """
from opieka.channels.base import File
from tests.mail.shapes.building import GIF
html = (
    '<p id="p">Oferta</p><script>document.title = "zle"</script><img id="own" src="cid:logo" onload="document.title=1">'
    '<img id="far" src="remote:https://sklep.example/baner.png"><img id="pixel" src="remote:https://sledzi.example/o">'
    '<iframe src="https://zly.example"></iframe><link rel="stylesheet" href="https://zly.example/a.css">'
)
logo = File(name="logo.gif", content=GIF, content_type="image/gif", cid="logo")
number = held("Oferta", html=html, files=(logo,), pixels=("https://sledzi.example/o",))
models.Message.objects.filter(conversation__number=number, author="customer").latest("id").pk
"""


def test_the_frame_of_a_letter_loads_its_own_pictures_and_others_only_when_asked(server, sit):
    message = server.run(LETTER)
    page = sit("piotr")
    asked = []
    page.route("**/*.example/**", lambda route: (asked.append(route.request), route.abort()))

    page.goto(f"{server.url}/messages/{message}/letter/")
    assert page.evaluate("document.getElementById('p') === null")
    assert page.locator("img").nth(0).evaluate("picture => picture.naturalWidth") == 1
    assert (page.title(), asked) == ("", [])

    page.goto(f"{server.url}/messages/{message}/letter/?pictures=1")
    assert [request.url for request in asked] == ["https://sklep.example/baner.png"]
    assert "referer" not in asked[0].all_headers()
