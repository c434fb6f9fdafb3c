"""The settings of a mailbox, as the start wizard and the settings page draw them."""

import ipaddress
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opieka.channels.email.providers import PROVIDERS
from opieka.channels.form import (
    ACKNOWLEDGEMENT,
    ACKNOWLEDGEMENT_CLOSED,
    BooleanField,
    ChannelForm,
    CharField,
    ChoiceField,
    DayField,
    EmailField,
    IntegerField,
    RegexField,
    SecretField,
    Textarea,
    UnlessInput,
)

SECURITY = [("tls", _("TLS")), ("starttls", _("STARTTLS")), ("none", _("none (only on this machine)"))]
RECEIVES = [("imap", _("fetched from the mailbox (IMAP)")), ("sent", _("sent to Opieka"))]
LOGINS = [("password", _("password")), ("oauth", _("Google or Microsoft (OAuth 2.0)"))]
OFFERED = [("google", "Google"), ("microsoft", "Microsoft 365"), ("custom", _("another provider"))]


class EmailForm(ChannelForm):
    rare = (
        "login", "oauth_provider", "oauth_client_id", "oauth_client_secret", "oauth_secret_ends", "oauth_tenant",
        "imap_port", "imap_security", "imap_user", "smtp_port", "smtp_security", "smtp_user", "smtp_password",
        "acknowledges", "acknowledgement", "acknowledgement_closed", "folders", "history_days", "undo", "shows_number", "plus_addresses", "trusted_server",
        "oauth_authorize_url", "oauth_token_url", "oauth_device_url", "oauth_scope", "oauth_refresh_token",
    )  # fmt: skip

    address = EmailField(label=_("E-mail address"), help_text=_("Customers write to it and get answers from it."))
    display_name = CharField(label=_("Name shown to customers"), max_length=120, required=False)
    receives = ChoiceField(
        label=_("How mail comes in"), choices=RECEIVES, initial="imap", required=False,
        help_text=_("Sent to Opieka: a forwarding rule or your own mail server brings it; no IMAP server is needed."),
    )  # fmt: skip
    login = ChoiceField(label=_("Login"), choices=LOGINS, initial="password")

    imap_host = CharField(label=_("IMAP server"), max_length=250, widget=UnlessInput)
    imap_port = IntegerField(label=_("IMAP port"), min_value=1, max_value=65535, initial=993)
    imap_security = ChoiceField(label=_("IMAP encryption"), choices=SECURITY, initial="tls")
    imap_user = CharField(
        label=_("User name"), max_length=250, required=False, help_text=_("Empty: the e-mail address.")
    )
    imap_password = SecretField(label=_("Password"), required=False)

    smtp_host = CharField(label=_("SMTP server"), max_length=250, widget=UnlessInput)
    smtp_port = IntegerField(label=_("SMTP port"), min_value=1, max_value=65535, initial=587)
    smtp_security = ChoiceField(label=_("SMTP encryption"), choices=SECURITY, initial="starttls")
    smtp_user = CharField(
        label=_("SMTP user name"), max_length=250, required=False, help_text=_("Empty: the same as for IMAP.")
    )
    smtp_password = SecretField(label=_("SMTP password"), required=False, help_text=_("Empty: the same as for IMAP."))

    oauth_provider = ChoiceField(label=_("Provider"), choices=OFFERED, required=False)
    oauth_client_id = CharField(label=_("Client id"), max_length=250, required=False)
    oauth_client_secret = SecretField(label=_("Client secret"), required=False)
    oauth_secret_ends = DayField(
        label=_("Last day of the client secret"), required=False,
        help_text=_("Microsoft shows it beside the secret. You are reminded 14 days before."),
    )  # fmt: skip
    oauth_tenant = RegexField(
        label=_("Microsoft tenant"), regex=r"^[A-Za-z0-9.-]{1,120}$", required=False,
        help_text=_("Needed for an application of one organisation. Empty: any organisation."),
    )  # fmt: skip
    oauth_authorize_url = CharField(label=_("Address for consent (another provider)"), max_length=250, required=False)
    oauth_token_url = CharField(label=_("Address for tokens (another provider)"), max_length=250, required=False)
    oauth_device_url = CharField(label=_("Address for codes (another provider)"), max_length=250, required=False)
    oauth_scope = CharField(label=_("Scope (another provider)"), max_length=500, required=False)
    oauth_refresh_token = SecretField(
        label=_("Refresh token"), required=False, help_text=_("Empty: it comes by itself when you connect.")
    )

    folders = CharField(
        label=_("Folders to read"), max_length=500, initial="INBOX", help_text=_("Several are parted by commas.")
    )
    history_days = IntegerField(
        label=_("Days of earlier mail to take in"),
        min_value=0,
        max_value=3650,
        initial=0,
        help_text=_("0: only mail that comes from now on. Earlier mail may get automatic answers too."),
    )
    signature = CharField(
        label=_("Signature"), widget=Textarea(attrs={"rows": 4}), max_length=2000, required=False,
        help_text=_("{name} becomes the agent's name."),
    )  # fmt: skip
    acknowledges = BooleanField(
        label=_("Tell customers at once that their message has come"), required=False,
        help_text=_("At most once a day in each conversation, never to automatic mail, and not where the assistant has answered."),
    )  # fmt: skip
    acknowledgement = CharField(
        label=_("Its text"), widget=Textarea(attrs={"rows": 4, "placeholder": ACKNOWLEDGEMENT}), max_length=2000, required=False,
        help_text=_("Empty: as shown. With the variables of templates; a line whose variable is empty is left out."),
    )  # fmt: skip
    acknowledgement_closed = CharField(
        label=_("Its text outside opening hours"), max_length=2000, required=False,
        widget=Textarea(attrs={"rows": 4, "placeholder": ACKNOWLEDGEMENT_CLOSED}), help_text=_("Empty: as shown. {{shop.back}} becomes “on Monday at 8:00”."),
    )  # fmt: skip
    undo = BooleanField(
        label=_("Wait a few seconds before sending, so that a reply can be taken back"), required=False, initial=True
    )
    shows_number = BooleanField(label=_("Show the conversation's number in the subject"), required=False)
    plus_addresses = BooleanField(
        label=_("Use +marks in addresses"), required=False,
        help_text=_("Only if mail to name+anything@… reaches this mailbox. Answers are then found even without headers."),
    )  # fmt: skip
    trusted_server = CharField(
        label=_("Server whose word about senders is trusted"), max_length=250, required=False,
        help_text=_("The first word of the Authentication-Results header of received mail, for example mx.google.com."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and self._said("login") == "oauth" and self._said("oauth_provider") in PROVIDERS:
            self.fields["imap_host"].required = self.fields["smtp_host"].required = False
        if self.is_bound and self._said("receives") == "sent":
            self.fields["imap_host"].required = False

    def _said(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["receives"] = cleaned.get("receives") or "imap"
        known = PROVIDERS.get(str(cleaned.get("oauth_provider"))) if cleaned.get("login") == "oauth" else None
        for way in ("imap_host", "smtp_host"):
            if known and not cleaned.get(way):
                cleaned[way] = getattr(known, way)
        for way, label in (("imap", "IMAP"), ("smtp", "SMTP")):
            if cleaned.get(f"{way}_security") == "none" and not _stays_here(str(cleaned.get(f"{way}_host", ""))):
                sentence = _("%(way)s without encryption is possible only with a server on this machine.") % {
                    "way": label
                }
                self.add_error(f"{way}_security", forms.ValidationError(sentence))
        needed = {"oauth_client_id": cleaned.get("oauth_client_id")}
        if cleaned.get("oauth_provider") == "custom":
            needed["oauth_token_url"] = cleaned.get("oauth_token_url")
        for name, value in needed.items():
            if cleaned.get("login") == "oauth" and not value:
                self.add_error(name, forms.ValidationError(_("This is needed for OAuth 2.0.")))
        return cleaned


def _stays_here(host: str) -> bool:
    """Whether mail to that host never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost.localdomain"}
