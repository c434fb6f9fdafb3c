"""What passes between a channel and us: raw items, messages in and out, reports, and what was decided about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A request as it came: the raw body and headers in lower case.

    `meant_for` is the number of another inbox that it was sent on to, 0 for the one it came to.
    """

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/octet-stream"
    meant_for: int = 0


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment: bytes and what the sender called it. `cid` marks a picture inside the text."""

    name: str
    content: bytes
    content_type: str
    cid: str = ""


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """How far it is known who sent a message: `state` is "proven", "unproven", "failed", or "" where nobody asks.

    `method` ("dmarc", "dkim", "spf") and `domain` say what was proved or did not fit, `by` which server says so ("" is
    our own look). `pending`: nobody has looked yet, and `Channel.authenticate` can.
    """

    state: str = ""
    method: str = ""
    domain: str = ""
    by: str = ""
    pending: bool = False


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """An event of a calendar that came with a message.

    `method` is request, cancel, reply, counter, refresh, add, declinecounter or publish. A day alone means the whole
    day, `ends` being the first day after it; a moment without a zone is meant in the organisation's own. `answers` are
    (who, accepted | declined | tentative). `sha256` is of the file it was read from.
    """

    method: str
    title: str
    starts: datetime | date
    sha256: str
    uid: str = ""
    ends: datetime | date | None = None
    where: str = ""
    organiser: str = ""
    repeats: bool = False
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One message of a customer, in our words.

    `sender` is the address in the channel's own form (e-mail, visitor id). `thread` holds the channel's references
    to earlier messages, best first; `proof` the number of a conversation that a signed mark of ours names, `hint` one
    that the sender merely names. `automatic` marks out-of-office and the like; `report` a delivery report. `remarks`
    are sentences for the agent about what could not be shown. `remote_pictures` are addresses that `html` only names
    (`remote:`), `pixels` those of them that nobody can see and that tell the sender when a letter is read.
    """

    external_id: str
    sender: str
    text: str
    sent_at: datetime | None = None
    sender_name: str = ""
    subject: str = ""
    html: str = ""
    full_text: str = ""
    files: tuple[File, ...] = ()
    thread: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    automatic: bool = False
    report: "Report | None" = None
    choice: str = ""
    authentication: Authentication = Authentication()
    proof: str = ""
    hint: str = ""
    remarks: tuple[str, ...] = ()
    remote_pictures: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()
    invitations: tuple[Invitation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a message we sent. `state`: accepted (a copy was found), delivered, failed, delayed or complained.

    `no_such_address`: it failed because nobody is at that address, and nothing sent there will arrive.
    """

    external_id: str
    state: str
    reason: str = ""
    recipient: str = ""
    no_such_address: bool = False


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """One message to send. `idempotency_key` is the same however often we try.

    `conversation` is its number. `quoted` is what the customer wrote, `quoted_by` and `quoted_at` (in the
    organisation's time zone) say who and when. `machine`: the assistant wrote it and the text does not say so
    yet, which it must.
    """

    idempotency_key: str
    recipient: str
    text: str
    recipient_name: str = ""
    subject: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    copies: tuple[str, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    quoted: str = ""
    automatic: bool = False
    author_name: str = ""
    conversation: str = ""
    quoted_by: str = ""
    quoted_at: datetime | None = None
    language: str = "pl"
    machine: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The other side took it. `delivered` only where the channel knows so at once; `note` says what it did not do."""

    external_id: str
    delivered: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Polled:
    """Raw items fetched, with the key that marks each as seen, and the cursor to keep with them.

    `left` is how many more are known to wait.
    """

    items: tuple[tuple[str, Hook], ...]
    cursor: Mapping[str, Any]
    more: bool = False
    left: int = 0


@dataclass(frozen=True, kw_only=True)
class Record:
    """A TXT record that the owner publishes for us; `found` is what the last look said."""

    name: str
    value: str
    found: bool


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether a message may go out now; `reason` is a sentence for the agent when it may not."""

    allowed: bool
    reason: str = ""
