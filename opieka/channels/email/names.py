"""What a file of a mail is called, and what it claims to be."""

import mimetypes
import re
from email import message_from_bytes
from email.message import Message

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.channels.email.headers import decode, raw_header

UNSAFE = re.compile(r"[\x00-\x1f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]+")
VAGUE = {"application/octet-stream", "application/x-unknown", "application/ics", ""}
TOLD_BY_NAME = {".eml": "message/rfc822", ".ics": "text/calendar"}
ENDINGS = {
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/rfc822-headers": ".txt",
    "text/enriched": ".txt",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
}
CALENDAR = "text/calendar"


def name_of(said: str) -> str:
    """What the sender called it, made safe to save; "" where nothing of it is left."""
    name = UNSAFE.sub("_", decode(said)).strip(" ._")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:150]}.{ending[:20]}" if dot and stem else name[:170]


def name_of_part(part: Message, content: bytes, *, kind: str, number: int) -> str:
    """Its own name, that of the mail it is, or one by its type."""
    if name := name_of(_said_name(part)):
        return name
    if kind == "message/rfc822":
        head = message_from_bytes(content[:65_536].split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0])
        return f"{name_of(raw_header(head, 'subject'))[:100] or 'mail'}.eml"
    return nameless(kind, number)


def nameless(kind: str, number: int) -> str:
    """A name for a file that has none."""
    if kind == CALENDAR:
        word = pgettext("calendar file", "invitation")
        return f"{word}.ics"
    word = _("file")
    return f"{word}-{number}{ENDINGS.get(kind) or mimetypes.guess_extension(kind) or '.bin'}"


def claimed_kind(kind: str, name: str) -> str:
    """The type it claims; a mail or a calendar sent as mere bytes is known by its ending."""
    ending = name[name.rfind(".") :].lower()
    return TOLD_BY_NAME.get(ending, kind) if kind in VAGUE else kind


def _said_name(part: Message) -> str:
    """The file's name as the sender wrote it; where it stands as bare bytes, the standard reading has lost them."""
    name = part.get_filename() or ""
    if "\ufffd" not in name:
        return name
    for header in ("content-disposition", "content-type"):
        if found := re.search(r"(?i)\b(?:file)?name\s*=\s*(?:\"([^\"]*)\"|([^;\s]+))", raw_header(part, header)):
            return found[1] or found[2]
    return name
