"""Trial mails in the shapes that shops really get, drawn by dice: the same seed writes the same mails.

Half of them are plain texts of about a kilobyte, as old programs and forms send them. The others are what today's
programs send: a text and the same in HTML, headers of the servers on the way, a signature (DKIM), at times a file.
A third answers an earlier mail of the same writer, and quotes it.
"""

import base64
import quopri
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

from opieka.cli.bench.vocabulary import Vocabulary

SUPPORT = "pomoc@lampa.example"
BEGAN = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
# Of a hundred mails so many are of that shape.
SHAPES = {"plain": 30, "quoted-printable": 10, "windows-1250": 10, "alternative": 38, "with a file": 12}
# Of the mails of those who have written before; with so many writers it comes to a third of all mails.
ANSWERS = 0.5
WRITERS_A_MAIL = 0.4
BYTES_OF_PLAIN, BYTES_OF_ALTERNATIVE, BYTES_OF_FILE = 1000, 700, 3000
QUOTED_LINES = 8
SIGNATURE = (
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=poczta.example; s=s2026;\r\n"
    "\th=from:to:subject:date:message-id; bh=RNf3pS0CkKGwQyXbZnEGo7tqVOH4UDxY7xO3bLYc1GM=;"
)


@dataclass(frozen=True)
class Sent:
    """What a later mail may answer."""

    message_id: str
    subject: str
    text: str
    references: str


@dataclass
class Post:
    """Writes mail after mail."""

    dice: random.Random
    words: Vocabulary
    writers: int
    number: int = 0
    sent: dict[int, list[Sent]] = field(default_factory=dict)

    def mails(self, count: int) -> list[bytes]:
        return [self._mail() for _ in range(count)]

    def _mail(self) -> bytes:
        self.number += 1
        writer = self.dice.randrange(self.writers)
        earlier = self.sent.get(writer)
        about = self.dice.choice(earlier) if earlier and self.dice.random() < ANSWERS else None
        shape = self.dice.choices(list(SHAPES), list(SHAPES.values()))[0]
        modern = shape in {"alternative", "with a file"}
        text = self._text(BYTES_OF_ALTERNATIVE if modern else BYTES_OF_PLAIN)
        message_id = f"<{self.number}.{self.dice.getrandbits(60):x}@poczta.example>"
        subject = about.subject if about else " ".join(self.words.draw(4)).capitalize()
        references = f"{about.references} {about.message_id}".strip() if about else ""
        head = self._head(writer, f"Re: {subject}" if about else subject, message_id, modern=modern)
        if about:
            head += [f"In-Reply-To: {about.message_id}", f"References: {references}"]
            text += f"\n\nW dniu {self._at():%d.%m.%Y o %H:%M}, Pomoc napisał(a):\n{_quoted(about)}"
        self.sent.setdefault(writer, []).append(Sent(message_id, subject, text, references))
        return _written(head, text, shape, files=self.dice.randbytes(BYTES_OF_FILE))

    def _text(self, size: int) -> str:
        """Sentences and paragraphs of drawn words, in so many bytes."""
        paragraphs: list[str] = ["Dzień dobry,"]
        length = 0
        while length < size:
            sentences = []
            for _ in range(self.dice.randint(1, 3)):
                sentences.append(" ".join(self.words.draw(self.dice.randint(5, 14))).capitalize() + ".")
            paragraphs.append(" ".join(sentences))
            length += len(paragraphs[-1].encode()) + 2
        return "\n\n".join([*paragraphs, "Pozdrawiam,\nAnna Kowalska\ntel. 600 100 200"])

    def _head(self, writer: int, subject: str, message_id: str, *, modern: bool) -> list[str]:
        at = format_datetime(self._at())
        name = str(Header(f"Klientka Żółć {writer}", "utf-8"))
        head = [
            f"From: {name} <klient{writer}@poczta.example>",
            f"To: Pomoc <{SUPPORT}>",
            f"Subject: {Header(subject, 'utf-8').encode()}",
            f"Date: {at}",
            f"Message-ID: {message_id}",
            "MIME-Version: 1.0",
        ]
        return [*self._way(at), *head, "X-Mailer: Poczta 7.3", "Accept-Language: pl-PL"] if modern else head

    def _way(self, at: str) -> list[str]:
        """What the servers on the way write above a mail."""
        signature = base64.b64encode(self.dice.randbytes(256)).decode()
        folded = "\r\n\t ".join(signature[start : start + 72] for start in range(0, len(signature), 72))
        return [
            "Return-Path: <bounce@poczta.example>",
            f"Delivered-To: {SUPPORT}",
            f"Received: from mx3.lampa.example (mx3.lampa.example [192.0.2.7])\r\n\tby store.lampa.example with LMTP;\r\n\t{at}",
            f"Received: from out14.poczta.example (out14.poczta.example [198.51.100.14])\r\n\tby mx3.lampa.example; {at}",
            f"{SIGNATURE}\r\n\tb={folded}",
            "X-Spam-Status: No, score=-1.2 required=5.0 tests=DKIM_SIGNED,DKIM_VALID autolearn=ham",
        ]

    def _at(self) -> datetime:
        return BEGAN + timedelta(seconds=7 * self.number)


def _quoted(about: Sent) -> str:
    lines = [line for line in about.text.split("\n") if not line.startswith(">")][:QUOTED_LINES]
    return "\n".join(f"> {line}" for line in lines)


def _written(head: list[str], text: str, shape: str, *, files: bytes) -> bytes:
    """The bytes of the mail, with the line ends of the wire."""
    if shape == "alternative":
        return _joined(head, _alternative(text))
    if shape == "with a file":
        return _joined(head, _with_file(_alternative(text), files))
    charset, encoding = "utf-8", "8bit"
    content = text.encode()
    if shape == "windows-1250":
        charset, content = "windows-1250", text.encode("cp1250", "replace")
    elif shape == "quoted-printable":
        encoding, content = "quoted-printable", quopri.encodestring(text.encode())
    lines = [f'Content-Type: text/plain; charset="{charset}"', f"Content-Transfer-Encoding: {encoding}", ""]
    return _joined(head, "\n".join(lines).encode() + b"\n" + content)


def _alternative(text: str) -> bytes:
    paragraphs = "".join(
        f'<p style="margin:0 0 12px 0;font-family:Arial,sans-serif">{part}</p>\n'
        for part in text.replace(">", "&gt;").replace("\n", "<br>").split("<br><br>")
    )
    html = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
        f'<body style="color:#222"><div dir="ltr">{paragraphs}</div></body></html>'
    )
    return b"\n".join(
        [
            b'Content-Type: multipart/alternative; boundary="=_alternative_5f2a"',
            b"",
            b"--=_alternative_5f2a",
            b"Content-Type: text/plain; charset=utf-8",
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            quopri.encodestring(text.encode()),
            b"--=_alternative_5f2a",
            b"Content-Type: text/html; charset=utf-8",
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            quopri.encodestring(html.encode()),
            b"--=_alternative_5f2a--",
            b"",
        ]
    )


def _with_file(text: bytes, content: bytes) -> bytes:
    return b"\n".join(
        [
            b'Content-Type: multipart/mixed; boundary="=_mixed_91c0"',
            b"",
            b"--=_mixed_91c0",
            text,
            b"--=_mixed_91c0",
            b'Content-Type: application/pdf; name="faktura.pdf"',
            b'Content-Disposition: attachment; filename="faktura.pdf"',
            b"Content-Transfer-Encoding: base64",
            b"",
            base64.encodebytes(b"%PDF-1.4\n" + content),
            b"--=_mixed_91c0--",
            b"",
        ]
    )


def _joined(head: list[str], body: bytes) -> bytes:
    whole = "\n".join(head).encode() + b"\n" + body
    return whole.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
