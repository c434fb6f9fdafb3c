"""The contract of a channel: one file that translates between a vendor's words and ours.

A channel is synchronous and never touches the database. It raises `Refused` for what it will not take in,
`TryLater` for what may work later, `WontWork` for what never will and `Unsure` when nobody can tell whether a
message left; anything else is a bug.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any, ClassVar

from opieka.channels import replacing
from opieka.channels.carried import (
    Authentication,
    Decision,
    File,
    Hook,
    Inbound,
    Invitation,
    Outbound,
    Polled,
    Record,
    Report,
    Sent,
)
from opieka.channels.consent import Consenting
from opieka.channels.form import ChannelForm

__all__ = [
    "Authentication",
    "Channel",
    "Connection",
    "Decision",
    "File",
    "Hook",
    "Inbound",
    "Invitation",
    "Outbound",
    "Polled",
    "Record",
    "Refused",
    "Report",
    "Sent",
    "Traits",
    "TryLater",
    "Unreadable",
    "Unsure",
    "Withdrawn",
    "WontWork",
]


class Refused(Exception):
    """This request is not from whom it claims, or not for us. The text is a sentence for the sender."""


class TryLater(Exception):
    """The other side is away or busy. `after` is the wait it asked for."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class WontWork(Exception):
    """Trying again would not help; the text is a sentence for the agent. `no_such_address`: nobody is there."""

    def __init__(self, message: str, *, no_such_address: bool = False) -> None:
        super().__init__(message)
        self.no_such_address = no_such_address


class Withdrawn(WontWork):
    """The other side lets us in no longer until a person connects the inbox again."""


class Unsure(Exception):
    """The connection broke when the message may already have been taken. It must never be sent again blindly."""


class Unreadable(Exception):
    """The raw item cannot be understood; it goes to the list "Do wyjaśnienia" with this sentence."""


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a channel can do, as data, so that nobody asks which channel it is.

    `copies`: a message may go to others too. `signs`: messages can bear a signature whose key is published by the owner.
    `acknowledges`: its form has the settings `acknowledges`, `acknowledgement` and `acknowledgement_closed`. `watched`: we
    fetch what comes in (`listen`, `poll`) instead of being called. `unique_ids`: the id of a message names it for ever;
    senders of e-mail make ids up and use them again. `letters`: recipients are e-mail addresses. `writes_first`: whoever
    has an address there can be written to before they have written.
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
    copies: bool = False
    signs: bool = False
    acknowledges: bool = False
    watched: bool = False
    letters: bool = False
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

    `since` is when it was connected. `known` says which of these beginnings of dedupe keys are stored already,
    `keep_secrets` stores a secret that the other side has renewed;
    `reread` gives those that are stored now.
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
    reread: Callable[[], Mapping[str, str]] = dict


class Channel(Consenting):
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

    @classmethod
    def fetches(cls, settings: Mapping[str, Any]) -> bool:
        """Whether an inbox with these settings is watched by us."""
        return cls.traits.watched

    def verify(self, hook: Hook) -> None:
        """Refuse a hook that is not genuine. Called before anything is stored."""
        raise Refused("This channel takes no hooks.")

    def dedupe_key(self, hook: Hook) -> str:
        """The same for every delivery of the same item."""
        raise Refused("This channel takes no hooks.")

    def first_hook_key(self) -> str:
        """What a caller proves itself with while nobody has replaced it."""
        return self.connection.hook_secret

    def hook_key(self) -> str:
        """What a caller proves itself with from now on."""
        return replacing.current(self.connection.secrets, replacing.HOOK_KEY, first=self.first_hook_key())

    def hook_keys(self) -> tuple[str, ...]:
        """Every key that is accepted now: one that was replaced works for a day more."""
        return replacing.accepted(self.connection.secrets, replacing.HOOK_KEY, first=self.first_hook_key())

    def parse(self, hook: Hook) -> list[Inbound]:
        """Our words for a stored raw item. Raises Unreadable."""
        raise Unreadable("This channel takes nothing in.")

    def authenticate(self, hook: Hook) -> Authentication:
        """Who sent a stored raw item, found out over the network; what cannot be found out is "unproven"."""
        return Authentication()

    def parts(self, hook: Hook) -> list[File]:
        """Every part of a stored raw item byte for byte, texts too; none where an item is one thing."""
        return []

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

    def branch_address(self, inbox_id: int) -> str:
        """An address of this inbox that passes what comes to it on to another one; "" where there is none."""
        return ""

    def branch(self, hook: Hook) -> int:
        """The inbox whose branch address this item came to; 0 for our own."""
        return 0

    def policy(self, outbound: Outbound) -> Decision:
        """Whether the channel's rules allow this message now."""
        return Decision(allowed=True)

    def new_signing_key(self) -> Mapping[str, str]:
        """Fresh secrets with which to sign, for a channel that `signs`."""
        return {}

    def signing_record(self) -> Record | None:
        """What must be published so that receivers can check our signatures; None when there is no key."""
        return None

    def check_signing(self) -> Mapping[str, str]:
        """Look whether the record is published; the secrets that say so from now on. Raises TryLater."""
        return {}

    def snippet(self, public_url: str) -> str:
        """What a shop pastes into its pages; "" where nothing has to be pasted."""
        return ""

    def check(self) -> str:
        """Try the connection now; a sentence that says what works. Raises TryLater or WontWork."""
        return ""
