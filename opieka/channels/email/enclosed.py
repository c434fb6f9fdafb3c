"""A mail enclosed in another, or attached to anything: opened where somebody wants to read it."""

from dataclasses import dataclass
from datetime import datetime

from opieka.channels.base import File
from opieka.channels.email.headers import Mailbox, date_of, decode, mailboxes, raw_header
from opieka.channels.email.mime import BROKEN, open_mail
from opieka.channels.email.parse import text_in, without_repeats

LARGEST = 40 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """What a person wants of it. `sender` is None, and the others empty, where the mail does not say."""

    sender: Mailbox | None
    recipients: tuple[Mailbox, ...]
    subject: str
    sent_at: datetime | None
    text: str
    files: tuple[File, ...]
    remarks: tuple[str, ...]


def enclosed_in(content: bytes) -> Enclosed | None:
    """The mail that these bytes are; None when they are none that could be read, or too many."""
    if len(content) > LARGEST:
        return None
    for opened in open_mail(content):
        try:
            message = opened.message
            senders = mailboxes(message, "from") or mailboxes(message, "sender")
            subject, text = decode(raw_header(message, "subject"))[:500], text_in(opened).plain
            if not senders and not subject and not raw_header(message, "date"):
                return None
            return Enclosed(
                sender=senders[0] if senders else None,
                recipients=tuple(mailboxes(message, "to", "cc")[:20]),
                subject=subject,
                sent_at=date_of(message),
                text=text,
                files=without_repeats(opened.files),
                remarks=tuple(opened.remarks),
            )
        except BROKEN:
            continue
    return None
