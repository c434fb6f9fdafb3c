"""DKIM: what we sign can be checked by anybody who finds the record, and nothing is signed before it was found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dkim
import dns.exception
import dns.resolver
import pytest
from django.test import Client

from opieka.channels.actions import connect, reconfigure
from opieka.channels.base import Connection, Outbound, Record, TryLater
from opieka.channels.email import Email, smtp
from opieka.channels.email.compose import Sender, compose
from opieka.channels.email.signing import ON, Signer, new_key, signer_of
from opieka.channels.models import Inbox
from opieka.channels.queries import channel_of
from opieka.plumbing.names import NoAnswer, texts_at
from tests.world import World

EMPTY = Connection(id=1, key="k", name="Poczta", settings={"address": "pomoc@lampa.example"}, secrets={})


@pytest.fixture(scope="module")
def connection() -> Connection:
    return replace(EMPTY, secrets=new_key(EMPTY) | {ON: "1"})


@pytest.fixture
def signer(connection: Connection) -> Signer:
    found = signer_of(connection)
    assert found
    return found


def letter(**fields: Any) -> bytes:
    outbound = Outbound(
        idempotency_key="1" * 32, recipient="anna@poczta.example", recipient_name="Żaneta Łuć", subject="Paczka: żółta",
        text="Zażółć gęślą jaźń.\n.\nKropka na początku linii.\n\n\n", **fields,
    )  # fmt: skip
    return compose(outbound, sender=Sender(address="pomoc@lampa.example", name="Sklep"), message_id="<1@lampa.example>")


def dns_with(record: Record) -> Callable[..., bytes]:
    return lambda name, **_more: record.value.encode() if name.decode().rstrip(".") == record.name else b""


def test_what_we_sign_can_be_checked_by_anybody(signer: Signer):
    written = letter(copies=("maz@poczta.example",))

    signed = signer.signed(written)

    assert dkim.verify(signed, dnsfunc=dns_with(signer.record()))
    assert signed.endswith(written)


@pytest.mark.parametrize(
    ("was", "becomes"), [(b"anna@poczta.example", b"zly@poczta.example"), (b"Kropka", b"Kupon"), (b"pomoc@", b"szef@")]
)
def test_a_mail_that_was_changed_is_found_out(signer: Signer, was: bytes, becomes: bytes):
    signed = signer.signed(letter())
    head, _, rest = signed.partition(b"\r\nContent-Type")

    changed = head.replace(was, becomes) + b"\r\nContent-Type" + rest.replace(was, becomes)

    assert changed != signed
    assert not dkim.verify(changed, dnsfunc=dns_with(signer.record()))


def test_the_signature_survives_the_way_over_smtp(signer: Signer):
    """Trailing line ends and dots change on the wire; what the receiver has must still fit."""
    sent: list[bytes] = []

    class Wire:
        def send(self, content: bytes) -> None:
            sent.append(content)

        def getreply(self) -> tuple[int, bytes]:
            return 250, b"ok"

    smtp._transfer(Wire(), signer.signed(letter()))  # type: ignore[arg-type]

    received = sent[0].removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    assert dkim.verify(received, dnsfunc=dns_with(signer.record()))


def test_the_record_is_found_however_the_panel_splits_it(signer: Signer):
    value = signer.record().value
    spaced = value.replace("; ", ";").replace("p=", "p= ")

    assert signer.is_published(lambda _name: ["v=spf1 -all", spaced])
    assert not signer.is_published(lambda _name: [])
    assert not signer.is_published(lambda _name: [value[:-8]])
    assert not signer.is_published(lambda _name: ["v=DKIM1; p="])


def test_a_key_made_for_another_domain_signs_nothing(connection: Connection):
    assert signer_of(replace(connection, settings={"address": "pomoc@inna.example"})) is None
    assert signer_of(EMPTY) is None


def test_a_key_that_is_broken_keeps_no_mail_back(signer: Signer, caplog: pytest.LogCaptureFixture):
    broken = replace(signer, key="-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----")

    written = letter()

    assert broken.signed(written) == written
    assert "without a signature" in caplog.text


def test_names_are_looked_up_and_silence_is_not_absence(monkeypatch: pytest.MonkeyPatch):
    def answer(error: Exception) -> None:
        def resolve(*_names: object, **_more: object) -> None:
            raise error

        monkeypatch.setattr(dns.resolver, "resolve", resolve)

    answer(dns.resolver.NXDOMAIN())
    assert texts_at("x.lampa.example") == []
    answer(dns.exception.Timeout())
    with pytest.raises(NoAnswer):
        texts_at("x.lampa.example")


# --- the owner's way --------------------------------------------------------------------------------------------------
@pytest.fixture
def mailbox(world: World) -> Inbox:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    return connect(world.shop, "email", name="Poczta", cleaned=cleaned | {"address": "pomoc@lampa.example"})


@pytest.fixture
def ewa(world: World, client: Client) -> Client:
    client.force_login(world.ewa.user)
    return client


def publish(monkeypatch: pytest.MonkeyPatch, record: Record | None) -> None:
    """Let the name servers of this test know that record and no other."""

    class Text:
        strings = [record.value[:200].encode(), record.value[200:].encode()] if record else []

    def resolve(name: str, *_kind: object, **_more: object) -> list[Text]:
        if record and name == record.name:
            return [Text()]
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(dns.resolver, "resolve", resolve)


def record_of(mailbox: Inbox) -> Record | None:
    mailbox.refresh_from_db()
    return channel_of(mailbox).signing_record()


def test_the_owner_makes_a_key_publishes_it_and_mail_is_signed(
    world: World, mailbox: Inbox, ewa: Client, monkeypatch: pytest.MonkeyPatch
):
    address = f"/settings/inboxes/{mailbox.pk}/"
    ewa.post(f"{address}signature/", {"do": "make"})
    made = record_of(mailbox)
    assert made
    publish(monkeypatch, None)
    early = ewa.post(f"{address}signature/", {"do": "check"}, follow=True).content.decode()
    unsigned = record_of(mailbox)
    publish(monkeypatch, made)
    found = ewa.post(f"{address}signature/", {"do": "check"}, follow=True).content.decode()
    signed = record_of(mailbox)
    reconfigure(mailbox, name="Poczta", cleaned={**mailbox.settings, "imap_password": ""}, by=world.ewa)
    kept = record_of(mailbox)
    ewa.post(f"{address}signature/", {"do": "drop"})

    assert made.name.endswith("._domainkey.lampa.example")
    assert "PRIVATE" not in early + found + mailbox.sealed_secrets + str(mailbox.settings)
    assert made.value in early
    assert "jeszcze nie widać" in early
    assert "podpisywana" in found
    assert (made.found, unsigned, kept) == (False, made, signed)
    assert signed == replace(made, found=True)
    assert record_of(mailbox) is None


def test_the_check_says_what_is_missing(mailbox: Inbox, world: World, ewa: Client, monkeypatch: pytest.MonkeyPatch):
    ewa.post(f"/settings/inboxes/{mailbox.pk}/signature/", {"do": "make"})
    made = record_of(mailbox)
    publish(monkeypatch, None)
    waiting = channel_of(mailbox)._check_signature()
    publish(monkeypatch, made)
    ready = channel_of(mailbox)._check_signature()

    assert made
    assert made.name in waiting
    assert "nie jest jeszcze opublikowany" in waiting
    assert ready == f"Rekord DKIM {made.name} jest opublikowany."


def test_when_no_name_server_answers_nothing_changes(mailbox: Inbox, ewa: Client, monkeypatch: pytest.MonkeyPatch):
    ewa.post(f"/settings/inboxes/{mailbox.pk}/signature/", {"do": "make"})
    made = record_of(mailbox)

    def silent(*_names: object, **_more: object) -> None:
        raise dns.exception.Timeout

    monkeypatch.setattr(dns.resolver, "resolve", silent)
    with pytest.raises(TryLater):
        channel_of(mailbox).check_signing()
    ewa.post(f"/settings/inboxes/{mailbox.pk}/signature/", {"do": "check"})

    assert record_of(mailbox) == made


def test_a_channel_that_does_not_sign_gets_no_key(world: World, ewa: Client):
    page = ewa.post(f"/settings/inboxes/{world.inbox.pk}/signature/", {"do": "make"}, follow=True).content.decode()

    world.inbox.refresh_from_db()
    assert "nie są podpisywane" in page
    assert "Podpis DKIM" not in page
    assert world.inbox.sealed_secrets == ""
