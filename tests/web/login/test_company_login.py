"""The company's own login lets in its people and those who were invited, and nobody else."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from opieka.accounts.actions import invite
from opieka.accounts.models import Membership, User
from tests.web.login.oidc import CLIENT, SECRET, Issuer
from tests.world import World


@pytest.fixture
def issuer(settings):
    made = Issuer()
    app = {
        "provider_id": "sso",
        "name": "Firma",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": made.url, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield made
    made.close()


def come_in(issuer: Issuer, **person: object):
    """Press the button, be let in by the issuer, come back. Returns the browser and the last answer."""
    issuer.person = {"sub": "7", "email_verified": True, "name": "Zosia Nowak", **person}
    client = Client()
    there = client.post("/login/sso/")
    asked = parse_qs(urlsplit(there["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = client.get("/login/sso/callback/", {"code": "c", "state": asked["state"][0]})
    return client, back


def test_the_button_stands_on_the_page(issuer: Issuer, client: Client, world: World):
    assert "Firma" in client.get("/login/").content.decode()


def test_without_an_issuer_there_is_no_button(client: Client, world: World):
    assert "/login/sso/" not in client.get("/login/").content.decode()


def test_somebody_who_works_here_is_let_in(issuer: Issuer, world: World):
    browser, back = come_in(issuer, email="piotr@lampa.example")

    assert back["Location"] == "/"
    assert browser.get("/settings/me/").context["user"] == world.piotr.user
    assert issuer.asked["client_secret"] == [SECRET]
    assert issuer.asked["code_verifier"]


def test_an_unverified_e_mail_opens_nothing(issuer: Issuer, world: World):
    browser, _back = come_in(issuer, email="piotr@lampa.example", email_verified=False)

    assert browser.get("/settings/me/").status_code == 302


def test_somebody_who_was_invited_joins(issuer: Issuer, world: World):
    invite(world.ewa, "zosia@lampa.example", role="agent")

    browser, _back = come_in(issuer, email="zosia@lampa.example")

    zosia = Membership.objects.get(user__email="zosia@lampa.example")
    assert (zosia.role, zosia.name, zosia.organisation) == ("agent", "Zosia Nowak", world.shop)
    assert browser.get("/settings/me/").status_code == 200


def test_a_stranger_of_the_company_is_refused_and_leaves_no_account(issuer: Issuer, world: World):
    browser, back = come_in(issuer, email="obcy@lampa.example")

    assert "account/signup_closed.html" in [template.name for template in back.templates]
    assert browser.get("/settings/me/").status_code == 302
    assert not User.objects.filter(email="obcy@lampa.example").exists()


def test_a_forged_return_opens_nothing(issuer: Issuer, world: World):
    issuer.person = {"sub": "7", "email": "ewa@lampa.example", "email_verified": True}
    client = Client()

    client.get("/login/sso/callback/", {"code": "c", "state": "forged"})

    assert client.get("/settings/me/").status_code == 302
