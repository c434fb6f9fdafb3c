"""A person lets us into a mailbox: there and back by redirect, or by a code; and again when access was withdrawn."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
import time_machine
from django.test import Client

from opieka.channels.actions import connect, note_health, reconfigure
from opieka.channels.base import Connection, Withdrawn, WontWork
from opieka.channels.email import Email, oauth
from opieka.channels.email.fake import FakeProvider
from opieka.channels.email.form import EmailForm
from opieka.channels.email.providers import PROVIDERS, provider_of
from opieka.channels.models import Inbox, Outage
from opieka.channels.queries import channel_of
from opieka.plumbing.models import AuditEntry
from tests.channels.email.test_oauth import FILLED
from tests.world import World, after

BACK = "http://127.0.0.1:8000/settings/inboxes/consent/"


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """The fake in the place of both of them."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    settings.HTTP_INSIDE_TRANSACTIONS = True
    oauth._kept.clear()
    fake = FakeProvider(redirect=f"{settings.PUBLIC_URL}/settings/inboxes/consent/").start()
    google = {"authorize": f"{fake.url}/google/authorize", "token": f"{fake.url}/google/token"}
    microsoft = {
        "authorize": fake.url + "/{tenant}/authorize",
        "token": fake.url + "/{tenant}/token",
        "device": fake.url + "/{tenant}/devicecode",
    }
    monkeypatch.setitem(PROVIDERS, "google", replace(PROVIDERS["google"], **google))
    monkeypatch.setitem(PROVIDERS, "microsoft", replace(PROVIDERS["microsoft"], **microsoft))
    yield fake
    fake.close()


@pytest.fixture(autouse=True)
def no_mail_server(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The mailbox itself lets in whoever has a token that works."""
    opened: list[str] = []

    def check(self: Email) -> str:
        opened.append(oauth.access_token(self.connection))
        return "Odbieranie działa."

    monkeypatch.setattr(Email, "check", check)
    return opened


def mailbox(world: World, provider: str = "google", **more: Any) -> Inbox:
    given = {"login": "oauth", "oauth_provider": provider, "oauth_client_id": "opieka", "oauth_client_secret": "tajne"}
    form = EmailForm(FILLED | given | more)
    assert form.is_valid(), form.errors
    return connect(world.shop, "email", name="Poczta", cleaned=form.cleaned_data)


def ewa_of(world: World) -> Client:
    client = Client()
    client.force_login(world.ewa.user)
    return client


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def sent_back_from(address: str) -> str:
    """What a browser does at the provider: its person is asked, and it is sent back."""
    from urllib.error import HTTPError

    try:
        build_opener(Stay).open(address)
    except HTTPError as answer:
        return str(answer.headers["location"])
    raise AssertionError("The provider sent nobody back.")


def there_and_back(client: Client, inbox: Inbox) -> Any:
    away = client.get(f"/settings/inboxes/{inbox.pk}/consent/")
    back = urlsplit(sent_back_from(away["Location"]))
    return client.get(f"{back.path}?{back.query}", follow=True)


def refresh_of(inbox: Inbox) -> str:
    inbox.refresh_from_db()
    return channel_of(inbox).connection.secrets.get("oauth_refresh_token", "")


@pytest.mark.parametrize("name", ["google", "microsoft"])
def test_one_click_there_and_back_connects_the_mailbox(provider: FakeProvider, world: World, name: str):
    inbox = mailbox(world, name)

    page = there_and_back(ewa_of(world), inbox)

    assert refresh_of(inbox) in provider.refreshes
    assert "Odbieranie działa." in page.content.decode()
    assert page.redirect_chain[-1][0] == f"/settings/inboxes/{inbox.pk}/"
    assert AuditEntry.objects.filter(verb="connected inbox again", subject=f"inbox:{inbox.pk}").exists()


def test_who_sets_out_from_the_first_steps_comes_back_to_them(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world), ewa_of(world)
    step = ewa.get("/start/mailbox/").content.decode()
    leave = f"/settings/inboxes/{inbox.pk}/consent/?then=start"

    back = urlsplit(sent_back_from(ewa.get(leave)["Location"]))
    answer = ewa.get(f"{back.path}?{back.query}")

    assert f'href="{leave}"' in step
    assert answer["Location"] == "/start/mailbox/"
    assert refresh_of(inbox) in provider.refreshes


def test_what_google_and_microsoft_want_to_be_asked(provider: FakeProvider, world: World):
    for name, wanted in {
        "google": {"access_type": "offline", "prompt": "consent", "scope": "https://mail.google.com/"},
        "microsoft": {"response_mode": "query", "prompt": "select_account"},
    }.items():
        asked = parse_qs(urlsplit(channel_of(mailbox(world, name)).ask_consent(back=BACK).address).query)
        said = {key: values[0] for key, values in asked.items()}
        assert wanted.items() <= said.items()
        assert (said["response_type"], said["code_challenge_method"]) == ("code", "S256")
        assert said["login_hint"] == "pomoc@lampa.example"
    assert "offline_access" in said["scope"]


def test_google_gives_no_codes_and_microsoft_gives_both_ways(provider: FakeProvider, world: World):
    assert channel_of(mailbox(world, "google")).ways_to_consent() == ("redirect",)
    assert channel_of(mailbox(world, "microsoft")).ways_to_consent() == ("redirect", "device")
    assert channel_of(mailbox(world, login="password")).ways_to_consent() == ()


def test_an_answer_to_nothing_or_to_another_request_is_refused(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world), ewa_of(world)
    path = "/settings/inboxes/consent/"

    unasked = ewa.get(f"{path}?code=x&state=y", follow=True).content.decode()
    ewa.get(f"/settings/inboxes/{inbox.pk}/consent/")
    foreign = ewa.get(f"{path}?code=x&state=y", follow=True).content.decode()

    assert "nie pasuje do prośby" in unasked.replace("\xa0", " ")
    assert "nie pasuje do prośby" in foreign.replace("\xa0", " ")
    assert (provider.asked, refresh_of(inbox)) == ([], "")


def test_an_answer_counts_once_and_not_after_a_quarter_of_an_hour(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world), ewa_of(world)
    away = ewa.get(f"/settings/inboxes/{inbox.pk}/consent/")["Location"]
    back = urlsplit(sent_back_from(away))
    with after(minutes=16):
        ewa.get(f"{back.path}?{back.query}")
    ewa.get(f"{back.path}?{back.query}")

    assert (provider.asked, refresh_of(inbox)) == ([], "")


def test_a_stolen_code_is_worth_nothing_without_the_verifier(provider: FakeProvider, world: World):
    channel = channel_of(mailbox(world))
    consent = channel.ask_consent(back=provider.redirect)
    answer = {key: values[0] for key, values in parse_qs(urlsplit(sent_back_from(consent.address)).query).items()}

    with pytest.raises(WontWork):
        channel.take_consent(answer, {**consent.kept, "verifier": "zgadywany"}, back=provider.redirect)


def test_a_no_changes_nothing_and_is_said(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world), ewa_of(world)
    there_and_back(ewa, inbox)
    before = refresh_of(inbox)
    provider.person.consents = False

    page = there_and_back(ewa, inbox)

    assert "odmówiono dostępu" in page.content.decode()
    assert refresh_of(inbox) == before


def test_consent_for_an_hour_only_is_not_taken_for_a_connection(provider: FakeProvider, world: World):
    inbox = mailbox(world, "microsoft")
    provider.lasting = False

    page = there_and_back(ewa_of(world), inbox)

    assert "dostęp offline" in page.content.decode().replace("\xa0", " ")
    assert refresh_of(inbox) == ""


def test_a_code_typed_elsewhere_connects_the_mailbox(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world, "microsoft"), ewa_of(world)
    page = ewa.post(f"/settings/inboxes/{inbox.pk}/code/")
    code = page.context["code"]
    typed = f"/settings/inboxes/{inbox.pk}/code/typed/"

    assert code.user_code in page.content.decode()
    assert code.device_code not in page.content.decode()
    assert ewa.post(typed).status_code == 204
    provider.approve(code.user_code)
    assert ewa.post(typed)["HX-Redirect"] == f"/settings/inboxes/{inbox.pk}/"
    assert refresh_of(inbox) in provider.refreshes


def test_a_code_connects_no_other_mailbox_than_the_one_it_was_asked_for(provider: FakeProvider, world: World):
    inbox, other, ewa = mailbox(world, "microsoft"), mailbox(world, "microsoft"), ewa_of(world)
    code = ewa.post(f"/settings/inboxes/{inbox.pk}/code/").context["code"]
    provider.approve(code.user_code)

    ewa.post(f"/settings/inboxes/{other.pk}/code/typed/")

    assert (refresh_of(other), provider.asked) == ("", [])


def test_a_code_that_was_declined_ends_the_waiting(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world, "microsoft"), ewa_of(world)
    ewa.post(f"/settings/inboxes/{inbox.pk}/code/")
    provider.person.consents = False

    assert ewa.post(f"/settings/inboxes/{inbox.pk}/code/typed/")["HX-Redirect"]
    assert "odmówiono" in ewa.get(f"/settings/inboxes/{inbox.pk}/").content.decode()


def test_an_application_of_one_organisation_needs_its_tenant(provider: FakeProvider, world: World):
    provider.tenant = "lampa.onmicrosoft.com"
    inbox, ewa = mailbox(world, "microsoft"), ewa_of(world)

    assert "tenant" in there_and_back(ewa, inbox).content.decode()
    cleaned = inbox.settings | {"oauth_tenant": "lampa.onmicrosoft.com"}
    reconfigure(inbox, name="Poczta", cleaned=cleaned)
    there_and_back(ewa, inbox)

    assert refresh_of(inbox) in provider.refreshes


def test_a_tenant_cannot_lead_to_another_address(world: World):
    inbox = mailbox(world, "microsoft")
    inbox.settings["oauth_tenant"] = "x/../../@zly.example?"

    assert urlsplit(provider_of(channel_of(inbox).connection).token).path.count("/") == 4
    assert not EmailForm(FILLED | {"oauth_tenant": "x/y"}).is_valid()


def test_a_mailbox_that_was_never_connected_is_said_at_once(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world), ewa_of(world)

    ewa.post(f"/settings/inboxes/{inbox.pk}/check/")

    assert Outage.objects.get().withdrawn
    assert f'href="/settings/inboxes/{inbox.pk}/consent/"' in ewa.get("/alarms/").content.decode()


def test_withdrawn_access_is_mended_by_one_click_that_keeps_the_place(provider: FakeProvider, world: World):
    inbox, ewa = mailbox(world), ewa_of(world)
    there_and_back(ewa, inbox)
    cursor = {"mailbox": "x", "folders": {"INBOX": {"validity": 1, "uid": 812}}}
    Inbox.objects.filter(pk=inbox.pk).update(cursor=cursor)
    provider.revoke()
    inbox.refresh_from_db()
    with pytest.raises(Withdrawn) as gone:
        oauth.access_token(channel_of(inbox).connection, renew=True)
    note_health(inbox, trouble=str(gone.value), withdrawn=True)

    banner = ewa.get("/alarms/").content.decode()
    assert f'href="/settings/inboxes/{inbox.pk}/consent/"' in banner
    there_and_back(ewa, inbox)

    inbox.refresh_from_db()
    assert (inbox.cursor, inbox.trouble) == (cursor, "")
    assert Outage.objects.get().ended_at
    assert "banner danger" not in ewa.get("/alarms/").content.decode()


def test_a_token_that_another_process_has_used_up_is_replaced_by_its_successor(provider: FakeProvider, world: World):
    """With a provider that ends each refresh token after one use, two processes must not lock each other out."""
    provider.once = True
    inbox = mailbox(world)
    there_and_back(ewa_of(world), inbox)
    inbox.refresh_from_db()
    mine, theirs = channel_of(inbox).connection, channel_of(inbox).connection
    oauth.access_token(theirs, renew=True)
    oauth._kept.clear()

    assert oauth.access_token(mine)
    assert refresh_of(inbox) in provider.refreshes


def test_a_renewed_token_serves_whoever_opens_the_mailbox_next(provider: FakeProvider, world: World):
    """The inbox is opened anew after every renewal: were the token fetched again each time, it would never end."""
    inbox = mailbox(world, "microsoft")
    there_and_back(ewa_of(world), inbox)
    inbox.refresh_from_db()
    oauth._kept.clear()
    first = oauth.access_token(channel_of(inbox).connection)
    asked = len(provider.asked)
    inbox.refresh_from_db()

    assert oauth.access_token(channel_of(inbox).connection) == first
    assert len(provider.asked) == asked


def test_only_who_may_configure_connects(provider: FakeProvider, world: World):
    inbox = mailbox(world)
    piotr = Client()
    piotr.force_login(world.piotr.user)

    assert piotr.get(f"/settings/inboxes/{inbox.pk}/consent/").status_code == 403
    assert piotr.get("/settings/inboxes/consent/?code=x&state=y").status_code == 403


def test_an_address_for_consent_that_is_no_web_address_is_not_opened():
    given = {"login": "oauth", "oauth_client_id": "x", "oauth_authorize_url": "javascript:alert(1)"}

    with pytest.raises(WontWork):
        Email(Connection(id=1, key="k", name="n", settings=given, secrets={})).ask_consent(back=BACK)


def test_a_known_provider_brings_its_servers_and_the_secret_its_last_day(world: World):
    given = {"login": "oauth", "oauth_provider": "microsoft", "oauth_client_id": "x", "oauth_secret_ends": "2027-03-01"}
    form = EmailForm(FILLED | given | {"imap_host": "", "smtp_host": ""})
    assert form.is_valid(), form.errors
    inbox = connect(world.shop, "email", name="Poczta", cleaned=form.cleaned_data)

    assert (inbox.settings["imap_host"], inbox.settings["smtp_host"]) == ("outlook.office365.com", "smtp.office365.com")
    assert str(inbox.ends_on) == "2027-03-01"
    with time_machine.travel("2027-02-20 12:00+01:00"):
        assert "za 9 dni" in ewa_of(world).get("/alarms/").content.decode().replace("\xa0", " ")
    reconfigure(inbox, name="Poczta", cleaned=form.cleaned_data | {"oauth_secret_ends": ""})
    assert inbox.ends_on is None
