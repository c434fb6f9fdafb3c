"""The chat on a shop's own pages. The widget speaks to `portal/widget`, which checks the visitor before it comes here."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.channels.base import Channel, Hook, Inbound, Outbound, Sent, Traits, Unreadable
from opieka.channels.form import ChannelForm, CharField, Textarea

MOST_SHORTCUTS = 4


class WebchatForm(ChannelForm):
    """Where the chat may stand and what it says before anybody has written."""

    origins = CharField(
        required=False,
        widget=Textarea(attrs={"rows": 3, "placeholder": "https://sklep.example"}),
        label=gettext_lazy("Addresses of the pages that carry the chat"),
        help_text=gettext_lazy("One a line. The address of the shop is always allowed."),
    )
    greeting = CharField(
        required=False,
        max_length=120,
        widget=Textarea(attrs={"rows": 2}),
        label=gettext_lazy("Greeting"),
        help_text=gettext_lazy("At most two short lines. Left empty, the chat greets in its own words."),
    )
    shortcuts = CharField(
        required=False,
        widget=Textarea(attrs={"rows": 4}),
        label=gettext_lazy("Shortcuts"),
        help_text=gettext_lazy(
            "Up to four, one a line: title | what it takes | the message it sends. Left empty, there are four usual ones."
        ),
    )

    @staticmethod
    def as_typed(settings: Mapping[str, Any]) -> dict[str, Any]:
        lines = [" | ".join(one[part] for part in ("label", "hint", "text")) for one in settings.get("shortcuts") or []]
        return ChannelForm.as_typed(settings) | {"shortcuts": "\n".join(lines)}

    def clean_origins(self) -> list[str]:
        """Each line as scheme and host, e.g. "https://sklep.example"."""
        return [_origin(line) for line in str(self.cleaned_data["origins"]).split()]

    def clean_shortcuts(self) -> list[dict[str, str]]:
        lines = [line for line in str(self.cleaned_data["shortcuts"]).splitlines() if line.strip()]
        if len(lines) > MOST_SHORTCUTS:
            raise ValidationError(_("There can be at most four shortcuts."))
        return [_shortcut(line) for line in lines]


def _origin(address: str) -> str:
    parts = urlsplit(address if "//" in address else f"https://{address}")
    if parts.scheme not in {"http", "https"} or not parts.netloc or not re.fullmatch(r"[\w.:\[\]-]+", parts.netloc):
        raise ValidationError(_("%(address)s is not the address of a page.") % {"address": address})
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _shortcut(line: str) -> dict[str, str]:
    label, hint, text = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
    return {"label": label[:40], "hint": hint[:60], "text": (text or label)[:200]}


def _remarks(page: str) -> tuple[str, ...]:
    """Where the question was asked, which the panel tells only with the customer's consent."""
    return (_("Asked on the page %(page)s") % {"page": page},) if page.startswith(("https://", "http://")) else ()


class Webchat(Channel):
    """Takes `{"visitor", "client_id", "text", "choice"?, "page"?, "at"?}`. The panel fetches its answers: nothing is sent out."""

    label = gettext_lazy("Chat on the website")
    icon = "message-circle"
    traits = Traits(max_length=4000, instant=True, leaves_the_house=False, undo=False, max_attachment_bytes=10_000_000)
    Form: ClassVar[type[ChannelForm]] = WebchatForm

    def snippet(self, public_url: str) -> str:
        return f'<script async src="{public_url}/w.js" data-inbox="{self.connection.key}"></script>'

    def dedupe_key(self, hook: Hook) -> str:
        return self.parse(hook)[0].external_id

    def parse(self, hook: Hook) -> list[Inbound]:
        try:
            said = json.loads(hook.body)
            return [
                Inbound(
                    # With the visitor in it, nobody can name another visitor's message.
                    external_id=f"{said['visitor']}:{said['client_id']}",
                    sender=str(said["visitor"]),
                    text=str(said["text"]),
                    choice=str(said.get("choice") or ""),
                    remarks=_remarks(str(said.get("page") or "")),
                    sent_at=datetime.fromisoformat(said["at"]) if said.get("at") else None,
                )
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(_("This is not a message of the chat: %(why)s.") % {"why": error}) from error

    def send(self, outbound: Outbound) -> Sent:
        """The message is in the thread already, and the panel has been told to look."""
        return Sent(external_id=f"webchat-{outbound.idempotency_key}")
