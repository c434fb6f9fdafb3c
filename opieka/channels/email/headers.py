"""Reading mail headers as people and programs really write them: RFC 2047, raw 8-bit, broken charsets."""

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import lru_cache

WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")
ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]\\@]+@[^\s<>,;:\"'()\[\]\\@]+")
LONGEST_VALUE = 20_000
LONGEST_ADDRESS = 254
# Names that mail programs give to code pages, where Python knows them under another one.
CHARSETS = {
    "cp-1250": "cp1250",
    "x-cp1250": "cp1250",
    "windows1250": "cp1250",
    "ansi": "cp1250",
    "iso8859_2": "iso-8859-2",
    "8859_2": "iso-8859-2",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "default": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
}
INDEX = "headers as opieka reads them"
NOT_TEXT_CODECS = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "mbcs", "oem"}


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A name and an address, the address with its domain in lower case."""

    name: str
    address: str


WIDE = re.compile(r"(?:utf|ucs)[-_]?(?:16|32|2|4)")


def decode_bytes(content: bytes, charset: str = "") -> str:
    """Text of these bytes: as the charset says if that fits, else UTF-8 if it is that, else windows-1250."""
    charset = charset.strip(" \"'").lower()
    for name in (CHARSETS.get(charset, charset), "utf-8", "cp1250"):
        if not name or name in NOT_TEXT_CODECS:
            continue
        if WIDE.match(name) and b"\0" not in content:
            # Spaces and line ends of such a text hold a zero: the label lies, and half of the lengths would not show it.
            continue
        try:
            text = content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            # A codec that is not one for text (base64, zlib) is a LookupError too.
            if name == "utf-8" and _mostly_utf8(content):
                return content.decode(name, "replace").removeprefix("\ufeff")
            continue
        if name in {"iso-8859-2", "iso-8859-1", "latin1", "latin2"} and re.search("[\x80-\x9f]", text):
            # No letter writes control signs: Windows programs call their own code page by the ISO name.
            continue
        return text.removeprefix("\ufeff")
    # Bytes that even windows-1250 has no sign for.
    return content.decode("iso-8859-2", "replace")


def _mostly_utf8(content: bytes) -> bool:
    """UTF-8 with a cut or broken letter here and there, rather than another code page."""
    sample = content[:100_000]
    return sample.decode("utf-8", "replace").count("\ufffd") <= 0.1 * sum(byte > 127 for byte in sample)


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LONE = re.compile("[\udc80-\udcff]")
FOLD = re.compile(r"\r?\n[ \t]*|[\r\n]")


def tidy(text: str) -> str:
    """Without what no database and no page can hold: NUL, control signs, half characters."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub("", text)
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8") if _has_surrogates(text) else text


def _has_surrogates(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def raw_headers(message: Message, name: str) -> Iterator[str]:
    """Every value of that header as it stands in the mail, unfolded, undecoded."""
    return iter(_values_of(message, name.lower()))


def _index_of(message: Message) -> dict[str, list[str]]:
    """A mail is asked for some forty headers, some many times; the library would walk through all of them each time."""
    index: dict[str, list[str]] | None = vars(message).get(INDEX)
    if index is None:
        index = {}
        for name, value in message.raw_items():
            index.setdefault(name.lower(), []).append(_unfolded(str(value)))
        vars(message)[INDEX] = index
    return index


def _values_of(message: Message, name: str) -> Sequence[str]:
    return _index_of(message).get(name, ())


def _unfolded(value: str) -> str:
    value = value[:LONGEST_VALUE]
    return (FOLD.sub(" ", value) if "\n" in value or "\r" in value else value).strip()


def raw_header(message: Message, name: str) -> str:
    """The first value of that header; "" when there is none."""
    values = _values_of(message, name.lower())
    return values[0] if values else ""


def decode(value: str) -> str:
    """A header value as people read it."""
    if value.isascii() and "=?" not in value and value.isprintable():
        return " ".join(value.split())
    if LONE.search(value):
        value = decode_bytes(value.encode("utf-8", "surrogateescape"))
    if "=?" in value:
        value = _decode_words(value)
    return " ".join(tidy(value).split())


def _decode_words(value: str) -> str:
    """RFC 2047. Neighbouring words of one charset are joined as bytes: programs cut letters in half between them."""
    parts: list[str] = []
    held, held_charset, end = b"", "", 0
    value = BETWEEN_WORDS.sub(r"\1\2", value)
    for found in WORD.finditer(value):
        charset = found[1].split("*")[0].lower()
        if found.start() != end or charset != held_charset:
            parts.append(decode_bytes(held, held_charset) if held else "")
            parts.append(value[end : found.start()])
            held = b""
        held += _word_bytes(found[2], found[3])
        held_charset, end = charset, found.end()
    parts.append(decode_bytes(held, held_charset) if held else "")
    return "".join(parts) + value[end:]


def _word_bytes(encoding: str, content: str) -> bytes:
    plain = content.encode("utf-8", "surrogateescape" if not _has_surrogates(content) else "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(plain, header=True)
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return plain


def mailboxes(message: Message, *names: str) -> list[Mailbox]:
    """The people named in these headers, each address once, in order. Groups are opened; nonsense is left out."""
    return list(_mailboxes(tuple(value for name in names for value in raw_headers(message, name))))


@lru_cache(maxsize=256)
def _mailboxes(values: tuple[str, ...]) -> tuple[Mailbox, ...]:
    """The same few headers of a mail are asked for again and again while it is read."""
    found: dict[str, Mailbox] = {}
    for value in values:
        for name, address in _addresses(value):
            if address not in found:
                found[address] = Mailbox(name=decode(name).strip(" \"'")[:200], address=address)
    return tuple(found.values())[:500]


def _addresses(value: str) -> list[tuple[str, str]]:
    # One address in brackets: whatever stands before it is a name, even with a comma or a false address in it.
    one = re.fullmatch(r"([^<>]*)<([^<>]*)>", value)
    if one and not ("," in one[1] and "@" in one[1]):
        address = normal_address(one[2])
        return [(one[1], address)] if address else []
    pairs = [(name, normal_address(address)) for name, address in getaddresses([value])]
    if good := [(name, address) for name, address in pairs if address]:
        return good
    # What the standard parser gives up on may still hold the one address that a person would recognise.
    plain = decode(value)
    only = ADDRESS.search(plain) if plain.count("@") == 1 else None
    address = normal_address(only[0]) if only else ""
    return [(plain[: only.start()], address)] if only and address else []


NOT_IN_ADDRESS = re.compile(r"[\s<>,;()\[\]\\]")


def normal_address(address: str) -> str:
    """The address in one spelling, "" when it is none: one @, no white space, nothing invisible."""
    address = decode(address).strip("<> ").rstrip(".")
    local, at, domain = address.rpartition("@")
    fits = at and local and domain and "@" not in local and len(address) <= LONGEST_ADDRESS
    if not fits or not address.isprintable() or NOT_IN_ADDRESS.search(address):
        return ""
    return f"{local}@{domain.lower()}"


def date_of(message: Message) -> datetime | None:
    """When the sender says it was sent; None when the header is missing or no date."""
    try:
        at = parsedate_to_datetime(raw_header(message, "date"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """A structured header such as `multipart/report; report-type=delivery-status` in lower case."""
    main, *rest = value.split(";")
    pairs = (part.split("=", 1) for part in rest if "=" in part)
    return main.strip().lower(), {key.strip().lower(): said.strip(" \"'\t").lower() for key, said in pairs}
