"""The contract of a channel: one file that translates between a vendor's words and ours.

A channel is synchronous and never touches the database. It raises `Refused` for what it will not take in,
`TryLater` for what may work later, `WontWork` for what never will and `Unsure` when nobody can tell whether a
message left; anything else is a bug.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any, ClassVar

from opieka.channels.form import ChannelForm


class Refused(Exception):
    """This request is not from whom it claims, or not for us. The text is a sentence for the sender."""


class TryLater(Exception):
    """The other side is away or busy. `after` is the wait it asked for."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class WontWork(Exception):
    """Trying again would not help; the text is a sentence for the agent."""


class Unsure(Exception):
    """The connection broke when the message may already have been taken. It must never be sent again blindly."""


class Unreadable(Exception):
    """The raw item cannot be understood; it goes to the list "Do wyjaśnienia" with this sentence."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a channel can do, as data, so that nobody asks which channel it is.

    `watched`: we fetch what comes in (`listen`, `poll`) instead of being called. `unique_ids`: the id of a message
    names it for ever; senders of e-mail make ids up and use them again. `writes_first`: whoever has an address there can
    be written to before they have written.
    """

    max_length: int | None = None
    html: bool = False
    attachments: bool = True
    max_attachment_bytes: int = 20 * 1024 * 1024
    subject: bool = False
    instant: bool = False
    public: bool = False
    leaves_the_house: bool = True
    undo: bool = True
    watched: bool = False
    unique_ids: bool = True
    writes_first: bool = False
    reply_window: timedelta | None = None


def _nothing_known(_beginnings: Sequence[str]) -> frozenset[str]:
    return frozenset()


def _keep_nothing(_secrets: Mapping[str, str]) -> None:
    """Outside the database there is nowhere to keep a renewed secret."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One configured inbox as its channel sees it: plain settings, opened secrets, no database.

    `since` is when it was connected. `known` says which of these beginnings of dedupe keys are stored already, and
    `keep_secrets` stores a secret that the other side has renewed.
    """

    id: int
    key: str
    name: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    hook_secret: str = ""
    since: datetime | None = None
    known: Callable[[Sequence[str]], frozenset[str]] = _nothing_known
    keep_secrets: Callable[[Mapping[str, str]], None] = _keep_nothing


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A request as it came: the raw body and headers in lower case."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment: bytes and what the sender called it. `cid` marks a picture inside the text."""

    name: str
    content: bytes
    content_type: str
    cid: str = ""


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One message of a customer, in our words.

    `sender` is the address in the channel's own form (e-mail, visitor id). `thread` holds the channel's references
    to earlier messages, best first; `proof` the number of a conversation that a signed mark of ours names, `hint` one
    that the sender merely names. `automatic` marks out-of-office and the like; `report` a delivery report. `remarks`
    are sentences for the agent about what could not be shown.
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
    verified: bool = False
    proof: str = ""
    hint: str = ""
    remarks: tuple[str, ...] = ()
    remote_pictures: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a message we sent: `state` is delivered, failed or delayed."""

    external_id: str
    state: str
    reason: str = ""
    recipient: str = ""


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
    """Raw items fetched, with the key that marks each as seen, and the cursor to keep with them."""

    items: tuple[tuple[str, Hook], ...]
    cursor: Mapping[str, Any]
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether a message may go out now; `reason` is a sentence for the agent when it may not."""

    allowed: bool
    reason: str = ""


class Channel:
    """Base of all channels. `kind` is the file's name; `label` and `icon` are what people see.

    One that is not `offered` is for development: pages show it only where it is in use already.
    """

    kind: ClassVar[str]
    offered: ClassVar[bool] = True
    label: ClassVar[Any]
    icon: ClassVar[str] = "message-circle"
    traits: ClassVar[Traits] = Traits()
    Form: ClassVar[type[ChannelForm]] = ChannelForm

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def verify(self, hook: Hook) -> None:
        """Refuse a hook that is not genuine. Called before anything is stored."""
        raise Refused("This channel takes no hooks.")

    def dedupe_key(self, hook: Hook) -> str:
        """The same for every delivery of the same item."""
        raise Refused("This channel takes no hooks.")

    def parse(self, hook: Hook) -> list[Inbound]:
        """Our words for a stored raw item. Raises Unreadable."""
        raise Unreadable("This channel takes nothing in.")

    def poll(self, cursor: Mapping[str, Any]) -> Polled:
        """Fetch what came since the cursor."""
        return Polled(items=(), cursor=cursor)

    def listen(self, cursor: Mapping[str, Any], stop: Event) -> Iterator[Polled]:
        """Yield what comes in, as it comes, until `stop` is set.

        One without `more` says that everything is read and the connection is well.
        """
        yield from ()

    def send(self, outbound: Outbound) -> Sent:
        """Hand the message over. Raises TryLater, WontWork or Unsure."""
        raise WontWork("This channel sends nothing.")

    @staticmethod
    def is_address(value: str) -> bool:
        """Whether somebody could be written to at this; only of channels that write first."""
        return bool(value.strip())

    def own_id(self, idempotency_key: str, *, conversation: str) -> str:
        """The id our message will bear, where we choose it ourselves; kept before it leaves."""
        return ""

    def addresses(self) -> frozenset[str]:
        """The addresses of this inbox itself: never answered, never copied to."""
        return frozenset()

    def policy(self, outbound: Outbound) -> Decision:
        """Whether the channel's rules allow this message now."""
        return Decision(allowed=True)

    def snippet(self, public_url: str) -> str:
        """What a shop pastes into its pages; "" where nothing has to be pasted."""
        return ""

    def check(self) -> str:
        """Try the connection now; a sentence that says what works. Raises TryLater or WontWork."""
        return ""
