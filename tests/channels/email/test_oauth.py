"""Access tokens: renewed when they expire, told apart from a withdrawn consent and a provider that is away."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from opieka.channels.base import Connection, TryLater, WontWork
from opieka.channels.email import oauth
from opieka.channels.email.form import EmailForm


class Provider:
    """A token endpoint on this machine: `answers` are given one after another, the last for ever."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object]] = [(200, {"access_token": "klucz", "expires_in": 3600})]
        self.asked: list[dict[str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                provider.asked.append({name: values[0] for name, values in parse_qs(body).items()})
                status, said = provider.answers.pop(0) if len(provider.answers) > 1 else provider.answers[0]
                content = (said if isinstance(said, str) else json.dumps(said)).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    oauth._kept.clear()
    found = Provider()
    yield found
    found.server.shutdown()
    found.server.server_close()


def connection(provider: Provider, **more: Any) -> Connection:
    given: dict[str, Any] = {
        "settings": {"oauth_provider": "custom", "oauth_token_url": provider.url, "oauth_client_id": "sklep"},
        "secrets": {"oauth_refresh_token": "odnów", "oauth_client_secret": "tajne"},
    }
    return Connection(id=1, key="k", name="Poczta", **(given | more))


def test_a_token_is_fetched_once_and_kept_until_it_nears_its_end(provider: Provider):
    here = connection(provider)

    assert [oauth.access_token(here), oauth.access_token(here)] == ["klucz", "klucz"]
    assert provider.asked == [
        {"grant_type": "refresh_token", "refresh_token": "odnów", "client_id": "sklep", "client_secret": "tajne"}
    ]
    provider.answers = [(200, {"access_token": "nowy", "expires_in": 60})]
    assert oauth.access_token(here, renew=True) == "nowy"
    assert oauth.access_token(here) == "nowy"
    assert len(provider.asked) == 3


def test_a_renewed_refresh_token_is_kept(provider: Provider):
    kept: dict[str, str] = {}
    provider.answers = [(200, {"access_token": "klucz", "refresh_token": "nowszy"})]

    oauth.access_token(connection(provider, keep_secrets=kept.update))

    assert kept == {"oauth_refresh_token": "nowszy"}


@pytest.mark.parametrize(
    ("status", "said", "trouble", "word"),
    [
        (400, {"error": "invalid_grant", "error_description": "Token has been revoked."}, WontWork, "cofnięty"),
        (401, {"error": "invalid_client"}, WontWork, "sekret"),
        (400, {"error": "invalid_scope"}, WontWork, "invalid_scope"),
        (503, "<html>", TryLater, "nie odpowiada"),
        (429, {"error": "slow_down"}, TryLater, "nie odpowiada"),
        (200, "to nie JSON", TryLater, "nie odpowiada"),
    ],
)
def test_each_refusal_has_its_sentence(
    provider: Provider, status: int, said: object, trouble: type[Exception], word: str
):
    provider.answers = [(status, said)]

    with pytest.raises(trouble, match=word):
        oauth.access_token(connection(provider))


def test_a_provider_that_is_away_may_come_back(provider: Provider):
    provider.server.shutdown()
    provider.server.server_close()

    with pytest.raises(TryLater):
        oauth.access_token(connection(provider))


def test_an_address_inside_the_house_is_not_called(provider: Provider, settings: Any):
    settings.ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(WontWork):
        oauth.access_token(connection(provider))
    assert provider.asked == []


def test_without_a_refresh_token_the_mailbox_is_not_connected_yet(provider: Provider):
    with pytest.raises(WontWork, match="token"):
        oauth.access_token(connection(provider, secrets={}))


FILLED = {
    "address": "pomoc@lampa.example", "login": "password", "imap_host": "imap.lampa.example", "imap_port": 993,
    "imap_security": "tls", "smtp_host": "smtp.lampa.example", "smtp_port": 587, "smtp_security": "starttls",
    "history_days": 0, "folders": "INBOX",
}  # fmt: skip


def test_the_form_takes_a_usual_mailbox():
    form = EmailForm(FILLED)

    assert form.is_valid(), form.errors


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"imap_security": "none"}, "imap_security"),
        ({"smtp_security": "none"}, "smtp_security"),
        ({"login": "oauth"}, "oauth_client_id"),
        ({"login": "oauth", "oauth_client_id": "x", "oauth_provider": "custom"}, "oauth_token_url"),
        ({"imap_port": 0}, "imap_port"),
        ({"address": "pomoc"}, "address"),
    ],
)
def test_the_form_says_what_cannot_work(changed: dict[str, object], field: str):
    form = EmailForm({**FILLED, **changed})

    assert not form.is_valid()
    assert field in form.errors


def test_without_encryption_only_on_this_machine():
    assert EmailForm({**FILLED, "imap_security": "none", "imap_host": "127.0.0.1"}).is_valid()
    assert EmailForm({**FILLED, "smtp_security": "none", "smtp_host": "localhost"}).is_valid()
