"""Builds mails byte by byte. It knows what it puts in, so that what comes out can be compared."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\r\ntrailer<</Root 1 0 R>>\r%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(255, -1, -1)) * 2
DOCX = b"PK\x03\x04\x14\x00" + bytes(range(256)) + b"PK\x05\x06"
SIGNED = b"0\x82\x01\x0a\x06\x09*\x86H\x86\xf7\r\x01\x07\x02" + bytes(range(128))
HEAD = (
    "Return-Path: <anna@poczta.example>\r\nFrom: Anna Kowalska <anna@poczta.example>\r\nTo: pomoc@lampa.example\r\n"
    "Subject: {subject}\r\nDate: Mon, 16 Nov 2026 09:12:00 +0100\r\nMessage-ID: <{name}@ksztalty.example>\r\nMIME-Version: 1.0\r\n"
)


@dataclass(kw_only=True)
class Node:
    """A part as it stands in a mail, and the content of every part under it that has some, in order."""

    head: bytes
    body: bytes
    leaves: list[bytes]

    @property
    def source(self) -> bytes:
        return self.head + b"\r\n" + self.body


@dataclass(kw_only=True)
class Shape:
    """`says`: what must be readable. `files`: (name, type, content) of each stored file, in any order.

    `leaves`: every part byte for byte. `unclear`: it is a report about a mail that nobody knows.
    """

    name: str
    raw: bytes
    says: tuple[str, ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()
    leaves: list[bytes] = field(default_factory=list)
    unclear: bool = False


SHAPES: dict[str, Shape] = {}


def shape(
    node: Node,
    *,
    says: str | tuple[str, ...] = (),
    files: tuple[tuple[str, str, bytes], ...] = (),
    subject: str = "Pytanie",
    unclear: bool = False,
) -> Callable[[], None]:
    """Decorates an empty function whose name is the shape's and whose docstring says whose it is."""

    def keep(maker: Callable[[], None]) -> Callable[[], None]:
        name = maker.__name__
        raw = HEAD.format(subject=subject, name=name).encode() + node.source
        words = (says,) if isinstance(says, str) else says
        SHAPES[name] = Shape(name=name, raw=raw, says=words, files=files, leaves=node.leaves, unclear=unclear)
        return maker

    return keep  # type: ignore[return-value]


def part(kind: str, content: str | bytes, *headers: str, encoding: str = "", charset: str = "utf-8") -> Node:
    """One part. `kind` may bear parameters; a text's charset is the one it is written in, whatever `kind` claims."""
    inside = content if isinstance(content, bytes) else content.replace("\n", "\r\n").encode(charset)
    encoding = encoding or ("base64" if isinstance(content, bytes) else "8bit")
    head = [f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *headers]
    return Node(
        head="".join(f"{line}\r\n" for line in head).encode("utf-8", "surrogateescape"),
        body=encoded(inside, encoding),
        leaves=[inside],
    )


def encoded(content: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    if encoding == "quoted-printable":
        lines = content.split(b"\r\n")
        return b"\r\n".join(binascii.b2a_qp(line, istext=False).replace(b"\n", b"\r\n") for line in lines)
    return content


def text(content: str, *headers: str, charset: str = "utf-8", encoding: str = "") -> Node:
    return part(f"text/plain; charset={charset}", content, *headers, charset=charset, encoding=encoding)


def html(content: str, *headers: str, charset: str = "utf-8", encoding: str = "quoted-printable") -> Node:
    return part(f'text/html; charset="{charset}"', content, *headers, charset=charset, encoding=encoding)


def file(kind: str, content: bytes, name: str, *headers: str, disposition: str = "attachment") -> Node:
    return part(f'{kind}; name="{name}"', content, f'Content-Disposition: {disposition}; filename="{name}"', *headers)


def picture(content: bytes, name: str, cid: str, *, kind: str = "image/png") -> Node:
    return file(kind, content, name, f"Content-ID: <{cid}>", disposition="inline")


_numbers = iter(range(1, 10_000))


def multi(kind: str, *children: Node, boundary: str = "", before: str = "", end: bool = True, after: str = "") -> Node:
    """`kind` may bear parameters; `before` and `after` stand outside of every part."""
    boundary = boundary or f"----=_NextPart_{next(_numbers):03}_0001_01DB3A5C.7F2E9A10"
    quoted = boundary.encode()
    body = b"".join(b"--" + quoted + b"\r\n" + child.source + b"\r\n" for child in children)
    body = before.encode() + body + (b"--" + quoted + b"--\r\n" if end else b"") + after.encode()
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n'.encode()
    return Node(head=head, body=body, leaves=[leaf for child in children for leaf in child.leaves])


def letter(node: Node, *, subject: str, sender: str = "Jan Nowak <jan@firma.example>") -> bytes:
    """A mail by itself, to be put into another."""
    head = f"From: {sender}\r\nTo: Anna <anna@poczta.example>\r\nSubject: {subject}\r\nDate: Fri, 13 Nov 2026 18:05:00 +0100\r\nMIME-Version: 1.0\r\n"
    return head.encode() + node.source


def enclosed(content: bytes, *headers: str, kind: str = "message/rfc822", encoding: str = "7bit") -> Node:
    return part(kind, content, *headers, encoding=encoding)
