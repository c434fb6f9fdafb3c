"""E-mail: in over IMAP, out over SMTP."""

from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.channels.base import (
    Channel,
    Decision,
    Hook,
    Inbound,
    Outbound,
    Polled,
    Sent,
    Traits,
    TryLater,
    Unreadable,
    WontWork,
)
from opieka.channels.email.form import EmailForm
from opieka.channels.email.keys import Seal, key_of


class Email(Channel):
    """One mailbox. The id of a mail of ours names its conversation and cannot be invented."""

    label = gettext_lazy("E-mail")
    icon = "mail"
    traits = Traits(
        html=True,
        subject=True,
        watched=True,
        unique_ids=False,
        writes_first=True,
        max_attachment_bytes=20 * 1024 * 1024,
    )
    Form = EmailForm

    @property
    def _seal(self) -> Seal:
        return Seal(secret=self.connection.hook_secret, address=str(self.connection.settings.get("address", "")))

    def dedupe_key(self, hook: Hook) -> str:
        return key_of(hook.body, arrived=hook.headers.get("arrived", ""))

    def parse(self, hook: Hook) -> list[Inbound]:
        from opieka.channels.email.parse import parse

        if refused := hook.headers.get("refused"):
            where = {"number": hook.headers.get("uid", ""), "folder": hook.headers.get("folder", ""), "why": refused}
            raise Unreadable(
                _("The mail server cannot hand over mail %(number)s of folder %(folder)s: %(why)s") % where
            )
        trusted = str(self.connection.settings.get("trusted_server", ""))
        return parse(hook.body, hook.headers, seal=self._seal, trusted_server=trusted)

    def listen(self, cursor: Mapping[str, Any], stop: Event) -> Iterator[Polled]:
        from opieka.channels.email.imap import listen

        yield from listen(self.connection, cursor, stop)

    def poll(self, cursor: Mapping[str, Any]) -> Polled:
        """The next batch of new mails; `more` while there may be others."""
        from opieka.channels.email.imap import folders_of, opened
        from opieka.channels.email.sync import sync

        with opened(self.connection) as client:
            for folder in folders_of(self.connection):
                for polled in sync(client, self.connection, folder, cursor):
                    cursor = polled.cursor
                    if polled.items:
                        return polled
        return Polled(items=(), cursor=cursor)

    def send(self, outbound: Outbound) -> Sent:
        from opieka.channels.email.compose import compose, wire_address
        from opieka.channels.email.smtp import hand_over

        message_id = self.own_id(outbound.idempotency_key, conversation=outbound.conversation)
        payload = compose(outbound, sender=self._sender(outbound), message_id=message_id)
        plus = bool(self.connection.settings.get("plus_addresses"))
        note = hand_over(
            self.connection,
            payload,
            sender=self._seal.bounce_address(message_id) if plus else self._seal.address,
            recipients=[wire_address(one) for one in dict.fromkeys([outbound.recipient, *outbound.copies])],
        )
        return Sent(external_id=message_id, note=note)

    def _sender(self, outbound: Outbound) -> Any:
        from opieka.channels.email.compose import Sender

        settings = self.connection.settings
        plus = bool(settings.get("plus_addresses") and outbound.conversation)
        return Sender(
            address=self._seal.address,
            name=str(settings.get("display_name") or self.connection.name),
            signature=str(settings.get("signature", "")),
            reply_to=self._seal.reply_address(outbound.conversation) if plus else "",
            shows_number=bool(settings.get("shows_number")),
        )

    @staticmethod
    def is_address(value: str) -> bool:
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email

        try:
            validate_email(value)
        except ValidationError:
            return False
        return True

    def own_id(self, idempotency_key: str, *, conversation: str) -> str:
        return self._seal.message_id(idempotency_key, number=conversation)

    def addresses(self) -> frozenset[str]:
        return frozenset({self._seal.address.lower()})

    def policy(self, outbound: Outbound) -> Decision:
        size = sum(len(file.content) for file in outbound.files)
        if size > self.traits.max_attachment_bytes:
            sizes = {"size": size // 1_048_576 + 1, "limit": self.traits.max_attachment_bytes // 1_048_576}
            return Decision(
                allowed=False, reason=_("The attachments have %(size)d MB; at most %(limit)d MB can be sent.") % sizes
            )
        return Decision(allowed=True)

    def check(self) -> str:
        """Try both ways. A sentence for each; WontWork with both when one fails."""
        said, failed = [], False
        for attempt in (self._check_in, self._check_out):
            try:
                said.append(attempt())
            except (TryLater, WontWork) as trouble:
                failed = True
                said.append(str(trouble))
        if failed:
            raise WontWork(" ".join(said))
        return " ".join(said)

    def _check_in(self) -> str:
        from opieka.channels.email.imap import folders_of, opened, select

        with opened(self.connection) as client:
            counts = [int(select(client, folder).get(b"EXISTS", 0)) for folder in folders_of(self.connection)]
            at_once = client.has_capability("IDLE")
        facts = {"count": sum(counts)}
        if at_once:
            return _("Receiving works. Mails in the mailbox: %(count)d. New ones are taken in at once.") % facts
        return _("Receiving works. Mails in the mailbox: %(count)d. New ones are taken in every 30 seconds.") % facts

    def _check_out(self) -> str:
        from opieka.channels.email.smtp import host_of, logged_in

        with logged_in(self.connection):
            return _("Sending works: %(host)s lets us in.") % {"host": host_of(self.connection)}
