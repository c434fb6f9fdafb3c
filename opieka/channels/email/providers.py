"""Addresses and scopes of the providers that give access to mailboxes by OAuth 2.0, as they publish them.

Google gives mail scopes by redirect only: its list of scopes for device codes has none. Microsoft gives them both ways.
"""

from dataclasses import dataclass, field
from urllib.parse import quote

from opieka.channels.base import Connection

ANY_ORGANISATION = "organizations"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """`{tenant}` in an address is replaced. `extra` goes with the request for consent."""

    authorize: str
    token: str
    device: str = ""
    scope: str = ""
    names_scope_again: bool = False
    extra: dict[str, str] = field(default_factory=dict)
    imap_host: str = ""
    smtp_host: str = ""


_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
PROVIDERS = {
    "google": Provider(
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - An address.
        scope="https://mail.google.com/",
        # Without both of these Google gives a refresh token only the very first time.
        extra={"access_type": "offline", "prompt": "consent"},
        imap_host="imap.gmail.com",
        smtp_host="smtp.gmail.com",
    ),
    "microsoft": Provider(
        authorize=f"{_MICROSOFT}/authorize",
        token=f"{_MICROSOFT}/token",
        device=f"{_MICROSOFT}/devicecode",
        scope="https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        names_scope_again=True,
        # A person with several accounts in the browser must be able to choose that of the mailbox.
        extra={"response_mode": "query", "prompt": "select_account"},
        imap_host="outlook.office365.com",
        smtp_host="smtp.office365.com",
    ),
}


def provider_of(connection: Connection) -> Provider:
    """The provider of this mailbox, its tenant filled in."""
    settings = connection.settings
    found = PROVIDERS.get(str(settings.get("oauth_provider") or "custom")) or Provider(
        authorize=str(settings.get("oauth_authorize_url") or ""),
        token=str(settings.get("oauth_token_url") or ""),
        device=str(settings.get("oauth_device_url") or ""),
        scope=str(settings.get("oauth_scope") or ""),
    )
    tenant = quote(str(settings.get("oauth_tenant") or ANY_ORGANISATION), safe="")
    return Provider(
        authorize=found.authorize.replace("{tenant}", tenant),
        token=found.token.replace("{tenant}", tenant),
        device=found.device.replace("{tenant}", tenant),
        scope=found.scope,
        names_scope_again=found.names_scope_again,
        extra=found.extra,
    )
