"""Delivery reports (RFC 3464) and complaints (ARF, RFC 5965): what became of a mail we sent."""

import re
from email import message_from_bytes
from email.message import Message

from opieka.channels.base import Report
from opieka.channels.email.answers import ENHANCED, explain, no_such_address
from opieka.channels.email.headers import decode, normal_address, raw_header, raw_headers
from opieka.channels.email.keys import Seal, ids_in, normal_id

STATES = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
ENCLOSED = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}
OWN_ID_ANYWHERE = re.compile(r"<conv\.\d{1,12}\.[0-9a-f]{26}@[^<>\s]{1,200}>")


def report_of(message: Message, *, seal: Seal, plain: str) -> Report | None:
    """The report in this mail, None when it is none or is not about a mail of ours that can be named."""
    parts = list(_parts(message))
    status = _part(parts, "message/delivery-status")
    complaint = _part(parts, "message/feedback-report")
    failed_recipients = raw_header(message, "x-failed-recipients")
    if status is None and complaint is None and not failed_recipients:
        return None
    external_id = _reported_id(message, parts, seal=seal, plain=plain)
    if not external_id:
        return None
    if complaint is not None:
        return _complaint(complaint, external_id)
    if status is None:
        return Report(
            external_id=external_id,
            state="failed",
            reason=explain(""),
            recipient=normal_address(failed_recipients.split(",")[0]),
            no_such_address=no_such_address(plain[:5_000]),
        )
    return _worst(_recipients(status), external_id)


def _part(parts: list[Message], kind: str) -> Message | None:
    return next((part for part in parts if part.get_content_type() == kind), None)


def _complaint(part: Message, external_id: str) -> Report | None:
    """Somebody pressed "spam". Other kinds of feedback (not-spam, auth failures) say nothing about the reader."""
    fields = _fields(part)
    if fields.get("feedback-type", "").lower() not in {"abuse", "fraud", "opt-out", "other"}:
        return None
    recipient = fields.get("original-rcpt-to") or fields.get("removal-recipient", "")
    return Report(external_id=external_id, state="complained", recipient=normal_address(recipient.strip("<> ")))


def _fields(part: Message) -> dict[str, str]:
    """The lines of a feedback report, whether the mail was read as one part or as a mail inside."""
    payload = part.get_payload()
    inside = payload[0] if isinstance(payload, list) and payload else payload
    text = inside.as_string() if isinstance(inside, Message) else str(inside)
    found = re.findall(r"(?m)^([A-Za-z-]{1,40}):[ \t]*([^\r\n]{0,300})", text[:20_000])
    return {name.lower(): value.strip() for name, value in reversed(found)}


def _parts(message: Message, depth: int = 0) -> list[Message]:
    """This part and those under it; not the parts of enclosed mails."""
    found = [message]
    payload = message.get_payload()
    if isinstance(payload, list) and depth < 5 and message.get_content_maintype() == "multipart":
        for child in payload[:20]:
            if isinstance(child, Message):
                found += _parts(child, depth + 1)
    return found


def _reported_id(message: Message, parts: list[Message], *, seal: Seal, plain: str) -> str:
    """The Message-ID of the mail that the report is about: in the signed address it came to, enclosed, or in its text."""
    for name in ("to", "delivered-to", "x-original-to", "envelope-to"):
        for value in raw_headers(message, name):
            named = seal.opened(value)[1]
            if named:
                return named
    for part in parts:
        if part.get_content_type() in ENCLOSED and (enclosed := _enclosed_id(part)):
            return enclosed
    mentioned = [*ids_in(raw_header(message, "in-reply-to")), *reversed(ids_in(raw_header(message, "references")))]
    mentioned += OWN_ID_ANYWHERE.findall(plain[:50_000])
    return next((one for one in mentioned if seal.number_in(one)), "")


def _enclosed_id(part: Message) -> str:
    content = part.get_payload(decode=True)
    found = re.search(
        rb"(?im)^message-id:\s*(<[^<>]{1,400}>)", content[:100_000] if isinstance(content, bytes) else b""
    )
    return normal_id(found[1].decode("utf-8", "replace")) if found else ""


def _recipients(status: Message) -> list[tuple[str, str, str, str]]:
    """(state, recipient, server's words, status code) for each recipient of the reported mail."""
    # The part is kept as it came; its groups of headers are told apart here.
    content = status.get_payload(decode=True)
    if isinstance(content, bytes):
        status = message_from_bytes(b"Content-Type: message/delivery-status\r\n\r\n" + content[:1_000_000])
    payload = status.get_payload()
    groups = [group for group in payload if isinstance(group, Message)] if isinstance(payload, list) else []
    found = []
    for group in groups[:200]:
        action = raw_header(group, "action").lower().split(" ")[0]
        recipient = raw_header(group, "original-recipient") or raw_header(group, "final-recipient")
        if action in STATES:
            words = decode(raw_header(group, "diagnostic-code")).partition(";")[2] or raw_header(group, "status")
            code = raw_header(group, "status")
            found.append((STATES[action], normal_address(recipient.rpartition(";")[2]), words.strip(), code))
    return found


def _worst(recipients: list[tuple[str, str, str, str]], external_id: str) -> Report | None:
    for state in ("failed", "delayed", "delivered"):
        for found, recipient, words, status in recipients:
            if found == state:
                code = re.match(r"\d{3}\b", words)
                reason = "" if state == "delivered" else explain(words, code=int(code[0]) if code else 0)
                gone = state == "failed" and no_such_address(words if ENHANCED.search(words) else f"{status} {words}")
                return Report(
                    external_id=external_id, state=state, reason=reason, recipient=recipient, no_such_address=gone
                )
    return None
