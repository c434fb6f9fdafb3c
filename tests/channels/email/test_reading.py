"""Headers, senders, and what tells a program's mail from a person's."""

from email import message_from_bytes

import pytest

from opieka.channels.base import Inbound, Report
from opieka.channels.email.automatic import is_automatic
from opieka.channels.email.headers import decode, mailboxes
from opieka.channels.email.keys import Seal, key_of
from opieka.channels.email.mime import unflowed
from opieka.channels.email.parse import parse

SEAL = Seal(secret="tajne", address="pomoc@lampa.example")


def read(raw: bytes, *, trusted: str = "") -> Inbound:
    return parse(raw, {}, seal=SEAL, trusted_server=trusted)[0]


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        (b"From: =?utf-8?B?xYHDs2TFug==?= <a.b@EXAMPLE.com>", "Łódź", "a.b@example.com"),
        ("From: Żółw <zolw@x.pl>".encode("cp1250"), "Żółw", "zolw@x.pl"),
        (b"From: =?iso-8859-2?Q?=A3=F3d=BC_?=\r\n =?iso-8859-2?Q?Kowalska?= <a@x.pl>", "Łódź Kowalska", "a@x.pl"),
        (b"From: =?UTF-8?Q?Za=C5=BC=C3=B3=C5?= =?UTF-8?Q?=82=C4=87?= <a@x.pl>", "Zażółć", "a@x.pl"),
        (b"From: Kowalski, Jan <jan@x.pl>", "Kowalski, Jan", "jan@x.pl"),
        (b"From: jan@x.pl <oszust@y.pl>", "jan@x.pl", "oszust@y.pl"),
        (b'From: "jan@x.pl" <oszust@y.pl>', "jan@x.pl", "oszust@y.pl"),
        (b"From: Jan Kowalski jan@x.pl", "Jan Kowalski", "jan@x.pl"),
    ],
)
def test_the_sender_is_read_as_a_person_reads_it(raw: bytes, name: str, address: str):
    found = mailboxes(message_from_bytes(raw + b"\r\n\r\n"), "from")

    assert (found[0].name, found[0].address) == (name, address)


@pytest.mark.parametrize("raw", [b"From: a@b@c.pl", b"From: <>", b"From: undisclosed recipients:;", b"From: kto to"])
def test_what_is_no_address_is_none(raw: bytes):
    assert mailboxes(message_from_bytes(raw + b"\r\n\r\n"), "from") == []


def test_words_of_unknown_charsets_and_broken_encodings_are_still_words():
    assert decode("=?x-foo?Q?a=B3?= =?utf-8?B?!!!?= koniec").endswith("koniec")


@pytest.mark.parametrize("charset", ["utf-16", "utf-16le", "UTF-32", "ucs-2"])
@pytest.mark.parametrize("text", ["Gdzie jest paczka", "Gdzie jest paczka?", "Zażółć gęślą jaźń"])
def test_a_label_that_promises_wide_letters_to_narrow_ones_lies(charset: str, text: str):
    raw = f"From: a@x.pl\r\nContent-Type: text/plain; charset={charset}\r\n\r\n{text}\r\n".encode()

    assert read(raw).text == text


def test_a_form_of_the_shop_is_written_by_its_customer():
    raw = b"From: Sklep <pomoc@lampa.example>\r\nReply-To: Jan <jan@x.pl>\r\nSubject: Formularz\r\n\r\nPytanie"

    assert (read(raw).sender, read(raw).sender_name) == ("jan@x.pl", "Jan")


def test_another_address_for_answers_is_shown_and_not_used():
    found = read(b"From: Anna <anna@x.pl>\r\nReply-To: zlodziej@y.pl\r\n\r\nPytanie")

    assert found.sender == "anna@x.pl"
    assert "zlodziej@y.pl" in found.remarks[0]


def test_a_copy_of_a_mail_of_our_own_is_no_message():
    own = SEAL.message_id("0" * 32, number="7")
    raw = f"From: pomoc@lampa.example\r\nMessage-ID: {own}\r\n\r\nOdpowiedź".encode()

    (copy,) = parse(raw, {}, seal=SEAL)
    assert copy.report == Report(external_id=own, state="accepted")
    assert len(parse(raw.replace(b"conv.7", b"conv.8"), {}, seal=SEAL)) == 1


AUTOMATIC = [
    b"Auto-Submitted: auto-replied",
    b"Auto-Submitted: auto-generated (vacation)",
    b"X-Autoreply: yes",
    b"Precedence: bulk",
    b"List-Id: <oferty.sklep.example>",
    b"X-Auto-Response-Suppress: All",
    b"Return-Path: <>",
    b"Content-Type: multipart/report; boundary=x",
    "Subject: Automatyczna odpowiedź: Paczka".encode(),
    "Subject: Nieobecność w pracy".encode(),
    b"Subject: =?utf-8?Q?Odpowied=C5=BA_automatyczna?=",
    b"Subject: Out of Office: paczka",
]
BY_HAND = [
    b"Auto-Submitted: no",
    b"Precedence: normal",
    b"Subject: Urlopowy zestaw lamp",
    b"Subject: Re: Pytanie o urlop konsultanta",
    b"Return-Path: <anna@x.pl>",
]


@pytest.mark.parametrize("header", AUTOMATIC)
def test_mail_of_programs_is_known(header: bytes):
    assert is_automatic(message_from_bytes(header + b"\r\n\r\n"), sender="anna@x.pl")


@pytest.mark.parametrize("header", BY_HAND)
def test_mail_of_people_is_not_taken_for_a_programs(header: bytes):
    assert not is_automatic(message_from_bytes(header + b"\r\n\r\n"), sender="anna@x.pl")


@pytest.mark.parametrize("sender", ["mailer-daemon@x.pl", "no-reply@x.pl", "noreply@x.pl", "postmaster@x.pl"])
def test_robots_are_known_by_their_address(sender: str):
    assert is_automatic(message_from_bytes(b"\r\n\r\n"), sender=sender)


def test_own_marks_open_only_where_we_made_them():
    other = Seal(secret="inny", address="pomoc@lampa.example")
    own, address = SEAL.message_id("a" * 32, number="12"), SEAL.reply_address("12")

    assert SEAL.number_in(own) == "12"
    assert SEAL.opened(address) == ("12", "")
    assert SEAL.opened(SEAL.bounce_address(own)) == ("12", own)
    assert (other.number_in(own), other.opened(address)) == ("", ("", ""))
    assert SEAL.number_in(own.replace("conv.12", "conv.13")) == ""
    assert SEAL.opened(address.replace("+c12", "+c13")) == ("", "")
    assert SEAL.message_id("a" * 32, number="12") == own


def test_the_key_of_a_mail_depends_on_all_that_tells_it_apart():
    base = b"Message-ID: <1@x>\r\nDate: d\r\nFrom: a@x\r\nSubject: s\r\n\r\ntekst"
    variants = [
        base,
        base.replace(b"<1@x>", b"<2@x>"),
        base.replace(b"Date: d", b"Date: e"),
        base.replace(b"a@x", b"b@x"),
        base.replace(b"Subject: s", b"Subject: t"),
        base.replace(b"tekst", b"inny"),
    ]

    assert len({key_of(variant, arrived="x") for variant in variants}) == len(variants)
    assert key_of(b"Received: from y\r\n" + base.replace(b"\r\n", b"\n"), arrived="z") == key_of(base, arrived="x")
    undated = b"From: a@x\r\n\r\ntekst"
    assert key_of(undated, arrived="x") != key_of(undated, arrived="y")
    assert key_of(b"Pierwszy list", arrived="x") != key_of(b"Drugi list", arrived="x")


def test_flowed_lines_are_put_together():
    assert (
        unflowed("To jest \ndługi \nwiersz.\n> cytat \n> dalej\nkoniec")
        == "To jest długi wiersz.\n> cytat dalej\nkoniec"
    )
    assert unflowed("Pozdrawiam\n-- \nAnna") == "Pozdrawiam\n-- \nAnna"
