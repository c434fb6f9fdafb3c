"""How a person lets us into a mailbox: authorization code with PKCE (RFC 7636), or a device code (RFC 8628)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.utils.translation import gettext as _

from opieka.channels.base import Connection, WontWork
from opieka.channels.consent import Code, Consent
from opieka.channels.email.oauth import REFRESH, ask_token, call, refusal
from opieka.channels.email.providers import provider_of

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
WAITING = frozenset({"authorization_pending", "slow_down"})
LEAST_INTERVAL, MOST_INTERVAL, USUAL_INTERVAL = 3, 60, 5
LONGEST_WAIT = 1800


def ways(connection: Connection) -> tuple[str, ...]:
    """The ways this mailbox offers; none while it has a password or no client id."""
    settings = connection.settings
    if settings.get("login") != "oauth" or not settings.get("oauth_client_id"):
        return ()
    provider = provider_of(connection)
    found = {"redirect": provider.authorize, "device": provider.device}
    return tuple(way for way, address in found.items() if address)


def ask_consent(connection: Connection, *, back: str) -> Consent:
    provider, verifier, state = provider_of(connection), secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    if urlsplit(provider.authorize).scheme not in {"http", "https"}:
        raise WontWork(_("The address for consent is not a web address."))
    asked = {
        "client_id": str(connection.settings.get("oauth_client_id", "")),
        "response_type": "code",
        "redirect_uri": back,
        "scope": provider.scope,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "login_hint": str(connection.settings.get("imap_user") or connection.settings.get("address", "")),
        **provider.extra,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    sign = "&" if urlsplit(provider.authorize).query else "?"
    return Consent(address=f"{provider.authorize}{sign}{query}", kept={"state": state, "verifier": verifier})


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def take_consent(
    connection: Connection, answer: Mapping[str, str], kept: Mapping[str, str], *, back: str
) -> dict[str, str]:  # fmt: skip
    expected, given = kept.get("state", ""), answer.get("state", "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise WontWork(_("This answer does not belong to your request. Begin once more."))
    if error := answer.get("error"):
        if error == "access_denied":
            raise WontWork(_("The provider was told not to let us in. Nothing has changed."))
        raise refusal(400, {"error": error, "error_description": answer.get("error_description", "")})
    form = {
        "grant_type": "authorization_code",
        "code": answer.get("code", ""),
        "redirect_uri": back,
        "code_verifier": kept.get("verifier", ""),
    }
    return _secrets(ask_token(connection, form))


def ask_code(connection: Connection) -> Code:
    provider = provider_of(connection)
    status, said = call(connection, provider.device, {"scope": provider.scope})
    # Its first drafts, and some providers still, call it a URL.
    address = str(said.get("verification_uri") or said.get("verification_url") or "")
    if status != 200 or not said.get("device_code") or urlsplit(address).scheme not in {"http", "https"}:
        raise refusal(status, said)
    return Code(
        user_code=str(said.get("user_code", ""))[:40],
        address=address,
        device_code=str(said["device_code"]),
        interval=min(MOST_INTERVAL, max(LEAST_INTERVAL, _number(said.get("interval"), USUAL_INTERVAL))),
        expires_in=min(LONGEST_WAIT, _number(said.get("expires_in"), 900)),
    )


def take_code(connection: Connection, device_code: str) -> dict[str, str]:
    form = {"grant_type": DEVICE, "device_code": device_code}
    status, said = call(connection, provider_of(connection).token, form)
    if said.get("access_token"):
        return _secrets(said)
    error = str(said.get("error", ""))
    if error in WAITING:
        return {}
    if error in {"access_denied", "authorization_declined"}:
        raise WontWork(_("The provider was told not to let us in. Nothing has changed."))
    if error in {"expired_token", "bad_verification_code"}:
        raise WontWork(_("The code has expired. Begin once more."))
    raise refusal(status, said)


def _secrets(said: Mapping[str, Any]) -> dict[str, str]:
    refresh = str(said.get("refresh_token") or "")
    if not refresh:
        raise WontWork(
            _(
                "The provider lets us in for an hour only: it gave no refresh token. Allow offline access for the application."
            )
        )
    return {REFRESH: refresh}


def _number(value: object, usual: int) -> int:
    return int(str(value)) if str(value).isdigit() else usual
