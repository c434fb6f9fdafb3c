"""Pure decisions about conversations."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from opieka.conversations.models import Status

# From a status to those it may become, and by whom. A customer's message reopens whatever was closed; out of quarantine
# leads only the word of an agent: "no spam", or an answer.
MOVES: dict[str, frozenset[str]] = {
    Status.OPEN: frozenset({Status.WAITING, Status.SNOOZED, Status.RESOLVED, Status.SPAM}),
    Status.WAITING: frozenset({Status.OPEN, Status.SNOOZED, Status.RESOLVED, Status.SPAM}),
    Status.SNOOZED: frozenset({Status.OPEN, Status.WAITING, Status.RESOLVED, Status.SPAM}),
    Status.RESOLVED: frozenset({Status.OPEN, Status.SPAM}),
    Status.SPAM: frozenset({Status.WAITING}),
    # What was merged changes only by being separated again; see `merging`.
    Status.MERGED: frozenset(),
}

# What may be done on the word of a sender alone, by how far it is known who that is ("" is a channel that names senders
# itself and proves none). To tell or change anything of an order takes a proven sender; one whose proof failed is read,
# and that is all.
REVEAL, CHANGE = "reveal", "change"
COPY, JOIN_BY_NUMBER, NAME = "copy", "join by number", "name"
CLAIMED = frozenset({COPY, JOIN_BY_NUMBER, NAME})
ON_THE_WORD_OF: dict[str, frozenset[str]] = {
    "proven": CLAIMED | {REVEAL, CHANGE},
    "unproven": CLAIMED,
    "": CLAIMED,
    "failed": frozenset(),
}

LATEST = timedelta(days=366)
PREFIX = re.compile(r"^\s*(?:(?:re|odp|odpowiedź|pd|fwd?|aw|wg|sv)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def may_become(status: str, wanted: str) -> bool:
    """Whether this move is in the table."""
    return wanted in MOVES[status]


def state_of(authentication: Mapping[str, Any] | None) -> str:
    """The state in what a message keeps about its sender."""
    return str((authentication or {}).get("state", ""))


def believed(state: str, what: str) -> bool:
    """Whether this may be done on the word of a sender of that state; of a state nobody knows, nothing."""
    return what in ON_THE_WORD_OF.get(state, frozenset())


def plain_subject(subject: str) -> str:
    """The subject without Re:, Odp:, PD: and their like, however many stand there."""
    return PREFIX.sub("", subject).strip()[:200]


def preview_of(text: str) -> str:
    """The first 160 characters on one line."""
    return " ".join(text.split())[:160]


def subject_from(text: str) -> str:
    """A subject for a conversation that has none: its first sentence, cut at a word."""
    first = re.split(r"(?<=[.?!])\s", " ".join(text.split()), maxsplit=1)[0]
    return first if len(first) <= 70 else first[:70].rsplit(" ", 1)[0] + "…"


def may_be_scheduled(at: datetime, now: datetime) -> bool:
    """Whether a reply may wait until then."""
    return now < at < now + LATEST


def is_due(not_before: datetime, now: datetime) -> bool:
    return not_before <= now
