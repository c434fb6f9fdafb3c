"""A provider of mailboxes for development and tests: it gives consent, codes and tokens as Google and Microsoft do.

It listens on this machine, checks state, PKCE, redirect address, client and tenant, renews refresh tokens, and can be
told to refuse. Addresses: /{tenant}/authorize, /{tenant}/token, /{tenant}/devicecode.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from opieka.channels.email.providers import ANY_ORGANISATION

Answer = tuple[int, dict[str, Any]]


@dataclass
class Person:
    """Who sits before the provider's page: they say yes unless told otherwise."""

    consents: bool = True


@dataclass
class FakeProvider:
    """`tenant` makes the application one of a single organisation; `mint` makes access tokens; `once` ends a refresh
    token with its first use; `lasting` is whether consent without `prompt=consent` still brings a refresh token.
    """

    client_id: str = "opieka"
    client_secret: str = "tajne"  # noqa: S105 - Of a server that is not there.
    redirect: str = ""
    tenant: str = ""
    once: bool = False
    lasting: bool = True
    mint: Callable[[], str] = lambda: f"dostep-{secrets.token_hex(4)}"
    person: Person = field(default_factory=Person)
    asked: list[dict[str, str]] = field(default_factory=list)
    refreshes: set[str] = field(default_factory=set)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _devices: dict[str, str] = field(default_factory=dict)
    _approved: set[str] = field(default_factory=set)

    def start(self) -> "FakeProvider":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def revoke(self) -> None:
        """The person, or their administrator, withdraws every access."""
        self.refreshes.clear()

    def approve(self, user_code: str) -> None:
        """The person types the code and agrees."""
        self._approved.update(device for device, code in self._devices.items() if code == user_code)

    # --- its three addresses ------------------------------------------------------------------------------------
    def authorize(self, asked: dict[str, str]) -> str:
        """Where the person's browser is sent back to."""
        back, state = asked.get("redirect_uri", ""), asked.get("state", "")
        if asked.get("client_id") != self.client_id or (self.redirect and back != self.redirect):
            return ""
        if not self.person.consents:
            return f"{back}?{urlencode({'error': 'access_denied', 'state': state})}"
        code = secrets.token_urlsafe(12)
        self._codes[code] = asked
        return f"{back}?{urlencode({'code': code, 'state': state})}"

    def devicecode(self, asked: dict[str, str]) -> Answer:
        if asked.get("client_id") != self.client_id:
            return 400, {"error": "unauthorized_client"}
        device, code = secrets.token_urlsafe(16), secrets.token_hex(4).upper()
        self._devices[device] = code
        address = f"{self.url}/device"
        return 200, {
            "device_code": device, "user_code": code, "verification_uri": address, "expires_in": 900, "interval": 5,
            "message": f"Open {address} and enter {code}.",
        }  # fmt: skip

    def token(self, asked: dict[str, str], tenant: str) -> Answer:
        self.asked.append(asked)
        if asked.get("client_id") != self.client_id or asked.get("client_secret", "") != self.client_secret:
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
        if self.tenant and tenant in {ANY_ORGANISATION, "common"}:
            return 400, {
                "error": "invalid_request",
                "error_description": "AADSTS50194: Not a multi-tenant application.",
            }
        grant = asked.get("grant_type", "").rpartition(":")[2]
        if grant == "authorization_code":
            return self._for_code(asked)
        return self._for_device(asked) if grant == "device_code" else self._for_refresh(asked)

    # --- its three grants ---------------------------------------------------------------------------------------
    def _for_code(self, asked: dict[str, str]) -> Answer:
        begun = self._codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if begun is None or begun.get("code_challenge_method") != "S256" or begun.get("code_challenge") != challenge:
            return 400, {"error": "invalid_grant"}
        if begun.get("redirect_uri") != asked.get("redirect_uri"):
            return 400, {"error": "redirect_uri_mismatch"}
        return self._granted(lasting=self.lasting or begun.get("prompt") == "consent")

    def _for_device(self, asked: dict[str, str]) -> Answer:
        device = asked.get("device_code", "")
        if device not in self._devices:
            return 400, {"error": "expired_token"}
        if not self.person.consents:
            return 400, {"error": "authorization_declined"}
        if device not in self._approved:
            return 400, {"error": "authorization_pending"}
        del self._devices[device]
        return self._granted()

    def _for_refresh(self, asked: dict[str, str]) -> Answer:
        old = asked.get("refresh_token", "")
        if old not in self.refreshes:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        if self.once:
            self.refreshes.discard(old)
        return self._granted()

    def _granted(self, *, lasting: bool = True) -> Answer:
        said: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3599, "access_token": self.mint()}
        if lasting:
            said["refresh_token"] = f"odnow-{secrets.token_hex(8)}"
            self.refreshes.add(said["refresh_token"])
        return 200, said


def _handler(provider: FakeProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            back = provider.authorize(_flat(parts.query)) if parts.path.endswith("/authorize") else ""
            self.send_response(302 if back else 400)
            if back:
                self.send_header("location", back)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            form = _flat(self.rfile.read(int(self.headers.get("content-length") or 0)).decode())
            tenant, _slash, verb = urlsplit(self.path).path.strip("/").rpartition("/")
            status, said = provider.devicecode(form) if verb == "devicecode" else provider.token(form, tenant)
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
