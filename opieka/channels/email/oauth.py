"""Access tokens for XOAUTH2: fetched with the refresh token, kept in memory until shortly before they expire."""

import hashlib
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

from opieka.channels.base import Connection, TryLater, Withdrawn, WontWork
from opieka.channels.email.providers import provider_of
from opieka.plumbing import http

RENEW_BEFORE = 120.0
LIFETIME = 3600.0
REFRESH = "oauth_refresh_token"
ENDED = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})

_kept: dict[tuple[int, str], tuple[str, float]] = {}
_lock = Lock()


def access_token(connection: Connection, *, renew: bool = False) -> str:
    """A token that is valid now; `renew` when the server did not take the one we had. Raises TryLater, WontWork."""
    refresh = connection.secrets.get(REFRESH, "")
    if not refresh:
        raise Withdrawn(_("The mailbox is not connected with its provider yet: the refresh token is missing."))
    with _lock:
        token, expires = _kept.get(_key(connection, refresh), ("", 0.0))
        if token and not renew and time.monotonic() < expires - RENEW_BEFORE:
            return token
        return _renewed(connection, refresh)


def _renewed(connection: Connection, refresh: str) -> str:
    try:
        said = _refreshed(connection, refresh)
    except Withdrawn:
        # Another process may have used this one up and kept its successor.
        stored = connection.reread().get(REFRESH, "")
        if not stored or stored == refresh:
            raise
        refresh = stored
        said = _refreshed(connection, refresh)
    fresh = str(said.get("refresh_token") or refresh)
    if fresh != refresh:
        connection.keep_secrets({REFRESH: fresh})
    token, expires = str(said["access_token"]), time.monotonic() + lifetime_of(said)
    # Whoever opens the mailbox next has the new one in hand; the token serves both.
    for one in {refresh, fresh, connection.secrets[REFRESH]}:
        _kept[_key(connection, one)] = (token, expires)
    return token


def _key(connection: Connection, refresh: str) -> tuple[int, str]:
    return connection.id, hashlib.sha256(refresh.encode()).hexdigest()


def _refreshed(connection: Connection, refresh: str) -> dict[str, Any]:
    provider = provider_of(connection)
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    if provider.names_scope_again:
        form["scope"] = provider.scope
    return ask_token(connection, form)


def ask_token(connection: Connection, form: Mapping[str, str]) -> dict[str, Any]:
    """What the provider gives for this form; it holds "access_token". Raises TryLater or WontWork."""
    status, said = call(connection, provider_of(connection).token, form)
    if status == 200 and said.get("access_token"):
        return said
    raise refusal(status, said)


def call(connection: Connection, url: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """POST a form with our client id and secret; the status and the JSON, {} for anything else."""
    ours = {
        "client_id": str(connection.settings.get("oauth_client_id", "")),
        "client_secret": connection.secrets.get("oauth_client_secret", ""),
    }
    try:
        answer = http.post(url, data={name: value for name, value in {**form, **ours}.items() if value})
    except http.Forbidden as error:
        why = {"reason": error}
        raise WontWork(_("The address for tokens is not one that may be called: %(reason)s") % why) from error
    except http.Problem as error:
        raise TryLater(_("The provider that gives access to the mailbox does not answer.")) from error
    try:
        said = answer.json()
    except ValueError:
        said = {}
    return answer.status_code, said if isinstance(said, dict) else {}


def lifetime_of(said: Mapping[str, Any]) -> float:
    lifetime = str(said.get("expires_in") or "")
    return float(lifetime) if lifetime.isdigit() else LIFETIME


def refusal(status: int, said: Mapping[str, Any]) -> TryLater | WontWork:
    """What a refusal means for us, with a sentence. Microsoft's numbers only choose the words, never the deed."""
    error, description = str(said.get("error", "")), str(said.get("error_description", ""))
    if "AADSTS50194" in description:
        return WontWork(
            _(
                "This application belongs to one organisation at Microsoft: enter its tenant in the settings of the inbox."
            )
        )
    if error in ENDED:
        return Withdrawn(_("Access to the mailbox was withdrawn or has expired. Connect the mailbox again."))
    if error in {"invalid_client", "unauthorized_client"}:
        return WontWork(_("The provider does not accept the client id and secret; the secret may have expired."))
    if status >= 500 or status == 429 or not error:
        return TryLater(_("The provider that gives access to the mailbox does not answer."))
    return WontWork(_("The provider gives no access to the mailbox: %(error)s") % {"error": error[:100]})
