"""The parts of a mail as the bytes they came as."""

import binascii
import re
from email import policy
from email.message import Message
from email.parser import FeedParser
from email.policy import Policy
from typing import Any

COMPAT = policy.compat32
MISSING: Any = object()
ENCODINGS = {"base64", "quoted-printable", "7bit", "8bit", "binary", "x-uuencode", "uuencode", "x-uue", "uue"}


class Whole(Message):
    """A mail in which an enclosed mail or report stays the text it came as.

    The standard parser would take it apart, and what is put together again is no longer the same bytes. Once it is
    read, it remembers what it was asked: the standard one looks through all its headers each time.
    """

    reading = True

    def __init__(self, policy: Policy = COMPAT) -> None:
        super().__init__(policy)
        self._known: dict[Any, Any] = {}
        self._names: frozenset[str] | None = None
        self._kind = ""

    def __contains__(self, name: object) -> bool:
        if self.reading or not isinstance(name, str):
            return super().__contains__(name)  # type: ignore[operator]
        if self._names is None:
            self._names = frozenset(known.lower() for known, _value in self.raw_items())
        return name.lower() in self._names

    def get(self, name: str, failobj: Any = None) -> Any:
        if self.reading:
            return super().get(name, failobj)
        if name not in self:
            return failobj
        if name not in self._known:
            self._known[name] = super().get(name)
        return self._known[name]

    def get_param(self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True) -> Any:  # noqa: FBT001, FBT002 - As it is in the library.
        if self.reading:
            return super().get_param(param, failobj, header, unquote)
        asked = (param, header, unquote)
        if asked not in self._known:
            self._known[asked] = super().get_param(param, MISSING, header, unquote)
        found = self._known[asked]
        return failobj if found is MISSING else found

    def _get_params_preserve(self, failobj: Any, header: str) -> Any:
        if self.reading:
            return super()._get_params_preserve(failobj, header)  # type: ignore[misc]
        asked = ("parameters", header)
        if asked not in self._known:
            self._known[asked] = super()._get_params_preserve(MISSING, header)  # type: ignore[misc]
        found = self._known[asked]
        return failobj if found is MISSING else found

    def replace_header(self, _name: str, _value: Any) -> None:
        super().replace_header(_name, _value)
        self._known.clear()

    def get_content_type(self) -> str:
        if self._kind:
            return self._kind
        kind = super().get_content_type()
        if self.reading:
            return "application/octet-stream" if kind.startswith("message/") else kind
        self._kind = kind
        return kind

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]


def parsed(raw: bytes, how: Policy = COMPAT) -> Message:
    """The mail, its enclosed mails unopened. Raises BROKEN."""
    # As BytesParser does it, in one piece instead of many.
    parser = FeedParser(Whole, policy=how)
    parser.feed(raw.decode("ascii", "surrogateescape"))
    message = parser.close()
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
