"""Sessions are listed, and ending one shuts that browser out at once."""

from django.test import Client

from opieka.plumbing.models import EventRow
from tests.caching import begin_anew
from tests.world import PASSWORD, World


def inside(email: str, agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0") -> Client:
    begin_anew()
    client = Client(headers={"user-agent": agent})
    client.post("/login/", {"login": email, "password": PASSWORD})
    return client


def test_a_person_sees_where_they_are_logged_in(world: World):
    laptop = inside("piotr@lampa.example")
    inside("piotr@lampa.example", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1")

    page = laptop.get("/account/sessions/").content.decode()

    assert "Chrome · Windows" in page
    assert "Safari · iPhone" in page


def test_ending_a_session_shuts_that_browser_out_and_tells_live_connections(world: World):
    laptop, phone = inside("piotr@lampa.example"), inside("piotr@lampa.example")
    assert phone.get("/account/sessions/").status_code == 200
    rows = laptop.get("/account/sessions/").context["rows"]
    other = next(row["session"] for row in rows if not row["here"])

    laptop.post(f"/account/sessions/{other.pk}/end/")

    assert phone.get("/account/sessions/").status_code == 302
    assert laptop.get("/account/sessions/").status_code == 200
    assert [row.topics for row in EventRow.objects.filter(name="AccessEnded")] == [[f"access:{world.piotr.user_id}"]]


def test_all_others_can_be_ended_together(world: World):
    laptop, phone, tablet = (inside("piotr@lampa.example") for _ in range(3))

    laptop.post("/account/sessions/")

    assert [c.get("/account/sessions/").status_code for c in (laptop, phone, tablet)] == [200, 302, 302]


def test_a_session_of_somebody_else_cannot_be_ended(world: World):
    piotr, ola = inside("piotr@lampa.example"), inside("ola@lampa.example")
    session = ola.get("/account/sessions/").context["rows"][0]["session"]

    assert piotr.post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert ola.get("/account/sessions/").status_code == 200
