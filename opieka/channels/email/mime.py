"""Opening a raw mail: its readable text, its HTML and its files, within limits that no letter reaches."""

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Policy

from django.utils.translation import gettext as _

from opieka.channels.base import File
from opieka.channels.email.headers import decode, decode_bytes, raw_header, tidy

MOST_FILES = 200
MOST_TEXTS = 200
DEEPEST = 60
MOST_NESTINGS = 400
LONGEST_TEXT = 1_000_000
# What the standard parser is known to raise on broken mail, besides its own errors.
BROKEN = (
    MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip
NESTING = re.compile(rb"content-type:\s*(?:multipart/|message/)", re.IGNORECASE)
UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]+")


@dataclass(kw_only=True)
class Opened:
    """A mail's parts. `pieces` are (plain text, HTML) in reading order; one of the two may be empty."""

    message: Message
    pieces: list[tuple[str, str]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    texts: int = 0


def open_mail(raw: bytes) -> Iterator[Opened]:
    """Everything in the mail that can be shown, by ever more forgiving ways; the last gives it whole, as a file.

    The next way is for a caller who could not use what the one before gave: reading a header may still raise BROKEN.
    """
    if sum(1 for _found in NESTING.finditer(raw)) > MOST_NESTINGS:
        yield _sealed(raw, _("The mail is nested too deeply to be taken apart; it is attached as it came."))
        return
    for how in (policy.compat32, policy.default):
        try:
            yield _taken_apart(raw, how)
        except BROKEN:
            continue
    yield _sealed(raw, _("The mail is damaged and could not be taken apart; it is attached as it came."))


def _taken_apart(raw: bytes, how: Policy) -> Opened:
    message: Message = message_from_bytes(raw, policy=how)
    opened = Opened(message=message)
    opened.pieces = _read(message, opened, depth=0)
    return opened


def _sealed(raw: bytes, remark: str) -> Opened:
    message: Message = BytesHeaderParser().parsebytes(raw[: 256 * 1024])
    whole = File(name="mail.eml", content=raw, content_type="message/rfc822")
    return Opened(message=message, pieces=[("", "")], files=[whole], remarks=[remark])


def _read(part: Message, opened: Opened, *, depth: int) -> list[tuple[str, str]]:
    """The readable pieces under this part; files are collected on the way."""
    if depth > DEEPEST:
        _remark(opened, _("Parts nested deeper than %(depth)d levels are not shown.") % {"depth": DEEPEST})
        return []
    kind = part.get_content_type()
    if kind.startswith("multipart/") and part.is_multipart():
        children = [_read(child, opened, depth=depth + 1) for child in _children(part)]
        return _one_of(children) if kind == "multipart/alternative" else [piece for read in children for piece in read]
    if kind in {"text/plain", "text/html"} and not _is_file(part):
        text = _text_of(part, opened)
        return ([(text, "")] if kind == "text/plain" else [("", text)]) if text else []
    if kind.startswith("multipart/"):
        # It claims to have parts and has none: what is there is read as text.
        return [(_text_of(part, opened), "")]
    _keep_file(part, opened)
    return []


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _one_of(children: list[list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Of the versions of one text: the plain one and the HTML one, side by side."""
    pieces = [piece for read in children for piece in read]
    plain = "\n\n".join(piece[0] for piece in pieces if piece[0].strip())
    html = "".join(piece[1] for piece in pieces if piece[1].strip())
    return [(plain, html)] if plain or html else []


def _is_file(part: Message) -> bool:
    said = str(part.get("content-disposition", "")).strip().lower()
    return said.startswith("attachment") or (bool(part.get_filename()) and not said.startswith("inline"))


def _text_of(part: Message, opened: Opened) -> str:
    opened.texts += 1
    if opened.texts > MOST_TEXTS:
        _remark(
            opened, _("Only the first %(count)d parts are shown; the original mail holds all.") % {"count": MOST_TEXTS}
        )
        return ""
    content = _bytes_of(part)
    charset = part.get_param("charset", "")
    text = decode_bytes(content, charset if isinstance(charset, str) else str(charset[-1]))
    text = tidy(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    if len(text) > LONGEST_TEXT:
        _remark(opened, _("The text is very long; its end is only in the original mail."))
        text = text[:LONGEST_TEXT]
    return text


def _bytes_of(part: Message) -> bytes:
    """The decoded content of a part; an enclosed mail comes back as it would be saved."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n\n".join(child.as_bytes() for child in payload if isinstance(child, Message))
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _keep_file(part: Message, opened: Opened) -> None:
    if len(opened.files) >= MOST_FILES:
        _remark(
            opened, _("Only the first %(count)d files are shown; the original mail holds all.") % {"count": MOST_FILES}
        )
        return
    content = _bytes_of(part)
    kind = part.get_content_type()
    if not content and not part.get_filename():
        return
    cid = decode(str(part.get("content-id", ""))).strip("<> ")
    name = _name_of(part, kind, len(opened.files) + 1)
    opened.files.append(File(name=name, content=content, content_type=kind, cid=cid[:200]))


def _said_name(part: Message) -> str:
    """The file's name as the sender wrote it; where it stands as bare bytes, the standard reading has lost them."""
    name = part.get_filename() or ""
    if "\ufffd" not in name:
        return name
    for header in ("content-disposition", "content-type"):
        if found := re.search(r"(?i)\b(?:file)?name\s*=\s*(?:\"([^\"]*)\"|([^;\s]+))", raw_header(part, header)):
            return found[1] or found[2]
    return name


def _name_of(part: Message, kind: str, number: int) -> str:
    """What the sender called the file, made safe to save; a name by its type when it has none."""
    name = UNSAFE_IN_NAMES.sub("_", decode(_said_name(part))).strip(" ._")
    if not name and kind == "message/rfc822":
        enclosed = next(_children(part), None)
        name = UNSAFE_IN_NAMES.sub("_", decode(str(enclosed.get("subject", "")))) if enclosed else ""
        name = f"{name.strip(' ._')[:100] or 'mail'}.eml"
    if not name:
        word = _("file")
        name = f"{word}-{number}{mimetypes.guess_extension(kind) or '.bin'}"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:150]}.{ending[:20]}" if dot and stem else name[:170]


def _remark(opened: Opened, sentence: str) -> None:
    if sentence not in opened.remarks:
        opened.remarks.append(sentence)


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Lines of format=flowed (RFC 3676) put together again; a line that ends with a space goes on in the next."""
    lines: list[str] = []
    open_quotes = -1
    for line in text.split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        content = line[quotes:].removeprefix(" ")
        if lines and quotes == open_quotes:
            lines[-1] += content
        else:
            lines.append(f"{'>' * quotes} {content}" if quotes else content)
        flows = content.endswith(" ") and content != "-- "
        open_quotes = quotes if flows else -1
        if flows and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
