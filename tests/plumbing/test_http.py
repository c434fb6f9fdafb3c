"""The HTTP client reaches the public internet only, and reads no more than it was told to."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from django.db import transaction

from opieka.plumbing import http

HOSTILE = [
    "http://127.0.0.1/", "http://localhost/", "http://0.0.0.0/", "http://[::1]/", "http://[::]/",
    "http://10.0.0.5/", "http://172.16.9.9/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[fe80::1]/", "http://[fc00::1]/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://127.1/", "http://224.0.0.1/", "http://１２７.0.0.1/", "http://user:word@example.com/",
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "http://example.com:22/",
    "https://example.com:6379/", "http://", "javascript:alert(1)", "http://[::1", "//example.com/",
]  # fmt: skip


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_never_connected_to(url: str, monkeypatch: pytest.MonkeyPatch, db: None, settings):
    settings.HTTP_INSIDE_TRANSACTIONS = True
    connected = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: connected.append(args))

    with pytest.raises(http.Problem) as refusal:
        http.get(url)

    assert connected == []
    assert str(refusal.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("127.0.0.1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:93.184.215.14", True), ("64:ff9b::a00:1", False), ("2002:a00:1::1", False),
        ("100.100.100.100", False), ("198.18.0.1", False), ("240.0.0.1", False), ("::", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool):
    assert http.is_public(ipaddress.ip_address(address)) is public


def test_a_name_that_leads_inside_is_refused_even_when_one_of_its_addresses_is_public(monkeypatch: pytest.MonkeyPatch):
    both = [(0, 0, 0, "", ("93.184.215.14", 80)), (0, 0, 0, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)

    with pytest.raises(http.Forbidden):
        http.vetted("both.example", 80)


class Pages(BaseHTTPRequestHandler):
    """A small site: text, a long page, a redirect, and a redirect that goes inside."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = "Zażółć".encode("cp1250") if self.path == "/pl" else b"x" * 100_000
        self.send_response(302 if self.path in {"/again", "/loop"} else 200)
        self.send_header("Content-Type", "text/plain; charset=windows-1250")
        if self.path in {"/again", "/loop"}:
            self.send_header("Location", {"/again": "/pl", "/loop": "/loop"}[self.path])
            body = b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def site(settings) -> Iterator[str]:
    """A real server on this machine; private addresses are allowed, as an operator may."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    server = HTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_page_is_read_in_the_encoding_it_declares(site: str):
    assert http.get(f"{site}/pl").text == "Zażółć"


def test_redirects_are_followed_and_loops_are_not(site: str):
    assert http.get(f"{site}/again").text == "Zażółć"
    with pytest.raises(http.Unreachable):
        http.get(f"{site}/loop")


def test_no_more_is_read_than_was_allowed(site: str):
    with pytest.raises(http.TooLarge):
        http.get(f"{site}/long", max_bytes=1000)


def test_a_server_that_is_not_there_is_said_in_a_sentence(site: str):
    with pytest.raises(http.Unreachable, match=r"127\.0\.0\.1"):
        http.get("http://127.0.0.1:9/")


def test_the_network_never_holds_a_lock(db: None):
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        http.get("https://example.com/")


def test_a_server_that_drips_its_headers_holds_nobody(db: None, settings, monkeypatch: pytest.MonkeyPatch):
    settings.ALLOW_PRIVATE_ADDRESSES = settings.HTTP_INSIDE_TRANSACTIONS = True
    monkeypatch.setattr(http, "WHOLE_SECONDS", 1.0)
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            with suppress(OSError):
                while not done.wait(0.2):
                    connection.sendall(b"x")

    server = threading.Thread(target=drip)
    server.start()
    began = time.monotonic()
    with pytest.raises(http.Unreachable):
        http.get(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    took = time.monotonic() - began
    done.set()
    server.join()
    listener.close()

    assert took < 4
