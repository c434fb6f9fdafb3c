"""What every page says to the browser, and what people read when a page cannot be shown."""

import pytest
from django.test import Client

from tests.world import World


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(client: Client, world: World):
    policy = client.get("/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy


def test_headers_close_the_usual_doors(client: Client, world: World):
    headers = client.get("/login/").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize(("who", "address", "status"), [("piotr", "/nonsense/", 404), ("rita", "/settings/team/", 403)])
def test_a_page_that_cannot_be_shown_says_what_to_do(client: Client, world: World, who: str, address: str, status: int):
    client.force_login(getattr(world, who).user)

    page = client.get(address)

    assert page.status_code == status
    assert "<h1>" in page.content.decode()
    assert 'href="/"' in page.content.decode()


def test_a_stale_form_is_explained(world: World):
    page = Client(enforce_csrf_checks=True).post("/login/", {"login": "x"})

    assert page.status_code == 403
    assert "<h1>" in page.content.decode()
