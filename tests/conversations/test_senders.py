"""How far a sender is believed, and what is done on their word."""

from typing import Any

import pytest

from opieka.channels.actions import keep
from opieka.channels.base import Authentication, Hook
from opieka.channels.models import Inbox
from opieka.conversations.actions import copies_for
from opieka.conversations.models import Message
from opieka.conversations.rules import CHANGE, COPY, JOIN_BY_NUMBER, NAME, REVEAL, believed
from opieka.customers.models import Customer
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow
from tests.channels.email.signing import LETTER, names, signed
from tests.world import World, mail, mailbox_of

__all__ = ["names"]

FAILED = Authentication(state="failed", method="dmarc", domain="x.pl", by="mx.lampa.pl")
UNPROVEN = Authentication(state="unproven")


@pytest.fixture
def mailbox(world: World) -> Inbox:
    return mailbox_of(world.shop)


def come_in(mailbox: Inbox, raw: bytes, *, key: str = "1") -> Message:
    keep(mailbox, Hook(body=raw), dedupe_key=key)
    drain()
    return Message.objects.filter(inbox=mailbox, author="customer").latest("id")


def write(mailbox: Inbox, *, sender: str = "anna@x.pl", known: Authentication = UNPROVEN, **fields: Any) -> Message:
    return mail(mailbox, "Tekst", sender=sender, subject="Paczka", authentication=known, **fields)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("proven", {REVEAL, CHANGE, COPY, JOIN_BY_NUMBER, NAME}),
        ("unproven", {COPY, JOIN_BY_NUMBER, NAME}),
        ("", {COPY, JOIN_BY_NUMBER, NAME}),
        ("failed", set()),
        ("a word nobody knows", set()),
    ],
)
def test_nothing_of_an_order_is_told_or_changed_on_the_word_of_an_unproven_sender(state: str, allowed: set[str]):
    assert {what for what in (REVEAL, CHANGE, COPY, JOIN_BY_NUMBER, NAME) if believed(state, what)} == allowed


def test_the_word_of_the_configured_server_is_kept_on_the_message(mailbox: Inbox):
    mailbox.settings = {**mailbox.settings, "trusted_server": "mx.lampa.pl"}
    mailbox.save()
    word = b"Authentication-Results: mx.lampa.pl; dmarc=pass header.from=x.pl\r\n"

    message = come_in(mailbox, word + LETTER)

    assert message.authentication == {"state": "proven", "method": "dmarc", "domain": "x.pl", "by": "mx.lampa.pl"}
    assert not EventRow.objects.filter(name="SenderUnproven").exists()


def test_where_no_server_is_configured_a_signature_is_looked_at_after_the_mail_is_in(mailbox: Inbox, names):
    asked = names()
    forged = b"Authentication-Results: mx.lampa.pl; dmarc=pass header.from=x.pl\r\n"

    message = come_in(mailbox, forged + signed())
    version = message.conversation.version

    assert message.authentication == {"state": "proven", "method": "dkim", "domain": "x.pl"}
    assert asked == ["s1._domainkey.x.pl"]
    assert EventRow.objects.filter(name="ConversationChanged").exists()
    assert version > 1


def test_a_broken_signature_is_told(mailbox: Inbox, names):
    names()

    message = come_in(mailbox, signed().replace(b"Gdzie", b"Adres i gdzie"))

    assert message.authentication == {"state": "failed", "method": "dkim", "domain": "x.pl"}


def test_with_the_network_cut_mail_comes_in_all_the_same_and_is_unproven(mailbox: Inbox):
    message = come_in(mailbox, signed())

    assert (message.text, message.authentication) == ("Gdzie jest paczka?", {"state": "unproven"})


def test_a_mail_without_a_signature_asks_nobody(mailbox: Inbox, names):
    asked = names()

    assert come_in(mailbox, LETTER).authentication == {"state": "unproven"}
    assert asked == []
    assert not EventRow.objects.filter(name="SenderUnproven").exists()


def test_a_chat_has_no_such_question(world: World):
    assert world.ask().messages.get().authentication is None


def test_a_guessed_number_does_not_let_a_forger_into_a_customers_conversation(mailbox: Inbox):
    asked = write(mailbox)
    number = str(asked.conversation.number)

    assert write(mailbox, hint=number).conversation == asked.conversation
    assert write(mailbox, hint=number, known=FAILED).conversation != asked.conversation


def test_a_forger_brings_nobody_along(mailbox: Inbox):
    honest = write(mailbox, copies=("maz@x.pl",))
    forged = write(mailbox, copies=("zlodziej@y.pl",), known=FAILED)
    thief = write(mailbox, sender="zlodziej@y.pl", proof=str(forged.conversation.number))

    assert copies_for(honest.conversation) == ["maz@x.pl"]
    assert copies_for(forged.conversation) == []
    assert thief.conversation != forged.conversation


def test_a_forger_gives_a_nameless_customer_no_name(mailbox: Inbox):
    mailbox.settings = {**mailbox.settings, "trusted_server": "mx.lampa.pl"}
    mailbox.save()
    come_in(mailbox, LETTER.replace(b"Anna ", b""))
    said = b"Authentication-Results: mx.lampa.pl; dmarc=fail header.from=x.pl\r\n"

    come_in(mailbox, said + LETTER.replace(b"Anna", b"Prezes"), key="2")
    before = Customer.objects.get(identities__value="anna@x.pl").name
    come_in(mailbox, LETTER, key="3")

    assert (before, Customer.objects.get(identities__value="anna@x.pl").name) == ("", "Anna")
