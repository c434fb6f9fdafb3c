"""The parts of a mail as the bytes they came as."""

import binascii
import re
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.policy import Policy

ENCODINGS = {"base64", "quoted-printable", "7bit", "8bit", "binary", "x-uuencode", "uuencode", "x-uue", "uue"}


class Whole(Message):
    """A mail in which an enclosed mail or report stays the text it came as.

    The standard parser would take it apart, and what is put together again is no longer the same bytes.
    """

    reading = True

    def get_content_type(self) -> str:
        kind = super().get_content_type()
        return "application/octet-stream" if self.reading and kind.startswith("message/") else kind

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]


def parsed(raw: bytes, how: Policy = policy.compat32) -> Message:
    """The mail, its enclosed mails unopened. Raises BROKEN."""
    message = BytesParser(Whole, policy=how).parsebytes(raw)
    for part in message.walk():
        if isinstance(part, Whole):
            part.reading = False
        _tidy_encoding(part)
    return message


def _tidy_encoding(part: Message) -> None:
    """Some programs write "BASE64 " or "base64;", which the standard parser takes for no encoding at all."""
    said = str(part.get("content-transfer-encoding", ""))
    if not said or said in ENCODINGS:
        return
    meant = re.split(r"[;\s]", said.strip(" \"'\t\r\n"), maxsplit=1)[0].lower()
    if meant != said.lower() and meant in ENCODINGS:
        part.replace_header("content-transfer-encoding", meant)


def bytes_of(part: Message) -> bytes:
    """The decoded content of a part, an enclosed mail as it came."""
    if str(part.get("content-transfer-encoding", "")).lower() == "base64" and (joined := _joined(part.get_payload())):
        return joined
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _joined(payload: object) -> bytes:
    """The content of several pieces of base64, each with its padding, written one after another.

    The standard decoder ends at the first padding. b"" where it is one piece, or followed by something else.
    """
    squeezed = "".join(payload.split()) if isinstance(payload, str) and "=" in payload.rstrip("= \t\r\n") else ""
    pieces = re.findall(r"[A-Za-z0-9+/]+={0,2}", squeezed)
    if len(pieces) < 2 or "".join(pieces) != squeezed or any(len(piece) % 4 for piece in pieces):
        return b""
    return b"".join(map(binascii.a2b_base64, pieces))
