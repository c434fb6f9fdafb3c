"""A channel for development and tests: JSON in, a list in memory out."""

import hashlib
import hmac
import json
from collections import deque
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from opieka.channels.base import Channel, Hook, Inbound, Outbound, Refused, Sent, Traits, TryLater, Unreadable, WontWork
from opieka.channels.form import ChannelForm, CharField


class Console(Channel):
    """Takes `{"id", "from", "text", "subject"?, "thread"?, "at"?}` signed with the inbox's secret."""

    label = _("Console")
    icon = "terminal"
    offered = False
    traits = Traits(max_length=4000, subject=True, leaves_the_house=False, undo=False, writes_first=True)
    sent: ClassVar[deque[Outbound]] = deque(maxlen=1000)

    class Form(ChannelForm):
        greeting = CharField(required=False, label=_("Greeting"))

    @staticmethod
    def sign(body: bytes, secret: str) -> str:
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

    def verify(self, hook: Hook) -> None:
        given = hook.headers.get("x-opieka-signature", "")
        if not any(hmac.compare_digest(self.sign(hook.body, key), given) for key in self.hook_keys()):
            raise Refused("The signature in X-Opieka-Signature does not match the body.")

    def dedupe_key(self, hook: Hook) -> str:
        return hashlib.sha256(hook.body).hexdigest()

    def parse(self, hook: Hook) -> list[Inbound]:
        try:
            said = json.loads(hook.body)
            at = datetime.fromisoformat(said["at"]) if "at" in said else None
            return [
                Inbound(
                    external_id=str(said["id"]),
                    sender=str(said["from"]),
                    text=str(said["text"]),
                    subject=str(said.get("subject", "")),
                    thread=tuple(said.get("thread", ())),
                    sent_at=at,
                )
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"The body is not a console message: {error}.") from error

    def send(self, outbound: Outbound) -> Sent:
        # Words in the text play the other side's moods, so that tests can ask for them.
        if "[later]" in outbound.text:
            raise TryLater("The console is asked to fail for now.")
        if "[never]" in outbound.text:
            raise WontWork("The console is asked to refuse.")
        self.sent.append(outbound)
        return Sent(external_id=f"console-{outbound.idempotency_key}", delivered=True)
