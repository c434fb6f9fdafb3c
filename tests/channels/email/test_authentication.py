"""Who sent a mail: what a server we trust says, what we find out ourselves, and what strangers would have us believe."""

from email import message_from_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opieka.channels.base import Authentication
from opieka.channels.email.authentication import authentication_of
from opieka.channels.email.checking import checked
from opieka.channels.email.keys import Seal
from opieka.channels.email.parse import parse
from tests.channels.email.signing import ED25519_RECORD, RECORDS, names, signed, signed_ed25519

__all__ = ["names"]

SEAL = Seal(secret="tajne", address="pomoc@lampa.example")
PASSED = "Authentication-Results: mx.lampa.pl; dkim=pass header.d=x.pl; dmarc=pass (p=reject) header.from=x.pl"
WORD = "Authentication-Results: mx.lampa.pl; "


def told(headers: str, *, sender: str = "anna@x.pl", author: str = "anna@x.pl") -> Authentication:
    """What a mail with these headers proves of its sender."""
    message = message_from_bytes(f"From: {author}\r\n{headers}\r\n\r\n".encode())
    return authentication_of(message, trusted_server="mx.lampa.pl", sender=sender)


@pytest.mark.parametrize(
    ("header", "state", "method", "domain"),
    [
        (PASSED, "proven", "dmarc", "x.pl"),
        (WORD + "spf=pass smtp.mailfrom=a@poczta.x.pl", "proven", "spf", "poczta.x.pl"),
        (WORD + "dkim=pass header.i=@x.pl header.s=s1", "proven", "dkim", "x.pl"),
        ("Authentication-Results: mx.inny.pl; dmarc=fail\r\n" + PASSED, "proven", "dmarc", "x.pl"),
        (WORD + "dmarc=fail (p=reject) header.from=x.pl; dkim=pass header.d=x.pl", "failed", "dmarc", "x.pl"),
        (WORD + "dmarc=fail header.from=x.pl\r\n" + PASSED, "failed", "dmarc", "x.pl"),
        (WORD + "dkim=fail header.d=x.pl; spf=none", "failed", "dkim", "x.pl"),
        (WORD + "spf=fail smtp.mailfrom=anna@x.pl", "failed", "spf", "x.pl"),
        (WORD + "spf=softfail smtp.mailfrom=anna@x.pl", "unproven", "", ""),
        (WORD + "dkim=pass header.d=oszust.pl; spf=pass smtp.mailfrom=a@oszust.pl", "unproven", "", ""),
        (WORD + "none", "unproven", "", ""),
        ("X-Nic: nic", "unproven", "", ""),
    ],
)
def test_the_trusted_servers_topmost_word_counts(header: str, state: str, method: str, domain: str):
    found = told(header)

    assert (found.state, found.method, found.domain) == (state, method, domain)
    assert found.by == ("mx.lampa.pl" if method else "")


@pytest.mark.parametrize(
    "forged",
    [
        PASSED.replace("mx.lampa.pl", "mx.oszust.pl"),
        PASSED.replace("mx.lampa.pl", "mx.lampa.pl.oszust.pl"),
        PASSED.replace("Authentication-Results", "X-Authentication-Results"),
        PASSED.replace("Authentication-Results", "ARC-Authentication-Results"),
        WORD + 'spf=pass smtp.mailfrom="; dmarc=pass header.from=x.pl "@oszust.pl',
        WORD + "spf=pass (host; dmarc=pass header.from=x.pl) smtp.mailfrom=a@oszust.pl",
        WORD + 'spf=pass (a (b) \\) ; dkim=pass header.d=x.pl) smtp.mailfrom="a@x.pl"@oszust.pl',
        WORD + 'dkim=pass reason="ok; dmarc=pass header.from=x.pl" header.d=oszust.pl',
        WORD + "dkim=neutral dkim=pass header.d=x.pl",
    ],
)
def test_what_a_stranger_writes_into_the_mail_proves_nothing(forged: str):
    assert told(forged).state == "unproven"


@pytest.mark.parametrize(
    ("author", "sender"),
    [
        ("noreply-1@x.pl\r\nReply-To: anna@x.pl", "anna@x.pl"),
        ("anna@x.pl\r\nFrom: anna@x.pl", "anna@x.pl"),
        ("anna@x.pl, ewa@x.pl", "anna@x.pl"),
    ],
)
def test_whoever_speaks_for_another_is_unproven_even_of_the_same_domain(author: str, sender: str):
    assert told(PASSED, author=author, sender=sender).state == "unproven"


def test_names_under_one_registry_are_strangers():
    assert told(WORD + "dkim=pass header.d=com.pl", sender="a@x.com.pl", author="a@x.com.pl").state == "unproven"


def test_without_a_trusted_server_no_header_is_believed():
    raw = b"From: anna@x.pl\r\n" + PASSED.encode() + b"\r\n\r\nTekst"

    assert parse(raw, {}, seal=SEAL)[0].authentication == Authentication(state="unproven")
    assert parse(raw, {}, seal=SEAL, trusted_server="mx.lampa.pl")[0].authentication.state == "proven"


# --- our own look ------------------------------------------------------------
def test_a_signature_that_fits_proves_the_sender(names):
    asked = names()

    assert checked(signed(), sender="anna@x.pl") == Authentication(state="proven", method="dkim", domain="x.pl")
    assert asked == ["s1._domainkey.x.pl"]


def test_a_signature_that_does_not_fit_what_arrived_has_failed(names):
    names()

    found = checked(signed().replace(b"Gdzie jest", b"Podajcie adres, gdzie jest"), sender="anna@x.pl")

    assert found == Authentication(state="failed", method="dkim", domain="x.pl")


def test_a_strangers_signature_says_nothing_and_nobody_is_asked_for_it(names):
    asked = names()

    assert checked(signed(by=b"oszust.pl"), sender="anna@x.pl").state == "unproven"
    assert asked == []


def test_a_domain_may_say_that_only_its_very_own_name_signs(names):
    names()
    relaxed = checked(signed(by=b"poczta.x.pl"), sender="anna@x.pl").state
    names(RECORDS | {"_dmarc.x.pl": "v=DMARC1; p=none; adkim=s"})

    assert (relaxed, checked(signed(by=b"poczta.x.pl"), sender="anna@x.pl").state) == ("proven", "unproven")


@pytest.mark.parametrize("end", [b"\r\r\n", b"\r\n\r\n", b"\r\nbez dwukropka\r\n", b"\n\r\n", b"\r\n \r\n\r\n"])
def test_a_signed_mail_sent_on_under_the_name_of_another_at_the_same_domain_proves_nothing(names, end: bytes):
    """Whoever has a mailbox there too gets a signature from it, and puts a From of their own before it."""
    names()
    raw = b"From: Szef <szef@x.pl>\r\nX-Nic: nic" + end + signed()

    found = parse(raw, {}, seal=SEAL)[0]

    assert found.sender == "szef@x.pl"
    assert checked(raw, sender="szef@x.pl").state == "unproven"
    assert found.authentication.state == "unproven"


def test_a_signature_of_a_part_of_the_text_proves_nothing(names):
    names()

    assert checked(signed(length=True) + b"A ja dopisuje.\r\n", sender="anna@x.pl").state == "unproven"


@pytest.mark.parametrize(
    "record",
    [
        None,
        "v=DKIM1; p=",
        "v=DKIM1; p=AAAA",
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "v=DKIM1; k=nowy; p=AAAA",
        "v=spf1 -all",
    ],
)
def test_a_key_that_is_gone_revoked_or_of_another_kind_proves_nothing_and_accuses_nobody(names, record: str | None):
    names({"s1._domainkey.x.pl": record} if record else {})

    assert checked(signed(), sender="anna@x.pl") == Authentication(state="unproven")


# --- Ed25519 (RFC 8463) --------------------------------------------------------
RFC_8463 = b"""DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace(b"\n", b"\r\n")
RFC_8463_RECORD = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
JOE = "joe@football.example.com"


def test_the_mail_of_the_rfc_is_proven_and_a_changed_one_has_failed(names):
    names({"brisbane._domainkey.football.example.com": RFC_8463_RECORD})

    assert checked(RFC_8463, sender=JOE) == Authentication(state="proven", method="dkim", domain="football.example.com")
    for was, becomes in ((b"hungry", b"thirsty"), (b"dinner", b"supper"), (b"Q1Dw==", b"Q1Dg==")):
        assert checked(RFC_8463.replace(was, becomes), sender=JOE).state == "failed", becomes


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (ED25519_RECORD, "proven"),
        (ED25519_RECORD.removeprefix("v=DKIM1; "), "proven"),
        (ED25519_RECORD + "; s=email", "proven"),
        (ED25519_RECORD + "; s=tlsrpt", "unproven"),
        (RFC_8463_RECORD, "failed"),
        ("v=DKIM2" + ED25519_RECORD.removeprefix("v=DKIM1"), "unproven"),
        ("v=DKIM1; k=ed25519; p=", "unproven"),
        ("v=DKIM1; k=ed25519; p=AAAA", "unproven"),
        ("v=DKIM1; k=ed25519; p=\u017c", "unproven"),
        (RECORDS["s1._domainkey.x.pl"], "unproven"),
    ],
    # The keys are made anew in each process, and all processes must know the same tests.
    ids=["key", "no version", "for mail", "not for mail", "another", "other version", "none", "short", "letter", "rsa"],
)
def test_an_ed25519_signature_proves_what_its_key_says(names, record: str, state: str):
    names({"s2._domainkey.x.pl": record})

    assert checked(signed_ed25519(), sender="anna@x.pl").state == state


def test_of_two_signatures_either_proves_the_sender_and_one_that_does_not_fit_spoils_nothing(names):
    names(RECORDS | {"s2._domainkey.x.pl": ED25519_RECORD})
    both = signed_ed25519(signed())
    broken = signed_ed25519().replace(b"Subject: Paczka", b"Subject: Inna", 1)
    assert checked(both, sender="anna@x.pl").state == "proven"

    names({"s2._domainkey.x.pl": ED25519_RECORD})
    assert checked(both, sender="anna@x.pl").state == "proven"
    names(RECORDS)
    assert checked(both, sender="anna@x.pl").state == "proven"
    names({"s2._domainkey.x.pl": ED25519_RECORD})
    assert checked(broken, sender="anna@x.pl").state == "failed"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_done_to_a_signed_mail_it_is_never_worse_than_an_answer(data: st.DataObject):
    raw = bytearray(signed())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(raw), 500) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"; l=3", b"d=", b"\r\n", b"=", b";", b"c=x/y", b"x=1", b"h=", b"\xff"])
        )
        raw[at : at + data.draw(st.integers(0, 20))] = piece

    found = checked(
        bytes(raw), sender="anna@x.pl", lookup=lambda name: [RECORDS[name].encode()] if name in RECORDS else []
    )

    assert found.state in {"proven", "unproven", "failed"}


def test_with_the_network_cut_the_sender_is_simply_unproven(names, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("opieka.plumbing.dns_records.SECONDS", 0.05)
    asked = names(silent=True)

    assert checked(signed(), sender="anna@x.pl") == Authentication(state="unproven")
    assert asked


def test_with_names_switched_off_nobody_is_asked():
    assert checked(signed(), sender="anna@x.pl") == Authentication(state="unproven")


@pytest.mark.parametrize(
    "raw", [b"", b"DKIM-Signature: a\r\n\r\n", b"DKIM-Signature: d=x.pl; s=\xff\r\n\r\n", b"\x00: x"]
)
def test_nonsense_is_unproven_and_nothing_worse(names, raw: bytes):
    names()

    assert checked(raw, sender="anna@x.pl").state == "unproven"
