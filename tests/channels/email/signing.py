"""A domain that signs its mail, and a name server that knows its key."""

import base64
import hashlib
from collections.abc import Callable, Iterator

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import override_settings

from opieka.plumbing.dns_records import _resolver
from tests.channels.email.name_server import name_server

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
RECORDS = {"s1._domainkey.x.pl": f"v=DKIM1; k=rsa; p={PUBLIC}", "s1._domainkey.poczta.x.pl": f"v=DKIM1; p={PUBLIC}"}
LETTER = b"From: Anna <anna@x.pl>\r\nTo: pomoc@lampa.example\r\nSubject: Paczka\r\n\r\nGdzie jest paczka?\r\n"


def signed(letter: bytes = LETTER, *, by: bytes = b"x.pl", **options: object) -> bytes:
    return dkim.sign(letter, b"s1", by, PRIVATE, include_headers=[b"from", b"subject"], **options) + letter


@pytest.fixture
def names() -> Iterator[Callable[..., list[str]]]:
    """Starts a name server with these records and lets the product ask it; returns whom it was asked for."""
    running = []

    def start(records: dict[str, str] = RECORDS, *, silent: bool = False) -> list[str]:
        server = name_server(records, silent=silent)
        address, asked = server.__enter__()
        chosen = override_settings(DNS=address)
        chosen.enable()
        running.extend([chosen.disable, lambda: server.__exit__(None, None, None)])
        return asked

    yield start
    for stop in running:
        stop()
    _resolver.cache_clear()


ED25519 = Ed25519PrivateKey.generate()
ED25519_RECORD = (
    "v=DKIM1; k=ed25519; p="
    + base64.b64encode(
        ED25519.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    ).decode()
)


class _Digest:
    """Stands where the key of a verifier does, and keeps what is to be signed."""

    def verify(self, digest: bytes, _signature: bytes) -> None:
        self.digest = digest


def signed_ed25519(letter: bytes = LETTER, *, by: str = "x.pl") -> bytes:
    """As RFC 8463 has it: Ed25519 over the SHA-256 of the header, which the library computes when it verifies."""
    body = base64.b64encode(hashlib.sha256(letter.partition(b"\r\n\r\n")[2]).digest()).decode()
    head = f"v=1; a=ed25519-sha256; c=relaxed/simple; d={by}; s=s2; h=from:subject; bh={body}; b="
    mail = dkim.DKIM(f"DKIM-Signature: {head}AAAA\r\n".encode() + letter)
    asked = _Digest()
    mail.pk, mail.keysize, mail.ktag, mail.seqtlsrpt = asked, 256, b"ed25519", False
    fields, names, headers = mail.verify_headerprep(0)
    assert mail.verify_sig_process(fields, names, headers[0], None)
    signature = base64.b64encode(ED25519.sign(asked.digest)).decode()
    return f"DKIM-Signature: {head}{signature}\r\n".encode() + letter
