"""Every hostile mail ends as something a person can read, and none keeps the next one from arriving."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opieka.channels.base import Unreadable
from opieka.channels.email.keys import Seal, key_of
from opieka.channels.email.parse import parse
from opieka.channels.models import Raw
from opieka.conversations.models import Attachment, Message
from opieka.plumbing.models import JobRow
from tests.mail.conftest import Post, mail
from tests.mail.hostile import MAILS, all_of_them

SEAL = Seal(secret="tajne", address="pomoc@lampa.example")


@pytest.mark.mail
@pytest.mark.slow
def test_each_hostile_mail_is_readable_and_none_stops_the_next(post: Post):
    post.fetch()
    assert len(MAILS) >= 30
    for name, letter in all_of_them():
        post.dovecot.put(post.address, letter, mail(f"Po: {name}"))

    post.fetch()

    raws = Raw.objects.filter(inbox=post.inbox)
    said = {message.text for message in Message.objects.filter(inbox=post.inbox)}
    assert raws.count() == 2 * len(MAILS)
    assert {f"Po: {name}" for name in MAILS} <= said
    for raw in raws:
        shown = Message.objects.filter(raw=raw).exists()
        unclear = raw.state == Raw.State.UNCLEAR and len(raw.problem) > 10
        assert shown != unclear, (raw.headers, raw.state)
    assert not JobRow.objects.exclude(last_error="").exists()


def _read(name: str) -> tuple[str, int]:
    found = parse(MAILS[name](name), {}, seal=SEAL)[0]
    return found.text, len(found.files)


@pytest.mark.parametrize(
    ("name", "text", "files"),
    [
        ("windows_1250", "Zażółć gęślą jaźń", 0),
        ("windows_1250_called_iso", "Jaźń i ścieżka", 0),
        ("charset_that_does_not_exist", "Zażółć", 0),
        ("charset_that_is_a_codec", "Tekst zwykly", 0),
        ("boundary_missing", "Bez granicy", 0),
        ("boundary_never_closed", "Otwarte", 0),
        ("script_in_html", "Czytelny", 0),
        ("html_bomb", "Gleboko", 0),
        ("winmail", "Z Outlooka", 1),
        ("zip_bomb", "Spakowane", 1),
        ("ten_thousand_parts", "Tekst", 200),
        ("mails_within_mails", "", 1),
        ("evil_file_names", "Pliki", 5),
        ("endless_header", "Tekst", 0),
    ],
)
def test_what_can_be_read_is_read(name: str, text: str, files: int):
    assert _read(name) == (text, files)


def test_file_names_are_safe_to_save():
    names = [file.name for file in parse(MAILS["evil_file_names"]("x"), {}, seal=SEAL)[0].files]

    assert names[0] == "etc_passwd"
    assert names[2] == "ąćę.txt"
    assert all("/" not in name and "\\" not in name and len(name) <= 180 for name in names)
    assert "\u202e" not in names[4]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=300),
    st.sampled_from(["text/plain; charset=", "multipart/mixed; boundary=", "message/rfc822;", "text/html; charset="]),
    st.text(max_size=20),
    st.sampled_from(["base64", "quoted-printable", "8bit", "x-uuencode", "7bit", "żadne"]),
)
def test_whatever_comes_nothing_worse_than_unreadable_happens(body: bytes, kind: str, value: str, encoding: str):
    head = f"From: a@b.pl\nContent-Type: {kind}{value}\nContent-Transfer-Encoding: {encoding}\n"
    for raw in (body, head.encode("utf-8", "replace") + b"\n" + body, head.encode("utf-16") + body):
        assert key_of(raw, arrived="") == key_of(raw, arrived="")
        try:
            for found in parse(raw, {}, seal=SEAL):
                assert "\x00" not in found.text + found.html + found.subject + found.sender_name
                found.text.encode()
                found.subject.encode()
        except Unreadable as reason:
            assert str(reason)


@pytest.mark.mail
def test_a_stored_file_is_what_its_bytes_say(post: Post):
    post.dovecot.put(post.address, MAILS["zip_bomb"]("bomba"))
    post.fetch()

    assert Attachment.objects.get(name="bomba.zip").content_type == "application/zip"
