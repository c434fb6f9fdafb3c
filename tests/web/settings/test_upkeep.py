"""Stopped tasks, unclear items, the log, keys, the firm and the assistant."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone, translation

from opieka.accounts.models import ApiKey, Organisation
from opieka.assistant.models import Setup
from opieka.channels.actions import keep, settle
from opieka.channels.base import Hook
from opieka.channels.models import Raw
from opieka.plumbing.models import AuditEntry, JobRow
from opieka.web.formats import without_orphans
from opieka.web.settings.jobs import last_line
from opieka.web.settings.keys import abilities
from tests.world import PASSWORD, World


@pytest.fixture
def ewa(world: World) -> Client:
    client = Client()
    client.force_login(world.ewa.user)
    return client


@pytest.fixture
def letter(world: World) -> JobRow:
    return JobRow.objects.create(
        name="opieka.surveys.actions.invite",
        organisation_id=world.shop.pk,
        state="dead",
        run_after=timezone.now(),
        last_error="Traceback\nValueError: nie tak",
    )


@pytest.fixture
def item(world: World) -> Raw:
    body = b"<script>alert(1)</script> ni w z\xb1b"
    raw, _ = keep(
        world.inbox, Hook(body=body, headers={"subject": "<b>x</b>"}, content_type="message/rfc822"), dedupe_key="1"
    )
    settle(raw, problem="Nie da się tego odczytać.")
    return raw


def test_a_stopped_task_shows_its_error_and_starts_again(ewa: Client, letter: JobRow):
    page = ewa.get("/settings/jobs/").content.decode()
    ewa.post(f"/settings/jobs/{letter.pk}/retry/")

    letter.refresh_from_db()
    assert "ValueError: nie tak" in page
    assert (letter.state, letter.attempts) == ("ready", 0)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            "Traceback\nopieka.channels.base.TryLater: The server is silent: no answer",
            "The server is silent: no answer",
        ),
        ("Traceback\nKeyError", "KeyError"),
        ("", ""),
    ],
)
def test_an_error_is_said_without_the_name_of_its_class(error: str, sentence: str):
    assert last_line(error) == sentence


def test_all_start_again_together(ewa: Client, letter: JobRow):
    ewa.post("/settings/jobs/retry/")

    letter.refresh_from_db()
    assert letter.state == "ready"


def test_a_task_is_thrown_away_only_with_a_reason_that_stays(ewa: Client, letter: JobRow):
    ewa.post(f"/settings/jobs/{letter.pk}/discard/", {"reason": " "})
    assert JobRow.objects.filter(pk=letter.pk).exists()

    ewa.post(f"/settings/jobs/{letter.pk}/discard/", {"reason": "rozmowa już zamknięta"})
    assert not JobRow.objects.filter(pk=letter.pk).exists()
    assert AuditEntry.objects.get(verb="discarded job").details["reason"] == "rozmowa już zamknięta"


def test_tasks_of_another_firm_are_out_of_reach(world: World, letter: JobRow):
    olek = Client()
    olek.force_login(world.olek.user)

    assert olek.get("/settings/jobs/").context["count"] == 0
    assert olek.post(f"/settings/jobs/{letter.pk}/retry/").status_code == 404
    assert olek.post(f"/settings/jobs/{letter.pk}/discard/", {"reason": "x"}).status_code == 404


@pytest.fixture
def recurring() -> JobRow:
    """A job of no organisation: one that recurs."""
    return JobRow.objects.create(
        name="opieka.channels.jobs.poll_inbox",
        state="dead",
        run_after=timezone.now(),
        last_error="Traceback\nValueError: anna@obca.example",
    )


def test_what_belongs_to_no_firm_is_shown_to_owners_and_starts_again(ewa: Client, world: World, recurring: JobRow):
    marek = Client()
    marek.force_login(world.marek.user)
    assert marek.get("/settings/jobs/").context["count"] == 0
    assert marek.post(f"/settings/jobs/{recurring.pk}/retry/").status_code == 404

    page = ewa.get("/settings/jobs/").content.decode()
    ewa.post(f"/settings/jobs/{recurring.pk}/retry/")

    recurring.refresh_from_db()
    assert ("Pobranie poczty" in page, recurring.state) == (True, "ready")


def test_its_error_is_told_whole_only_where_there_is_one_firm(ewa: Client, world: World, recurring: JobRow):
    shared = ewa.get("/settings/jobs/").content.decode()
    assert "ValueError" in shared
    assert "anna@obca.example" not in shared

    world.stranger_shop.delete()

    assert "anna@obca.example" in ewa.get("/settings/jobs/").content.decode()


def test_an_unclear_item_is_shown_as_text_and_given_as_a_file(ewa: Client, item: Raw):
    page = ewa.get(f"/unclear/{item.pk}/").content.decode()
    file = ewa.get(f"/unclear/{item.pk}/file/")

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert file.content == b"<script>alert(1)</script> ni w z\xb1b"
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "application/octet-stream",
        f'attachment; filename="item-{item.pk}.eml"',
    )


def test_an_unclear_item_is_set_aside_with_a_reason(ewa: Client, item: Raw):
    ewa.post(f"/unclear/{item.pk}/aside/", {"reason": ""})
    item.refresh_from_db()
    assert item.state == Raw.State.UNCLEAR

    ewa.post(f"/unclear/{item.pk}/aside/", {"reason": "spam"})
    item.refresh_from_db()
    assert (item.state, item.problem.endswith("spam")) == (Raw.State.SET_ASIDE, True)


def test_an_unclear_item_is_read_again_and_comes_back_when_still_unclear(ewa: Client, item: Raw):
    from opieka.plumbing.jobs import drain

    button = ewa.get(f"/unclear/{item.pk}/").content.decode()
    toast = ewa.post(f"/unclear/{item.pk}/again/", follow=True).content.decode()
    drain()

    item.refresh_from_db()
    assert item.state == Raw.State.UNCLEAR
    assert "console message" in item.problem
    assert "Odczytaj ponownie" in button
    assert "Odczytujemy ponownie" in toast


def test_the_log_names_people_and_what_they_did(ewa: Client, world: World):
    ewa.post(f"/settings/team/members/{world.piotr.pk}/role/", {"role": "manager"})

    page = ewa.get("/settings/audit/").content.decode()
    assert "Ewa Testowa" in page
    assert "Piotr Testowa" in page


def test_a_key_is_shown_once_after_the_password_is_asked_again(world: World):
    client = Client()
    client.force_login(world.ewa.user)
    assert client.get("/settings/keys/")["Location"].startswith("/account/again/")
    client.post("/account/again/", {"password": PASSWORD})

    made = client.post("/settings/keys/", {"name": "Magazyn", "scopes": ["read"], "lasts": "365"})
    again = client.get("/settings/keys/")

    token = made.context["fresh"]
    assert token in made.content.decode()
    assert token not in again.content.decode()
    assert ApiKey.objects.get().prefix in again.content.decode()


def test_somebody_with_a_confirmed_address_is_asked_for_the_password_too(world: World):
    client = Client()
    client.force_login(world.ewa.user)
    EmailAddress.objects.create(user=world.ewa.user, email=world.ewa.user.email, verified=True, primary=True)

    assert client.get("/settings/keys/", follow=True).redirect_chain[0][0].startswith("/account/again/")


def test_what_a_key_may_do_is_said_in_words():
    with translation.override("en"):
        assert abilities(["read", "articles"]) == "read, write articles"


FIRM = {
    "name": "Lampa", "language": "pl", "time_zone": "Europe/Warsaw", "address_form": "neutral", "brand_colour": "#0b5c55",
    "open_0": "on", "from_0": "09:00", "to_0": "17:30",
}  # fmt: skip


def test_the_firm_changes_its_hours(ewa: Client, world: World):
    ewa.post("/settings/organisation/", FIRM)

    assert Organisation.objects.get(pk=world.shop.pk).opening_hours == {"0": ["09:00", "17:30"]}


def test_a_day_cannot_close_before_it_opens(ewa: Client, world: World):
    answer = ewa.post("/settings/organisation/", FIRM | {"to_0": "08:00"})

    assert answer.status_code == 422
    assert answer.context["hours"].errors["to_0"]


def test_a_pale_colour_is_refused_and_the_offered_one_accepted(ewa: Client, world: World):
    refused = ewa.post("/settings/organisation/", FIRM | {"brand_colour": "#7FE0D2"})
    offer = refused.context["offer"]
    accepted = ewa.post("/settings/organisation/", FIRM | {"brand_colour": "#7FE0D2", "offered_colour": offer})

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert Organisation.objects.get(pk=world.shop.pk).brand_colour == offer


def test_the_assistant_is_set_up_and_its_disclosure_is_no_setting(ewa: Client, world: World):
    said = {"name": "Sówka", "greeting": "Hej!", "share_percent": "10", "threshold": "0.8", "offer_threshold": "0.4"}
    page = ewa.get("/settings/assistant/")
    ewa.post("/settings/assistant/", said | {"people_only": ["complaint"]})

    setup = Setup.objects.get(organisation=world.shop)
    assert (setup.active, setup.name, setup.share_percent, setup.people_only) == (False, "Sówka", 10, ["complaint"])
    assert not any("disclos" in name for name in page.context["form"].fields)
    assert without_orphans(page.context["disclosure"]) in page.content.decode()


def test_it_must_be_surer_to_answer_than_to_offer(ewa: Client, world: World):
    said = {"name": "Sówka", "share_percent": "10", "threshold": "0.4", "offer_threshold": "0.5"}

    assert ewa.post("/settings/assistant/", said).status_code == 422
