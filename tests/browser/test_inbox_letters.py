"""What customers send, shown without harm."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
