"""Mail that is sent to Opieka: over HTTP by a mail server, or forwarded to another mailbox of the shop."""

import hashlib
import hmac
import io
import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.test import Client

from opieka.channels.actions import connect, keep_all, switch
from opieka.channels.base import Polled
from opieka.channels.email import Email
from opieka.channels.email.form import EmailForm
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of, feeders_of, watched
from opieka.cli.mail import Mail
from opieka.conversations.actions import reply
from opieka.conversations.models import Message
from opieka.plumbing.bodies import limit_for
from opieka.plumbing.jobs import drain
from tests.channels.email.test_oauth import FILLED
from tests.mail.conftest import mail
from tests.world import World

PROBLEM = "application/problem+json"


def mailbox(world: World, **more: Any) -> Inbox:
    form = EmailForm(FILLED | more)
    assert form.is_valid(), form.errors
    return connect(world.shop, "email", name=more.get("address", "Poczta"), cleaned=form.cleaned_data)


@pytest.fixture
def inbox(world: World) -> Inbox:
    return mailbox(world, receives="sent", imap_host="")


def key_of(inbox: Inbox) -> str:
    return channel_of(inbox).hook_key()


def hand_in(inbox: Inbox, body: bytes, **headers: str) -> Any:
    given = {"authorization": f"Bearer {key_of(inbox)}"} | headers
    client = Client(enforce_csrf_checks=True)
    content_type = given.pop("content_type", "message/rfc822")
    return client.post(f"/hooks/email/{inbox.key}", body, content_type=content_type, headers=given)


def texts() -> list[tuple[int, str]]:
    return list(Message.objects.filter(author="customer").order_by("id").values_list("inbox_id", "text"))


def test_a_mail_over_http_becomes_a_message_and_is_kept_once(inbox: Inbox):
    letter = mail("Gdzie jest paczka? Żółta koperta.")

    answers = [hand_in(inbox, letter) for _time in range(3)]
    answers.append(hand_in(inbox, letter.replace(b"\r\n", b"\n")))
    drain()

    assert [(answer.status_code, answer["Opieka-Kept"]) for answer in answers] == [
        (202, "new"), (200, "known"), (200, "known"), (200, "known"),
    ]  # fmt: skip
    assert texts() == [(inbox.pk, "Gdzie jest paczka? Żółta koperta.")]
    assert bytes(Raw.objects.get().body) == letter


def test_the_key_is_not_kept_beside_the_mail(inbox: Inbox):
    hand_in(inbox, mail(), **{"x-envelope-to": "pomoc@lampa.example"})

    headers = Raw.objects.get().headers
    assert key_of(inbox) not in json.dumps(headers)
    assert headers["x-envelope-to"] == "pomoc@lampa.example"


@pytest.mark.parametrize("proof", ["", "Bearer ", "Bearer zle", "Basic eA==", "bearer \u0142"])
def test_without_the_key_nothing_is_kept(inbox: Inbox, proof: str):
    answer = hand_in(inbox, mail(), authorization=proof)

    assert (answer.status_code, answer["Content-Type"], Raw.objects.count()) == (403, PROBLEM, 0)


def test_a_signature_proves_the_very_body(inbox: Inbox):
    letter = mail()
    signed = hmac.new(key_of(inbox).encode(), letter, hashlib.sha256).hexdigest()

    assert hand_in(inbox, letter, authorization="", **{"x-opieka-signature": signed}).status_code == 202
    assert hand_in(inbox, mail("Inny"), authorization="", **{"x-opieka-signature": signed}).status_code == 403


def test_the_key_of_one_inbox_opens_no_other_and_makes_no_marks(inbox: Inbox, world: World):
    other = mailbox(world, address="biuro@lampa.example", receives="sent", imap_host="")

    assert hand_in(other, mail(), authorization=f"Bearer {key_of(inbox)}").status_code == 403
    assert inbox.hook_secret not in key_of(inbox)
    assert hand_in(inbox, mail(), authorization=f"Bearer {inbox.hook_secret}").status_code == 403


@pytest.mark.parametrize(("body", "kind"), [(b"{}", "application/json"), (b"", "message/rfc822")])
def test_what_is_no_mail_is_refused_with_a_sentence(inbox: Inbox, body: bytes, kind: str):
    answer = hand_in(inbox, body, content_type=kind)

    assert (answer.status_code, answer["Content-Type"], bool(answer.json()["detail"])) == (403, PROBLEM, True)


def test_a_mail_nobody_can_read_waits_for_a_person(inbox: Inbox):
    assert hand_in(inbox, b"to nie jest list").status_code == 202
    drain()

    assert Raw.objects.get().state == Raw.State.UNCLEAR


def test_an_inbox_that_is_sent_to_needs_no_server_and_nobody_watches_it(inbox: Inbox):
    assert inbox not in watched()
    assert "pierwszy list" in Email(channel_of(inbox).connection)._check_in()
    assert not EmailForm(FILLED | {"imap_host": ""}).is_valid()


def test_the_envelope_says_which_conversation_an_answer_belongs_to(inbox: Inbox, world: World):
    hand_in(inbox, mail("Pierwsze"))
    drain()
    conversation = Message.objects.get(text="Pierwsze").conversation
    reply(conversation, "Już sprawdzam.", by=world.piotr)
    address = channel_of(inbox)._seal.reply_address(str(conversation.number))  # type: ignore[attr-defined]

    hand_in(inbox, mail("Drugie", subject="Inny temat"), **{"x-envelope-to": address})
    drain()

    assert Message.objects.get(text="Drugie").conversation == conversation


def test_the_door_takes_what_a_mailbox_may_hold_and_no_more(settings: Any):
    assert limit_for("/hooks/email/x", settings.BODY_LIMITS) == settings.MAX_MAIL_BYTES
    assert limit_for("/hooks/console/x", settings.BODY_LIMITS) < settings.MAX_MAIL_BYTES


# --- forwarding ---------------------------------------------------------------------------------------------------
@pytest.fixture
def mother(world: World) -> Inbox:
    return mailbox(world, address="pomoc@lampa.example", plus_addresses="on")


def forwarded(address: str, text: str = "Przekierowane") -> bytes:
    """The customer wrote to the other shop; only the last server's mark tells where it was sent on to."""
    return f"Delivered-To: {address}\r\n".encode() + mail(text, to="sklep@druga.example")


def test_mail_forwarded_to_a_mailbox_comes_to_the_inbox_it_was_sent_on_to(mother: Inbox, world: World):
    child = mailbox(world, address="sklep@druga.example", receives="sent", imap_host="")
    (name, address, *_more), *others = feeders_of(child)
    polled = Polled(items=(), cursor={"n": 2}, more=True)
    channel = channel_of(mother)
    hooks = [("a", forwarded(address.upper())), ("b", mail("Zwykłe"))]
    from opieka.channels.base import Hook
    from opieka.channels.email.channel import _sorted

    items = tuple((key, Hook(body=body, content_type="message/rfc822")) for key, body in hooks)
    sorted_out = _sorted(Polled(items=items, cursor=polled.cursor, more=True), channel._seal)  # type: ignore[attr-defined]
    taken = [keep_all(mother, sorted_out.items, cursor=sorted_out.cursor) for _again in range(2)]
    drain()

    assert (name, others, taken) == ("pomoc@lampa.example", [], [2, 0])
    assert sorted(texts()) == sorted([(child.pk, "Przekierowane"), (mother.pk, "Zwykłe")])
    mother.refresh_from_db()
    assert mother.cursor == {"n": 2}


def test_a_forged_mark_or_a_switched_off_inbox_leaves_the_mail_where_it_came(mother: Inbox, world: World):
    child = mailbox(world, address="sklep@druga.example", receives="sent", imap_host="")
    address = feeders_of(child)[0][1]
    forged = re.sub(r"\.[0-9a-f]{10}@", ".0123456789@", address)

    hand_in(mother, forwarded(forged, "Zmyślone"))
    switch(child, on=False)
    hand_in(mother, forwarded(address, "Na wyłączoną"))
    drain()

    assert sorted(texts()) == sorted([(mother.pk, "Zmyślone"), (mother.pk, "Na wyłączoną")])


def test_a_mark_leads_to_no_inbox_of_another_shop(mother: Inbox, world: World):
    stranger = connect(world.stranger_shop, "email", name="Obca", cleaned={"address": "x@obcy.example"})

    hand_in(mother, forwarded(channel_of(mother).branch_address(stranger.pk)))

    assert Raw.objects.get().inbox == mother


def test_the_settings_say_where_to_forward_and_what_to_run(mother: Inbox, world: World):
    child = mailbox(world, address="sklep@druga.example", receives="sent", imap_host="")
    ewa = Client()
    ewa.force_login(world.ewa.user)

    page = ewa.get(f"/settings/inboxes/{child.pk}/").content.decode()

    assert channel_of(mother).branch_address(child.pk) in page
    assert f"/hooks/email/{child.key} \\" in page
    assert key_of(child) in page
    assert child.hook_secret not in page
    assert "Jak doprowadzić" not in ewa.get(f"/settings/inboxes/{mother.pk}/").content.decode()


# --- opieka mail --------------------------------------------------------------------------------------------------
class Door:
    """What stands where --inbox leads: it keeps what was asked and gives the answer it is told."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 202, {"Opieka-Kept": "new"}, b""
        self.asked: list[tuple[dict[str, str], bytes]] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                door.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(door.status)
                for name, value in {**door.headers, "content-length": str(len(door.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(door.body)

            def do_GET(self) -> None:
                """Where a redirect leads: all is well there, but no mail has come."""
                self.send_response(200)
                self.send_header("Opieka-Kept", "new")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def door() -> Iterator[Door]:
    found = Door()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command as a mail server does; its status."""

    def run(letter: bytes, url: str, *, key: str = "klucz", **more: str) -> int:
        (tmp_path / "mail.key").write_text(f"{key}\n")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter)))
        given = {"key_file": str(tmp_path / "mail.key"), "sender": "", "recipient": ""} | more
        return Mail().run(Namespace(inbox=url, **given))

    return run


def test_what_the_pipe_sends_is_taken_by_the_door(door: Door, pipe: Any, inbox: Inbox):
    letter = mail("Z rury")
    status = pipe(
        b"From anna@poczta.example Mon Nov 16 09:12:00 2026\n" + letter,
        f"{door.url}/hooks/email/{inbox.key}",
        key=key_of(inbox),
        recipient="pomoc@lampa.example",
    )
    headers, body = door.asked[0]

    answer = hand_in(inbox, body, **{name: headers.get(name, "") for name in ("authorization", "x-opieka-signature")})
    assert (status, body, answer.status_code) == (os.EX_OK, letter, 202)
    assert headers["x-envelope-to"] == "pomoc@lampa.example"
    assert key_of(inbox) not in json.dumps(headers)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {"Opieka-Kept": "known"}, os.EX_OK),
        (200, {}, os.EX_TEMPFAIL),
        (302, {"Location": "/login/"}, os.EX_TEMPFAIL),
        (403, {}, os.EX_TEMPFAIL),
        (404, {}, os.EX_TEMPFAIL),
        (413, {}, os.EX_DATAERR),
        (429, {}, os.EX_TEMPFAIL),
        (500, {}, os.EX_TEMPFAIL),
        (503, {}, os.EX_TEMPFAIL),
    ],
)
def test_each_answer_has_its_status(door: Door, pipe: Any, status: int, headers: dict[str, str], expected: int):
    door.status, door.headers = status, headers

    assert pipe(mail(), door.url) == expected


def test_whatever_a_person_can_mend_keeps_the_mail_in_the_queue(
    door: Door, pipe: Any, capfd: pytest.CaptureFixture[str]
):
    door.server.shutdown()
    door.server.server_close()

    assert pipe(mail(), door.url) == os.EX_TEMPFAIL
    assert door.url in capfd.readouterr().err
    assert pipe(mail(), "nie-adres") == os.EX_TEMPFAIL
    assert pipe(mail(), "file:///etc/passwd") == os.EX_TEMPFAIL
    assert pipe(mail(), door.url, key_file="/nie/ma/mnie") == os.EX_TEMPFAIL
    assert pipe(b"", door.url) == os.EX_DATAERR


def test_a_misspelt_option_keeps_the_mail_in_the_queue_too():
    from opieka.cli import main

    with pytest.raises(SystemExit) as ended:
        main(["mail", "--inbux", "x"])

    assert ended.value.code == os.EX_TEMPFAIL
