"""Access tokens for XOAUTH2: fetched with the refresh token, kept in memory until shortly before they expire."""

import hashlib
import time
from threading import Lock

from django.utils.translation import gettext as _

from opieka.channels.base import Connection, TryLater, WontWork
from opieka.plumbing import http

TOKEN_URLS = {
    "google": "https://oauth2.googleapis.com/token",
    "microsoft": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
}
SCOPES = {
    "google": "https://mail.google.com/",
    "microsoft": "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
}
RENEW_BEFORE = 120.0

_kept: dict[tuple[int, str], tuple[str, float]] = {}
_lock = Lock()


def access_token(connection: Connection, *, renew: bool = False) -> str:
    """A token that is valid now; `renew` when the server did not take the one we had. Raises TryLater, WontWork."""
    refresh = connection.secrets.get("oauth_refresh_token", "")
    if not refresh:
        raise WontWork(_("The mailbox is not connected with its provider yet: the refresh token is missing."))
    key = (connection.id, hashlib.sha256(refresh.encode()).hexdigest())
    with _lock:
        token, expires = _kept.get(key, ("", 0.0))
        if token and not renew and time.monotonic() < expires - RENEW_BEFORE:
            return token
        token, lifetime = _fetch(connection, refresh)
        _kept[key] = (token, time.monotonic() + lifetime)
        return token


def _fetch(connection: Connection, refresh: str) -> tuple[str, float]:
    settings = connection.settings
    provider = str(settings.get("oauth_provider") or "custom")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": refresh,
        "client_id": str(settings.get("oauth_client_id", "")),
        "client_secret": connection.secrets.get("oauth_client_secret", ""),
        "scope": SCOPES.get(provider, "") if provider == "microsoft" else "",
    }
    url = TOKEN_URLS.get(provider, str(settings.get("oauth_token_url", "")))
    url = url.format(tenant=settings.get("oauth_tenant") or "organizations")
    try:
        answer = http.post(url, data={name: value for name, value in form.items() if value})
    except http.Forbidden as error:
        why = {"reason": error}
        raise WontWork(_("The address for tokens is not one that may be called: %(reason)s") % why) from error
    except http.Problem as error:
        raise TryLater(_("The provider that gives access to the mailbox does not answer.")) from error
    said = _said(answer)
    if answer.status_code == 200 and said.get("access_token"):
        fresh = str(said.get("refresh_token", ""))
        if fresh and fresh != refresh:
            connection.keep_secrets({"oauth_refresh_token": fresh})
        lifetime = str(said.get("expires_in") or "3600")
        return str(said["access_token"]), float(lifetime) if lifetime.isdigit() else 3600.0
    raise _refusal(answer.status_code, said)


def _said(answer: http.Answer) -> dict[str, object]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(status: int, said: dict[str, object]) -> TryLater | WontWork:
    error = str(said.get("error", ""))
    if error in {"invalid_grant", "interaction_required", "consent_required"}:
        return WontWork(_("Access to the mailbox was withdrawn or has expired. Connect the mailbox again."))
    if error in {"invalid_client", "unauthorized_client"}:
        return WontWork(_("The provider does not accept the client id and secret; the secret may have expired."))
    if status >= 500 or status == 429 or not error:
        return TryLater(_("The provider that gives access to the mailbox does not answer."))
    return WontWork(_("The provider gives no access to the mailbox: %(error)s") % {"error": error[:100]})
