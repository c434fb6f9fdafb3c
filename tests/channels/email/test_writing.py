"""A mail as it goes over the wire."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from opieka.channels.base import File, Outbound, WontWork
from opieka.channels.email.compose import Sender, compose, wire_address
from opieka.channels.email.replies import new_text

SENDER = Sender(address="pomoc@lampa.example", name="Sklep Łampa", signature="{name}\nSklep Lampa\ntel. 22 100 20 30")
AT = datetime(2026, 11, 16, 9, 12, tzinfo=ZoneInfo("Europe/Warsaw"))


def written(sender: Sender = SENDER, **fields: Any) -> EmailMessage:
    given: dict[str, Any] = {"recipient": "anna@poczta.example", "text": "Odpowiedź", "subject": "Paczka"}
    outbound = Outbound(idempotency_key="k", **(given | fields))
    raw = compose(outbound, sender=sender, message_id="<conv.1.abc@lampa.example>")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_the_quotation_is_introduced_in_polish_and_our_own_reader_cuts_it_off():
    letter = written(in_reply_to="<q@x>", quoted="Gdzie paczka?\nAnna", quoted_by="Anna Kowalska", quoted_at=AT)

    text = plain(letter)
    assert "W dniu 16.11.2026 o 09:12 Anna Kowalska pisze:\n> Gdzie paczka?\n> Anna\n" in text
    assert "Gdzie paczka?" not in new_text(text)


def test_an_english_customer_is_quoted_in_english():
    letter = written(quoted="Where is it?", quoted_by="Ann", quoted_at=AT, language="en")

    assert "On 16.11.2026 at 09:12 Ann wrote:\n> Where is it?" in plain(letter)


def test_the_agent_signs_and_a_machine_does_not_borrow_a_name():
    agent = plain(written(author_name="Piotr Nowak"))
    machine = plain(written(machine=True, automatic=True))

    assert "Piotr Nowak\nSklep Lampa\ntel. 22 100 20 30" in agent
    assert "automatyczny asystent" not in agent
    assert "\n\nSklep Lampa\n" in machine
    assert "automatyczny asystent" in machine
    assert "„człowiek”" in machine


def test_automatic_mail_says_so_to_other_programs():
    assert written()["Auto-Submitted"] is None
    assert written(automatic=True)["Auto-Submitted"] == "auto-generated"
    answer = written(automatic=True, in_reply_to="<q@x>")
    assert (answer["Auto-Submitted"], answer["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert not [name for name in answer if name.lower().startswith("list-")]


def test_only_ids_that_mails_really_bear_are_named():
    letter = written(
        in_reply_to="<raz@x>#17", references=("<made.up@no-id.invalid>", "<pierwszy@x>", "<raz@x>#17", "bez nawiasów")
    )

    assert letter["In-Reply-To"] == "<raz@x>"
    assert letter["References"] == "<pierwszy@x> <raz@x>"


def test_many_references_keep_the_first_and_the_last():
    ids = tuple(f"<{number}.{'x' * 100}@poczta.example>" for number in range(60))

    kept = written(references=ids, in_reply_to=ids[-1])["References"].split()

    assert (kept[0], kept[-1], len(kept)) == (ids[0], ids[-1], 20)


def test_nothing_in_a_name_or_a_subject_adds_a_header():
    letter = written(subject="Paczka\r\nBcc: zly@x.pl", recipient_name="Anna\nX-Zly: tak", author_name="P\r\nQ: r")

    assert letter["Bcc"] is None
    assert letter["X-Zly"] is None
    assert letter["Subject"] == "Paczka Bcc: zly@x.pl"


def test_html_is_escaped_and_links_work():
    letter = written(text="Cena < 5 zł & więcej: https://lampa.example/?a=1&b=2.\n\n<script>alert(1)</script>")

    body = letter.get_body(("html",))
    assert body is not None
    html = str(body.get_content())
    assert '<a href="https://lampa.example/?a=1&amp;b=2">' in html
    assert "<script>" not in html
    assert "Cena &lt; 5 zł &amp; więcej" in html


def test_files_keep_their_names_and_bytes_whatever_their_type():
    files = (
        File(name="umowa żółć.pdf", content=b"%PDF-1\x00\xff", content_type="application/pdf"),
        File(name="list.eml", content=b"Subject: x\n\ny", content_type="message/rfc822"),
        File(name='zly"\r\nX: y.txt', content=b"z", content_type="text/plain\r\nX: y"),
    )

    found = list(written(files=files).iter_attachments())

    assert [part.get_filename() for part in found][:2] == ["umowa żółć.pdf", "list.eml"]
    assert found[0].get_content() == b"%PDF-1\x00\xff"
    assert found[1].get_content_type() == "application/octet-stream"
    assert found[1].get_content() == b"Subject: x\n\ny"
    assert found[2].get_content() == b"z"


def test_addresses_with_polish_domains_are_put_in_their_ascii_form():
    assert wire_address("anna@żółw.pl") == "anna@xn--w-uga1v8h.pl"
    for impossible in ("anna", "żółw@x.pl", "a b@x.pl", "a@b@x.pl", ""):
        with pytest.raises(WontWork):
            wire_address(impossible)


def test_the_number_is_shown_only_where_the_owner_wants_it():
    shown = Sender(address="pomoc@lampa.example", name="Lampa", shows_number=True)

    assert written(shown, conversation="812")["Subject"] == "Paczka [#812]"
    assert written(conversation="812")["Subject"] == "Paczka"
