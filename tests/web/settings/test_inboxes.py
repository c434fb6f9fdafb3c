"""Channels are connected, tried and switched off from their own forms, and secrets are never shown again."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from opieka.channels.actions import connect, note_health
from opieka.channels.models import Inbox
from opieka.channels.queries import channel_of
from tests.world import World

MAILBOX = {
    "name": "Poczta",
    "channel-address": "pomoc@lampa.example",
    "channel-login": "password",
    "channel-imap_host": "127.0.0.1",
    "channel-imap_port": "9",
    "channel-imap_security": "none",
    "channel-imap_password": "tajne-imap",
    "channel-smtp_host": "127.0.0.1",
    "channel-smtp_port": "9",
    "channel-smtp_security": "none",
    "channel-folders": "INBOX",
    "channel-history_days": "0",
}


@pytest.fixture
def ewa(world: World) -> Client:
    client = Client()
    client.force_login(world.ewa.user)
    return client


def test_every_offered_channel_has_a_page_to_connect_it(ewa: Client, world: World):
    offered = [row["kind"] for row in ewa.get("/settings/inboxes/").context["offered"]]

    assert {"email", "webchat"} <= set(offered)
    assert "console" not in offered
    assert [ewa.get(f"/settings/inboxes/new/{kind}/").status_code for kind in offered] == [200] * len(offered)


def test_a_mailbox_that_does_not_answer_is_kept_and_its_trouble_said(ewa: Client, world: World):
    answer = ewa.post("/settings/inboxes/new/email/", MAILBOX, follow=True)

    made = Inbox.objects.get(kind="email")
    assert made.trouble
    assert made.trouble in answer.content.decode().replace("&#x27;", "'")


def test_a_secret_is_sealed_never_shown_and_kept_when_left_empty(ewa: Client, world: World):
    ewa.post("/settings/inboxes/new/email/", MAILBOX)
    made = Inbox.objects.get(kind="email")
    page = ewa.get(f"/settings/inboxes/{made.pk}/").content.decode()
    ewa.post(f"/settings/inboxes/{made.pk}/", MAILBOX | {"channel-imap_password": "", "name": "Poczta sklepu"})

    made.refresh_from_db()
    assert "tajne-imap" not in page + str(made.settings) + made.sealed_secrets
    assert channel_of(made).connection.secrets["imap_password"] == "tajne-imap"
    assert made.name == "Poczta sklepu"


def test_what_was_typed_as_lines_comes_back_as_lines(ewa: Client, world: World):
    typed = {
        "name": "Czat",
        "channel-origins": "https://lampa.example\nhttps://sklep.lampa.example",
        "channel-shortcuts": "Gdzie paczka? | numer zamówienia | Gdzie jest moja paczka?",
    }
    ewa.post("/settings/inboxes/new/webchat/", typed)
    made = Inbox.objects.get(kind="webchat")
    form = ewa.get(f"/settings/inboxes/{made.pk}/").context["form"]

    assert form["origins"].value() == typed["channel-origins"]
    assert form["shortcuts"].value() == typed["channel-shortcuts"]


def test_a_chat_shows_the_code_to_paste(ewa: Client, world: World):
    made = connect(world.shop, "webchat", name="Czat", cleaned={"origins": [], "greeting": "", "shortcuts": []})

    page = ewa.get(f"/settings/inboxes/{made.pk}/")

    assert f'data-inbox="{made.key}"' in page.context["snippet"]
    assert "&lt;script async" in page.content.decode()


def test_checking_says_that_it_works(ewa: Client, world: World):
    note_health(world.inbox, trouble="Nie działa.")

    ewa.post(f"/settings/inboxes/{world.inbox.pk}/check/")

    world.inbox.refresh_from_db()
    assert (world.inbox.trouble, world.inbox.trouble_since) == ("", None)


def test_a_mailbox_that_waits_for_consent_offers_both_ways(ewa: Client, world: World):
    given = {"channel-login": "oauth", "channel-oauth_provider": "microsoft", "channel-oauth_client_id": "x"}

    page = ewa.post("/settings/inboxes/new/email/", MAILBOX | given, follow=True).content.decode()

    made = Inbox.objects.get(kind="email")
    assert f'href="/settings/inboxes/{made.pk}/consent/"' in page
    assert f'action="/settings/inboxes/{made.pk}/code/"' in page
    assert "http://127.0.0.1:8000/settings/inboxes/consent/" in page


def test_an_inbox_is_switched_off_and_on(ewa: Client, world: World):
    ewa.post(f"/settings/inboxes/{world.inbox.pk}/power/", {"on": "0"})
    assert not Inbox.objects.get(pk=world.inbox.pk).active

    ewa.post(f"/settings/inboxes/{world.inbox.pk}/power/", {"on": "1"})
    assert Inbox.objects.get(pk=world.inbox.pk).active


def test_an_inbox_of_another_firm_is_not_found(world: World):
    olek = Client()
    olek.force_login(world.olek.user)

    assert olek.get(f"/settings/inboxes/{world.inbox.pk}/").status_code == 404
    assert olek.post(f"/settings/inboxes/{world.inbox.pk}/power/", {"on": "0"}).status_code == 404


def test_a_channel_not_used_yet_is_new_in_its_own_gender():
    with translation.override("pl"):
        chip = render_to_string("web/settings/health.html", {"health": "new"})

    assert "nowy<" in chip
