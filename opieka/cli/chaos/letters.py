"""Mails as the world sends them, good and bad, drawn by dice: the same seed draws the same mails."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

SUPPORT = "pomoc1@lampa.example"
WRITERS = 60
# Of a hundred mails so many are of that kind; the rest are plain first letters.
SHARES = {
    "answer": 22,  # In-Reply-To and References name an earlier mail of the same writer.
    "stranger": 8,  # They name somebody else's mail.
    "repeated": 10,  # Another copy of an earlier mail, byte for byte.
    "reused": 7,  # Another mail under a Message-ID that somebody else has used.
    "nameless": 7,  # An empty Message-ID, or none.
    "broken": 10,  # MIME that ends in the middle, lies about itself, or is none.
}
ASKED_EACH = 10


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail: `number` stands in its text, a copy bears the number of what it repeats."""

    number: int
    kind: str
    writer: int
    raw: bytes
    message_id: str = ""


@dataclass
class Post:
    """All that was written so far, for later mails to refer to."""

    dice: random.Random
    written: list[Letter] = field(default_factory=list)

    def letters(self, count: int) -> Iterator[Letter]:
        """So many mails, each with a number of its own but for the copies."""
        kinds, weights = [*SHARES, "plain"], [*SHARES.values(), 100 - sum(SHARES.values())]
        for number in range(count):
            kind = self.dice.choices(kinds, weights)[0] if self.written else "plain"
            letter = self._letter(number, kind)
            self.written.append(letter)
            yield letter

    def _letter(self, number: int, kind: str) -> Letter:
        writer = self.dice.randrange(WRITERS)
        if kind == "repeated":
            return self.dice.choice(self.written)
        if kind == "answer":
            own = [letter for letter in self.written if letter.writer == writer and letter.message_id]
            return self._named(number, kind, writer, about=self.dice.choice(own) if own else None)
        if kind == "stranger":
            others = [letter for letter in self.written if letter.writer != writer and letter.message_id]
            return self._named(number, kind, writer, about=self.dice.choice(others) if others else None)
        if kind == "reused":
            used = [letter.message_id for letter in self.written if letter.message_id and letter.writer != writer]
            message_id = self.dice.choice(used) if used else f"<{number}.chaos@poczta.example>"
            return self._made(number, kind, writer, message_id=message_id)
        if kind == "nameless":
            return self._made(number, kind, writer, message_id="")
        if kind == "broken":
            return self._broken(number, writer)
        return self._named(number, kind, writer, about=None)

    def _named(self, number: int, kind: str, writer: int, *, about: Letter | None) -> Letter:
        more = {"In-Reply-To": about.message_id, "References": about.message_id} if about else {}
        return self._made(number, kind, writer, message_id=f"<{number}.chaos@poczta.example>", more=more)

    def _made(
        self, number: int, kind: str, writer: int, *, message_id: str, more: dict[str, str] | None = None
    ) -> Letter:
        head = self._head(number, writer, message_id=message_id, more=more)
        words = " ".join(self.dice.choices(["paczka", "zwrot", "faktura", "żółć", "kurier", "rozmiar"], k=12))
        text = f"{mark(number)} {words}.\n\nPozdrawiam,\nKlient {writer}\n"
        raw = f"{head}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}".encode()
        # The id under which later mails may name it: only where it is this mail's own.
        own = message_id if message_id and kind != "reused" else ""
        return Letter(number=number, kind=kind, writer=writer, raw=raw.replace(b"\n", b"\r\n"), message_id=own)

    def _head(self, number: int, writer: int, *, message_id: str, more: dict[str, str] | None = None) -> str:
        # Most only have to be kept; every tenth is a question that somebody waits for an answer to.
        quiet = {} if number % ASKED_EACH == 0 else {"Precedence": "bulk"}
        named = {"Message-ID": message_id} if message_id or self.dice.random() < 0.5 else {}
        fields = {
            "From": f"Klient {writer} <{address(writer)}>",
            "To": SUPPORT,
            "Subject": f"Sprawa {number}",
            "Date": f"Mon, 16 Nov 2026 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} +0100",
            **named,
            **(more or {}),
            **quiet,
            "MIME-Version": "1.0",
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items())

    def _broken(self, number: int, writer: int) -> Letter:
        head = self._head(number, writer, message_id=f"<{number}.broken@poczta.example>")
        text = f"{mark(number)} tekst\n"
        body = self.dice.choice(
            [
                f'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\n{text}',
                f'Content-Type: multipart/alternative; boundary=""\n\n{text}',
                f"Content-Type: text/plain; charset=nie-ma-takiego\nContent-Transfer-Encoding: 8bit\n\n{text}\udcff\udcfe",
                f"Content-Type: text/html\n\n<p>{text}<img src=x onerror=alert(1)><table><tr><td>",
                f"Content-Type: text/plain; charset=utf-16\n\n{text}",
                f"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n{text}=\n=ZZ=3",
                f"Content-Type: message/rfc822\n\n{text}",
                f"Content-Type: text/plain; charset=utf-8\n\n{text}\0\0\0",
            ]
        )
        raw = (head + body).encode("utf-8", "surrogateescape").replace(b"\n", b"\r\n")
        return Letter(number=number, kind="broken", writer=writer, raw=raw)


def address(writer: int) -> str:
    return f"klient{writer}@poczta.example"


def mark(number: int) -> str:
    """What stands in the text of a mail, so that it is found again wherever it went."""
    return f"znak-{number}-"
