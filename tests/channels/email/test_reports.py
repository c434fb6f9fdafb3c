"""Delivery reports and complaints: whose mail they are about, and whether nobody is at that address."""

import pytest

from opieka.channels.base import Report
from opieka.channels.email.answers import no_such_address
from opieka.channels.email.keys import Seal
from opieka.channels.email.parse import parse

SEAL = Seal(secret="sekret", address="pomoc@lampa.example")
OURS, OTHER = SEAL.message_id("a" * 32, number="7"), SEAL.message_id("b" * 32, number="8")


def report(
    *, to: str = "pomoc@lampa.example", enclosed: str = OURS, status: str = "5.1.1", said: str = "550 5.1.1 x"
) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; anna@poczta.example\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {enclosed}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def complaint(*, kind: str = "abuse", to: str = "pomoc@lampa.example", enclosed: str = OURS) -> bytes:
    return (
        f"From: feedback@isp.example\r\nTo: {to}\r\nSubject: FW: Paczka\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        f"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: X/1\r\nVersion: 1\r\n"
        "Original-Rcpt-To: <Anna@Poczta.example>\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {enclosed}\r\nSubject: x\r\n\r\nTekst\r\n--b--\r\n"
    ).encode()


def read(raw: bytes) -> Report | None:
    (inbound,) = parse(raw, {}, seal=SEAL)
    assert inbound.automatic
    return inbound.report


def test_the_signed_address_decides_before_what_is_enclosed():
    found = read(report(to=SEAL.bounce_address(OURS), enclosed=OTHER))

    assert found
    assert found.external_id == OURS


@pytest.mark.parametrize("forged", ["pomoc+b7.{}@lampa.example", "pomoc+b9.{}@lampa.example"])
def test_a_forged_address_names_nothing(forged: str):
    token = SEAL.bounce_address(OURS).partition("+b7.")[2].partition("@")[0]
    other = token[:-1] + ("0" if token[-1] != "0" else "1")

    found = read(report(to=forged.format(other if "b7" in forged else token), enclosed=OTHER))

    assert found
    assert found.external_id == OTHER


@pytest.mark.parametrize(
    ("status", "said", "gone"),
    [
        ("5.1.1", "550 5.1.1 <anna@poczta.example> User unknown", True),
        ("5.0.0", "550 No such user here", True),
        ("5.1.10", "556 5.1.10 Recipient address has null MX", True),
        ("5.4.4", "Host or domain name not found", True),
        ("5.2.1", "550 5.2.1 The mailbox is disabled", True),
        ("5.2.2", "552 5.2.2 Mailbox full", False),
        ("5.7.1", "550 5.7.1 Message rejected as spam", False),
        ("4.4.7", "Delivery time expired", False),
        ("4.1.1", "450 4.1.1 User unknown", False),
        ("5.1.8", "550 5.1.8 Sender address rejected", False),
    ],
)
def test_only_who_is_gone_for_good_is_said_to_be_gone(status: str, said: str, gone: bool):
    found = read(report(status=status, said=said))

    assert found
    assert (found.state, found.recipient, found.no_such_address) == ("failed", "anna@poczta.example", gone)


def test_a_refusal_without_a_code_is_read_by_its_words():
    assert no_such_address("550 sorry, no mailbox here by that name: User unknown")
    assert not no_such_address("550 Greylisted, try again")


@pytest.mark.parametrize("to", ["pomoc@lampa.example", SEAL.bounce_address(OURS)])
def test_a_complaint_names_the_mail_and_the_reader(to: str):
    assert read(complaint(to=to)) == Report(external_id=OURS, state="complained", recipient="Anna@poczta.example")


def test_other_feedback_is_no_complaint():
    assert read(complaint(kind="not-spam")) is None


def test_a_complaint_about_somebody_elses_mail_is_none_about_ours():
    found = read(complaint(enclosed="<cudzy@inna.example>"))

    assert found
    assert found.external_id == "<cudzy@inna.example>"
