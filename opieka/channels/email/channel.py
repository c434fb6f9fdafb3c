"""E-mail: in over IMAP, out over SMTP."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from threading import Event
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opieka.channels.base import (
    Authentication,
    Channel,
    Decision,
    File,
    Hook,
    Inbound,
    Outbound,
    Polled,
    Record,
    Sent,
    Traits,
    TryLater,
    Unreadable,
    Withdrawn,
    WontWork,
)
from opieka.channels.consent import Code, Consent
from opieka.channels.email.form import EmailForm
from opieka.channels.email.keys import Seal, key_of
from opieka.channels.email.signing import ON, new_key, signer_of
from opieka.plumbing.names import NoAnswer


class Email(Channel):
    """One mailbox. The id of a mail of ours names its conversation and cannot be invented."""

    label = gettext_lazy("E-mail")
    icon = "mail"
    traits = Traits(
        html=True,
        subject=True,
        copies=True,
        signs=True,
        acknowledges=True,
        watched=True,
        letters=True,
        unique_ids=False,
        writes_first=True,
        max_attachment_bytes=20 * 1024 * 1024,
    )
    Form = EmailForm

    @property
    def _seal(self) -> Seal:
        address = str(self.connection.settings.get("address", ""))
        return Seal(secret=self.connection.hook_secret, address=address, kept=self.connection.secrets)

    @classmethod
    def fetches(cls, settings: Mapping[str, Any]) -> bool:
        return settings.get("receives") != "sent"

    def first_hook_key(self) -> str:
        from opieka.channels.email.relay import key_from

        return key_from(self.connection.hook_secret)

    def verify(self, hook: Hook) -> None:
        from opieka.channels.email.relay import verify

        verify(hook, keys=self.hook_keys())

    def branch_address(self, inbox_id: int) -> str:
        return self._seal.branch_address(inbox_id) if self.connection.settings.get("plus_addresses") else ""

    def branch(self, hook: Hook) -> int:
        return self._seal.branch_of(hook.body)

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

    @classmethod
    def ends_on(cls, settings: Mapping[str, Any]) -> date | None:
        ends = str(settings.get("oauth_secret_ends") or "")
        return date.fromisoformat(ends) if ends and settings.get("login") == "oauth" else None

    def ways_to_consent(self) -> tuple[str, ...]:
        from opieka.channels.email.granting import ways

        return ways(self.connection)

    def ask_consent(self, *, back: str) -> Consent:
        from opieka.channels.email.granting import ask_consent

        return ask_consent(self.connection, back=back)

    def take_consent(self, answer: Mapping[str, str], kept: Mapping[str, str], *, back: str) -> Mapping[str, str]:
        from opieka.channels.email.granting import take_consent

        return take_consent(self.connection, answer, kept, back=back)

    def ask_code(self) -> Code:
        from opieka.channels.email.granting import ask_code

        return ask_code(self.connection)

    def take_code(self, device_code: str) -> Mapping[str, str]:
        from opieka.channels.email.granting import take_code

        return take_code(self.connection, device_code)

    def authenticate(self, hook: Hook) -> Authentication:
        from opieka.channels.email.checking import checked

        found = [one for one in self.parse(hook) if one.authentication.pending]
        if not found:
            return Authentication(state="unproven")
        return checked(hook.body, sender=found[0].sender)

    def parts(self, hook: Hook) -> list[File]:
        from opieka.channels.email.mime import parts_of

        return parts_of(hook.body)

    def listen(self, cursor: Mapping[str, Any], stop: Event) -> Iterator[Polled]:
        from opieka.channels.email.imap import listen

        for polled in listen(self.connection, cursor, stop):
            yield _sorted(polled, self._seal) if polled.items else polled

    def poll(self, cursor: Mapping[str, Any]) -> Polled:
        """The next batch of new mails; `more` while there may be others."""
        from opieka.channels.email.imap import folders_of, opened
        from opieka.channels.email.sync import sync

        with opened(self.connection) as client:
            for folder in folders_of(self.connection):
                for polled in sync(client, self.connection, folder, cursor):
                    cursor = polled.cursor
                    if polled.items:
                        return _sorted(polled, self._seal)
        return Polled(items=(), cursor=cursor)

    def send(self, outbound: Outbound) -> Sent:
        from opieka.channels.email.compose import compose, wire_address
        from opieka.channels.email.smtp import hand_over

        message_id = self.own_id(outbound.idempotency_key, conversation=outbound.conversation)
        payload = compose(outbound, sender=self._sender(outbound), message_id=message_id)
        signer = signer_of(self.connection)
        if signer and signer.published:
            payload = signer.signed(payload)
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

    def new_signing_key(self) -> Mapping[str, str]:
        return new_key(self.connection)

    def signing_record(self) -> Record | None:
        signer = signer_of(self.connection)
        return signer.record() if signer else None

    def check_signing(self) -> Mapping[str, str]:
        signer = signer_of(self.connection)
        try:
            return {ON: "1" if signer and signer.is_published() else ""}
        except NoAnswer as error:
            raise TryLater(
                _("No name server answers, so nobody can tell whether the DKIM record is published.")
            ) from error

    def check(self) -> str:
        """Try both ways, and look for the record of the signature. A sentence for each; WontWork with all when one fails."""
        said: list[str] = []
        failed: type[WontWork] | None = None
        for attempt in (self._check_in, self._check_out, self._check_signature):
            try:
                said.append(attempt())
            except (TryLater, WontWork) as trouble:
                failed = Withdrawn if isinstance(trouble, Withdrawn) else failed or WontWork
                said.append(str(trouble))
        if failed:
            raise failed(" ".join(dict.fromkeys(said)))
        return " ".join(sentence for sentence in said if sentence)

    def _check_signature(self) -> str:
        """Whether receivers can check what we sign. That nobody can tell, or that nothing is signed yet, is no failure."""
        record = self.signing_record()
        if record is None:
            return ""
        names = {"name": record.name}
        try:
            published = bool(self.check_signing()[ON])
        except TryLater as trouble:
            return str(trouble)
        if published:
            return _("The DKIM record %(name)s is published.") % names
        if record.found:
            raise WontWork(_("Mail is signed, but its DKIM record %(name)s is not published any more.") % names)
        return _("The DKIM record %(name)s is not published yet, so mail is not signed.") % names

    def _check_in(self) -> str:
        if not self.fetches(self.connection.settings):
            return _("Mail is sent to Opieka; the first one will show that it arrives.")
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


def _sorted(polled: Polled, seal: Seal) -> Polled:
    """Each mail with the inbox that its header passes it on to."""
    items = tuple((key, replace(hook, meant_for=seal.branch_of(hook.body))) for key, hook in polled.items)
    return replace(polled, items=items)
