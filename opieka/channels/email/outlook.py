"""winmail.dat (TNEF): the files, and the text, that Outlook packs into one attachment of its own.

Read with bounds on everything, because the one library for it trusts the counts that a file names: forty bytes keep it
busy for hours. Only what a person wants out of such a file is looked for; see docs/decisions/010.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from opieka.channels.email.headers import decode_bytes, tidy

SIGNATURE = 0x223E9F78
MESSAGE, ATTACHMENT = 1, 2
BODY, TITLE, CONTENT, BEGINS, PROPERTIES, ATTACHED, CODE_PAGE, SUBJECT = (
    0x800C, 0x8010, 0x800F, 0x9002, 0x9003, 0x9005, 0x9007, 0x8004,
)  # fmt: skip
# Properties by their MAPI number.
PLAIN, HTML, SAID_SUBJECT, OBJECT, SHORT_NAME, LONG_NAME, MEDIA_TYPE, CONTENT_ID = (
    0x1000, 0x1013, 0x0037, 0x3701, 0x3704, 0x3707, 0x370E, 0x3712,
)  # fmt: skip
SIZES = {1: 4, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
TEXT, WIDE_TEXT, OF_VARYING_LENGTH = 0x1E, 0x1F, {0, 0xD, 0x1E, 0x1F, 0x102}
ENCLOSED_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
MOST_OBJECTS, MOST_PROPERTIES, MOST_VALUES, DEEPEST = 5000, 2000, 1000, 4


class NotOutlooks(ValueError):
    """These bytes are no TNEF, or it is damaged."""


@dataclass(kw_only=True)
class Packed:
    """One file inside. `cid` marks a picture of the text."""

    name: str = ""
    content: bytes = b""
    content_type: str = "application/octet-stream"
    cid: str = ""


@dataclass(kw_only=True)
class Winmail:
    """What was packed. `text` and `html` are "" where the mail itself says them, which is usual."""

    subject: str = ""
    text: str = ""
    html: str = ""
    files: list[Packed] = field(default_factory=list)


def unpack(content: bytes, *, depth: int = 0) -> Winmail:
    """What is inside. Raises NotOutlooks; a file cut off in the middle gives what came before."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        raise NotOutlooks
    found, page = Winmail(), "cp1250"
    for level, name, value in _objects(content):
        if name == CODE_PAGE and len(value) >= 4:
            page = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == BEGINS:
            found.files.append(Packed())
        elif level == ATTACHMENT and found.files:
            _add_to_file(found, name, value, page=page, depth=depth)
        elif level == MESSAGE:
            _add_to_message(found, name, value, page=page)
    return found


def _objects(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, name, value) of each object; one that is longer than the file ends the reading."""
    offset = 6
    for _number in range(MOST_OBJECTS):
        if offset + 9 > len(content):
            return
        level, name, _type, length = struct.unpack_from("<BHHI", content, offset)
        if level not in {MESSAGE, ATTACHMENT} or offset + 9 + length > len(content):
            return
        yield level, name, content[offset + 9 : offset + 9 + length]
        offset += 9 + length + 2


def _add_to_message(found: Winmail, name: int, value: bytes, *, page: str) -> None:
    if name == BODY:
        found.text = found.text or _text(value, page)
    elif name == SUBJECT:
        found.subject = found.subject or _text(value, page)
    elif name == PROPERTIES:
        known = dict(_properties(value))
        found.text = _said(known, PLAIN, page) or found.text
        found.html = _said(known, HTML, page) or found.html
        found.subject = _said(known, SAID_SUBJECT, page) or found.subject


def _add_to_file(found: Winmail, name: int, value: bytes, *, page: str, depth: int) -> None:
    file = found.files[-1]
    if name == TITLE:
        file.name = file.name or _text(value, page)
    elif name == CONTENT:
        file.content = value
    elif name == ATTACHED:
        known = dict(_properties(value))
        file.name = _said(known, LONG_NAME, page) or file.name or _said(known, SHORT_NAME, page)
        file.content_type = _said(known, MEDIA_TYPE, page) or file.content_type
        file.cid = _said(known, CONTENT_ID, page)
        kind, enclosed = known.get(OBJECT, (0, b""))
        if kind and enclosed.startswith(ENCLOSED_MESSAGE):
            _take_out_message(found, enclosed[len(ENCLOSED_MESSAGE) :], depth=depth)


def _take_out_message(found: Winmail, enclosed: bytes, *, depth: int) -> None:
    """A message packed as a file: its text becomes one, and its files stand beside it."""
    file = found.files[-1]
    file.content = file.content or enclosed
    if depth >= DEEPEST:
        return
    try:
        inside = unpack(enclosed, depth=depth + 1)
    except NotOutlooks:
        return
    written = f"{inside.subject}\n\n{inside.text}".strip() or inside.html
    file.name = f"{inside.subject or file.name or 'mail'}.txt"
    file.content, file.content_type = written.encode(), "text/plain"
    found.files[-1:] = [file, *inside.files]


def _said(known: dict[int, tuple[int, bytes]], name: int, page: str) -> str:
    kind, value = known.get(name, (TEXT, b""))
    return _text(value, "utf-16-le" if kind == WIDE_TEXT else page)


def _text(value: bytes, page: str) -> str:
    return tidy(decode_bytes(value, page)).strip("\n ")


def _properties(value: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """(name, (type, first value)) of each property, as far as they can be read."""
    offset = 4
    try:
        for _number in range(min(struct.unpack_from("<I", value)[0], MOST_PROPERTIES)):
            kind, name = struct.unpack_from("<HH", value, offset)
            offset = _after_name(value, offset + 4) if name >= 0x8000 else offset + 4
            first, offset = _value(value, offset, kind)
            yield name, (kind & 0xFFF, first)
    except struct.error:
        return


def _after_name(value: bytes, offset: int) -> int:
    """Where a property of a program's own begins: behind its GUID and its number or name."""
    kind, number = struct.unpack_from("<II", value, offset + 16)
    return int(offset + 24 + (_padded(number) if kind else 0))


def _value(value: bytes, offset: int, kind: int) -> tuple[bytes, int]:
    """The first value of this type at `offset`, and where the next property begins."""
    several, kind = kind & 0x1000, kind & 0xFFF
    count = 1
    if several or kind in OF_VARYING_LENGTH:
        count = struct.unpack_from("<I", value, offset)[0]
        offset += 4
    first = b""
    if kind in SIZES:
        return value[offset : offset + SIZES[kind]], offset + SIZES[kind] * count
    if kind not in OF_VARYING_LENGTH:
        raise struct.error
    # Each value is at least its length of four bytes, so a false count ends with the bytes, and before that here.
    if count > MOST_VALUES:
        raise struct.error
    for number in range(count):
        (length,) = struct.unpack_from("<I", value, offset)
        if not number:
            first = value[offset + 4 : offset + 4 + length]
        offset += 4 + _padded(length)
    return first, offset


def _padded(length: int) -> int:
    return -(-length // 4) * 4
