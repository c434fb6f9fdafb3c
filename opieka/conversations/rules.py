"""Pure decisions about conversations."""

import re
from datetime import datetime

from opieka.conversations.models import Status

# From a status to those it may become, and by whom. A customer's message reopens whatever was closed.
MOVES: dict[str, frozenset[str]] = {
    Status.OPEN: frozenset({Status.WAITING, Status.SNOOZED, Status.RESOLVED}),
    Status.WAITING: frozenset({Status.OPEN, Status.SNOOZED, Status.RESOLVED}),
    Status.SNOOZED: frozenset({Status.OPEN, Status.WAITING, Status.RESOLVED}),
    Status.RESOLVED: frozenset({Status.OPEN}),
    # What was merged changes only by being separated again; see `merging`.
    Status.MERGED: frozenset(),
}

# The tag of what nobody will answer; no survey is sent about it.
SPAM = "spam"

PREFIX = re.compile(r"^\s*(?:(?:re|odp|odpowiedź|pd|fwd?|aw|wg|sv)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def may_become(status: str, wanted: str) -> bool:
    """Whether this move is in the table."""
    return wanted in MOVES[status]


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


def is_due(not_before: datetime, now: datetime) -> bool:
    return not_before <= now
