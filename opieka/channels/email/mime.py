"""Opening a raw mail: its readable text, its HTML and its files, within limits that no letter reaches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Policy

from django.utils.translation import gettext as _

from opieka.channels.base import File, Invitation
from opieka.channels.email.calendars import KINDS as CALENDARS
from opieka.channels.email.calendars import invitation_of
from opieka.channels.email.embedded import pictures_taken_out, uuencoded
from opieka.channels.email.headers import decode, decode_bytes, tidy
from opieka.channels.email.names import claimed_kind, name_of, name_of_part, nameless
from opieka.channels.email.whole import bytes_of, parsed

MOST_FILES = 200
MOST_TEXTS = 200
MOST_PARTS = 500
DEEPEST = 60
MOST_NESTINGS = 400
LONGEST_TEXT = 400_000
LONGEST_HTML = 1_200_000
LONGEST_NAMED_TEXT = 20_000
OUTLOOKS = {"application/ms-tnef", "application/vnd.ms-tnef"}
SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
# What the standard parser is known to raise on broken mail, besides its own errors.
BROKEN = (
    MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError,
)  # fmt: skip
NESTING = re.compile(rb"content-type:\s*(?:multipart/|message/)", re.IGNORECASE)


@dataclass(kw_only=True)
class Opened:
    """A mail's parts. `pieces` are (plain text, HTML) in reading order; one of the two may be empty.

    `spare` are texts to read where there is no other. `located` are pictures by the address that the HTML knows them by.
    """

    message: Message
    pieces: list[tuple[str, str]] = field(default_factory=list)
    spare: list[tuple[str, str]] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    located: dict[str, str] = field(default_factory=dict)
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
    message = parsed(raw, how)
    opened = Opened(message=message)
    opened.pieces = _read(message, opened, depth=0)
    if not any(said.strip() or markup.strip() for said, markup in opened.pieces):
        opened.pieces = opened.spare
    return opened


def parts_of(raw: bytes) -> list[File]:
    """Every part that has content of its own, byte for byte and in its order; the whole mail where that fails."""
    if sum(1 for _found in NESTING.finditer(raw)) <= MOST_NESTINGS:
        try:
            leaves = [part for part in parsed(raw).walk() if not part.is_multipart()][:MOST_PARTS]
            return [_file_of(part, number) for number, part in enumerate(leaves, 1)]
        except BROKEN:
            pass
    return [File(name="mail.eml", content=raw, content_type="message/rfc822")]


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
    if kind == "multipart/encrypted" or kind in SEALED:
        _remark(opened, _("The letter is encrypted or sealed in a file; Opieka does not open it."))
    if kind.startswith("multipart/") and part.is_multipart():
        children = [_read(child, opened, depth=depth + 1) for child in _children(part)]
        return _one_of(children) if kind == "multipart/alternative" else [piece for read in children for piece in read]
    if kind in {"text/plain", "text/html"} and not _is_file(part):
        return _read_text(part, opened, html=kind == "text/html")
    if kind.startswith("multipart/"):
        # It claims to have parts and has none: what is there is read as text.
        return [(_text_of(part, opened), "")]
    if kind in {"text/enriched", "text/richtext"} and not opened.spare:
        opened.spare = [("", _text_of(part, opened))]
    _keep_file(part, opened)
    return []


def _read_text(part: Message, opened: Opened, *, html: bool) -> list[tuple[str, str]]:
    """A text to be read; one that is also a file by its name, or too long to be shown whole, is kept as one too."""
    content, named = bytes_of(part), bool(part.get_filename())
    if named or b"\n=ybegin " in content:
        _keep_file(part, opened)
        if named and len(content) > LONGEST_NAMED_TEXT:
            return []
    text, packed = (pictures_taken_out if html else uuencoded)(_text_of(part, opened, content))
    for file in packed:
        _add(opened, file)
    longest = LONGEST_HTML if html else LONGEST_TEXT
    if len(text) > longest:
        _remark(opened, _("The text is very long; all of it is in a file beside it."))
        if not named:
            _keep_file(part, opened)
    text = text[:longest]
    return ([("", text)] if html else [(text, "")]) if text else []


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


def _text_of(part: Message, opened: Opened, content: bytes | None = None) -> str:
    opened.texts += 1
    if opened.texts > MOST_TEXTS:
        _remark(
            opened, _("Only the first %(count)d parts are shown; the original mail holds all.") % {"count": MOST_TEXTS}
        )
        return ""
    content = bytes_of(part) if content is None else content
    charset = part.get_param("charset", "")
    text = decode_bytes(content, charset if isinstance(charset, str) else str(charset[-1]))
    text = tidy(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _keep_file(part: Message, opened: Opened) -> None:
    file = _file_of(part, len(opened.files) + 1)
    if not file.content and not part.get_filename():
        return
    if file.content_type in OUTLOOKS or file.name.lower() == "winmail.dat":
        if _unpack(file.content, opened):
            return
    if file.content_type in CALENDARS:
        charset = part.get_param("charset", "")
        invitation = invitation_of(file.content, charset=charset if isinstance(charset, str) else "")
        opened.invitations += [invitation] if invitation else []
    if location := decode(str(part.get("content-location", ""))):
        cid = file.cid or f"{len(opened.files)}@located"
        opened.located[location] = cid
        file = replace(file, cid=cid)
    _add(opened, file)


def _add(opened: Opened, file: File) -> None:
    if len(opened.files) < MOST_FILES:
        opened.files.append(file)
        return
    _remark(opened, _("Only the first %(count)d files are shown; the original mail holds all.") % {"count": MOST_FILES})


def _file_of(part: Message, number: int) -> File:
    content, kind = bytes_of(part), part.get_content_type()
    cid = decode(str(part.get("content-id", ""))).strip("<> ")
    name = name_of_part(part, content, kind=kind, number=number)
    return File(name=name, content=content, content_type=claimed_kind(kind, name), cid=cid[:200])


def _unpack(content: bytes, opened: Opened) -> bool:
    """Whether it was Outlook's package and held files, which now stand in its place."""
    from opieka.channels.email.outlook import NotOutlooks, unpack

    try:
        inside = unpack(content)
    except NotOutlooks:
        return False
    if inside.text or inside.html:
        opened.spare = [(inside.text, inside.html)]
    for number, file in enumerate(inside.files, len(opened.files) + 1):
        name = name_of(file.name) or nameless(file.content_type, number)
        kind = claimed_kind(file.content_type, name)
        _add(opened, File(name=name, content=file.content, content_type=kind, cid=file.cid.strip("<> ")[:200]))
    return bool(inside.files)


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
