"""The help that is built in: pages, search, and a bundle for whoever is asked what is wrong."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from opieka.accounts.actions import create_key
from opieka.channels.actions import connect
from opieka.conversations.actions import note, reply
from opieka.knowledge.actions import save
from opieka.plumbing.models import JobRow
from opieka.web.help.finding import find
from opieka.web.help.pages import FOLDER, SHELVES, pages
from opieka.web.help.scrubbing import scrubbed, vocabulary
from opieka.web.icons import has_icon
from tests.world import PASSWORD, World

ROOT = Path(__file__).resolve().parents[2]
FAILED = """Traceback (most recent call last):
  File "/home/ewa/opieka/opieka/channels/email/smtp.py", line 33, in send
    smtp.login("anna@lampa.example", "tajne-haslo")
smtplib.SMTPAuthenticationError: (535, b'5.7.8 authentication failed for Anna Kowalska <anna@lampa.example> +48 601 234 567')
"""


@pytest.fixture
def marek(client: Client, world: World) -> Client:
    client.force_login(world.marek.user)
    return client


@pytest.fixture
def agent(client: Client, world: World) -> Client:
    client.force_login(world.piotr.user)
    return client


def read(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode().replace("\xa0", " ")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_topic_opens_in_both_languages(agent: Client, world: World, language: str):
    world.piotr.user.language = language
    world.piotr.user.save()
    start = read(agent, "/help/")

    for page in pages(language):
        assert f'href="/help/{page.slug}/"' in start
        assert page.title in read(agent, f"/help/{page.slug}/")


def test_both_languages_hold_the_same_topics_on_the_same_shelves():
    def told(language: str) -> list[tuple[str, str, int, str]]:
        return [(page.slug, page.shelf, page.order, page.icon) for page in pages(language)]

    assert told("pl") == told("en")
    assert {page.shelf for page in pages("pl")} == set(SHELVES)
    assert all(has_icon(page.icon) for page in pages("pl"))


def test_links_in_the_help_lead_somewhere():
    broken = []
    for path in FOLDER.rglob("*.md"):
        for address in re.findall(r"\]\((/[^)#]*)", path.read_text(encoding="utf-8")):
            try:
                found = resolve(address)
            except Resolver404:
                broken.append((path.name, address))
                continue
            slug = found.kwargs.get("slug") if found.url_name == "guide-topic" else None
            if slug and slug not in {page.slug for page in pages("pl")}:
                broken.append((path.name, address))

    assert broken == []


@pytest.mark.proves(204)
@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("cofnąć wysłaną wiadomość", "undo"),
        ("cofnac", "undo"),
        ("skrótów klawiszowych", "inbox"),
        ("skroty klawiszowe", "inbox"),
        ("kopię zapasową", "backup"),
        ("zapomnialem telefonu kody", "security"),
        ("odkladanie", "snooze"),
        ("zaprosić pracownika", "people"),
        ("nie wiadomo", "delivery"),
        ("haslo do poczty", "mailbox"),
        ("kod na strone", "chat"),
        ("klucza api", "api-keys"),
    ],
)
def test_the_help_is_found_in_any_form_and_without_diacritics(asked: str, slug: str):
    assert slug in [hit.page.slug for hit in find(asked, spoken="pl")][:2]


def test_found_words_are_marked_and_what_was_typed_is_harmless(agent: Client):
    page = read(agent, "/help/?q=notatki")
    hostile = read(agent, "/help/?q=<script>alert(1)</script>")

    assert "<mark>" in page
    assert "/help/replies-and-notes/" in page
    assert "<script>alert" not in hostile


def test_a_search_without_an_answer_says_what_to_do(agent: Client):
    assert 'href="/help/problem/"' in read(agent, "/help/?q=xyzxyzxyz")


def test_english_search_finds_english_pages():
    assert find("recovery codes", spoken="en")[0].page.slug == "security"


def test_a_topic_that_is_not_there_is_not_found(agent: Client):
    assert agent.get("/help/nothing-of-that-name/").status_code == 404


def test_strangers_log_in_first(client: Client, db: None):
    assert client.get("/help/").status_code == 302
    assert client.get("/help/problem/bundle/").status_code == 302


def test_only_who_may_configure_downloads_the_bundle(agent: Client):
    assert agent.get("/help/problem/bundle/").status_code == 403
    assert "/help/problem/bundle/" not in read(agent, "/help/problem/")


def fill(world: World) -> list[str]:
    """Put something personal into every corner; returns what must not come out."""
    conversation = world.ask("Jestem Anna Kowalska, tel. 601 234 567, mój e-mail to anna.kowalska@poczta.example.")
    reply(conversation, "Dzień dobry, tu Piotr Testowa.", by=world.piotr)
    note(conversation, "Pani Anna mieszka przy Lipowej 7.", by=world.ola)
    save(world.shop, title="Zwroty u Ewy", body="Pisz do ewa@lampa.example.")
    inbox = connect(world.shop, "console", name="Skrzynka Anny", cleaned={"greeting": "Tu Ewa"})
    inbox.trouble_since = timezone.now()
    inbox.trouble = "authentication failed for anna@lampa.example, Anna Kowalska"
    inbox.save()
    JobRow.objects.create(
        name="opieka.channels.jobs.fetch",
        organisation_id=world.shop.pk,
        payload={"who": "Anna"},
        state=JobRow.State.DEAD,
        run_after=timezone.now(),
        attempts=9,
        last_error=FAILED,
    )
    _row, key = create_key(world.ewa, "Magazyn Ewy", scopes=["read"])
    members = [world.ewa, world.marek, world.piotr, world.ola, world.rita, world.olek]
    words = [part for member in members for part in [*member.user.name.split(), member.user.email]]
    mine = [
        "Anna",
        "Kowalska",
        "anna.kowalska",
        "Lampa",
        "Lipowej",
        "601",
        "234 567",
        "poczta.example",
        "lampa.example",
    ]
    secrets = [
        key,
        key[:10],
        inbox.key,
        inbox.hook_secret,
        world.inbox.key,
        PASSWORD,
        "tajne-haslo",
        "Magazyn",
        "Zwroty",
    ]
    return [*words, *mine, *secrets]


def unpacked(client: Client) -> dict[str, str]:
    response = client.get("/help/problem/bundle/")
    assert response["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


@pytest.mark.proves(204)
def test_the_bundle_tells_how_things_stand_and_names_nobody(marek: Client, world: World):
    personal = fill(world)
    files = unpacked(marek)
    everything = "\n".join(files.values())

    found = [word for word in personal if re.search(rf"\b{re.escape(word)}\b", everything, re.IGNORECASE)]

    assert found == []
    jobs = json.loads(files["jobs.json"])["failed"]
    assert [job["job"] for job in jobs] == ["opieka.channels.jobs.fetch"]
    assert "SMTPAuthenticationError: (535" in jobs[0]["error"]
    assert "opieka/channels/email/smtp.py:33 send" in jobs[0]["error"]
    assert json.loads(files["database.json"])["migrations_pending"] == []
    assert json.loads(files["database.json"])["rows"]["conversations_message"] >= 3
    assert [inbox["works"] for inbox in json.loads(files["inboxes.json"])].count(False) == 1
    assert set(json.loads(files["installation.json"])["drivers"]) == {"database", "live", "jobs", "files", "analytics"}


def test_the_bundle_of_one_shop_holds_nothing_of_another(client: Client, world: World):
    fill(world)
    client.force_login(world.olek.user)
    files = unpacked(client)

    assert json.loads(files["jobs.json"])["failed"] == []
    assert json.loads(files["database.json"])["rows"]["conversations_message"] == 0


@pytest.mark.proves(204)
def test_the_page_shows_exactly_what_the_bundle_holds(marek: Client, world: World):
    fill(world)
    page = read(marek, "/help/problem/")

    for name in unpacked(marek):
        assert f"<b>{name}</b>" in page
    assert "SMTPAuthenticationError" in page


def test_settings_are_named_without_their_values(marek: Client, monkeypatch: pytest.MonkeyPatch):
    from opieka.plumbing import environment

    monkeypatch.setenv("OPIEKA_SMTP_PASSWORD", "tajne-haslo")
    environment.text("OPIEKA_SMTP_PASSWORD", "")
    files = unpacked(marek)
    monkeypatch.undo()
    environment.text("OPIEKA_SMTP_PASSWORD", "")

    assert "OPIEKA_SMTP_PASSWORD" in json.loads(files["settings.json"])
    assert "tajne-haslo" not in "".join(files.values())


def test_no_name_of_a_person_is_a_word_of_the_programs():
    names: set[str] = set()
    for file in ("first_names.csv", "surnames.csv"):
        with (ROOT / "opieka" / "demo" / "data" / file).open(encoding="utf-8") as rows:
            names |= {word.lower() for row in csv.reader(rows) for word in row if len(word) > 1}
    header = {"name", "sex", "vocative", "count", "genitive"}

    assert sorted((names & vocabulary()) - header) == []


@pytest.mark.parametrize(
    "secret",
    [
        "anna.kowalska@poczta.example",
        "601 234 567",
        "+48601234567",
        "PL61109010140000071219812874",
        "44051401359",
        "sk_live_9aZ0bQ",
        "db.internal.lampa.example",
        "192.168.1.10",
        "/home/anna/.ssh/id",
        "żółw",
    ],
)
def test_what_no_program_says_is_taken_out_of_errors(secret: str):
    shown = scrubbed(f"httpx.ConnectError: connection to {secret} refused", vocabulary())

    assert shown.startswith("httpx.ConnectError: connection to")
    assert shown.endswith("refused")
    assert [part for part in re.findall(r"\w{2,}", secret) if re.search(rf"\b{part}\b", shown)] == []


def test_the_language_of_the_bundle_is_the_readers(marek: Client, world: World):
    world.marek.user.language = "en"
    world.marek.user.save()

    assert "There are no names" in unpacked(marek)["README.txt"]
    assert translation.get_language() is not None
