"""The parts that `opieka chaos` makes its trouble with: they must really do it, and the same way each time."""

import random
import smtplib
import socket
import socketserver
import threading
from collections import Counter
from contextlib import suppress

import pytest

from opieka.cli.chaos.cutter import Cutter
from opieka.cli.chaos.letters import SHARES, Post, mark
from opieka.cli.chaos.moody import MoodyServer

MAIL = b"Message-ID: <1@lampa.example>\r\nTo: anna@poczta.example\r\n\r\nTekst\r\n"


def letters(seed: int, count: int = 400) -> list:
    return list(Post(random.Random(seed)).letters(count))


def test_the_same_seed_writes_the_same_mails_and_another_one_others():
    assert letters(3) == letters(3) != letters(4)


def test_every_kind_of_mail_is_written_and_says_its_number():
    written = letters(1)

    kinds = Counter(letter.kind for letter in written)
    assert set(kinds) == {*SHARES, "plain"} - {"repeated"}
    assert all(mark(letter.number).encode() in letter.raw for letter in written)
    assert len({letter.number for letter in written}) < len(written)


def test_a_stranger_names_the_mail_of_somebody_else():
    written = letters(1)
    owners = {letter.message_id: letter.writer for letter in written if letter.message_id}

    strangers = [letter for letter in written if letter.kind == "stranger" and b"In-Reply-To" in letter.raw]
    named = [letter.raw.split(b"In-Reply-To: ")[1].split(b"\r\n")[0].decode() for letter in strangers]
    assert strangers
    assert all(owners[name] != letter.writer for name, letter in zip(named, strangers, strict=True))


@pytest.fixture
def echo():
    class Echo(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while said := self.request.recv(100):
                self.request.sendall(said)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_cut_wire_ends_what_was_being_said_and_carries_the_next_call(echo: int):
    wire = Cutter(echo)
    with socket.create_connection(("127.0.0.1", wire.port), timeout=10) as call:
        call.sendall(b"halo")
        assert call.recv(100) == b"halo"
        wire.cut()
        with suppress(ConnectionResetError):
            assert call.recv(100) == b""
    with socket.create_connection(("127.0.0.1", wire.port), timeout=10) as call:
        call.sendall(b"znowu")
        assert call.recv(100) == b"znowu"
    assert wire.cuts == 1
    wire.close()


@pytest.fixture
def server():
    server = MoodyServer(random.Random(1))
    server.port = server.start()
    yield server
    server.stop()


def hand_in(server: MoodyServer) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
        client.sendmail("pomoc@lampa.example", ["anna@poczta.example"], MAIL)


def test_a_mail_that_comes_twice_is_counted_as_one_too_many(server: MoodyServer):
    hand_in(server)
    assert server.doubled() == 0

    hand_in(server)

    assert server.doubled() == 1


def test_a_server_that_falls_silent_has_the_mail_and_the_sender_cannot_know(server: MoodyServer):
    server.moods = {"silent": 1}

    with pytest.raises(smtplib.SMTPServerDisconnected):
        hand_in(server)

    assert [(one.message_id, one.said_so) for one in server.taken] == [("<1@lampa.example>", False)]


@pytest.mark.parametrize(
    ("moods", "fates", "code"), [({"busy": 1}, {}, 451), ({}, {"anna@poczta.example": "refuse"}, 550)]
)
def test_what_it_does_not_take_it_does_not_have(server: MoodyServer, moods: dict, fates: dict, code: int):
    server.moods, server.fates = moods, fates

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        hand_in(server)

    assert refused.value.recipients["anna@poczta.example"][0] == code
    assert server.taken == []
