"""Pure decisions about presence and waiting."""

from datetime import datetime, timedelta

AWAY_AFTER = timedelta(minutes=2)
LOOKS_FOR = timedelta(seconds=70)
TYPES_FOR = timedelta(seconds=6)


def counts_as_here(state: str, seen_at: datetime, now: datetime) -> bool:
    """Whether a member takes conversations: they said so, and their page gave a sign of life lately."""
    return state == "here" and now - seen_at < AWAY_AFTER


def still_looks(seen_at: datetime, now: datetime) -> bool:
    """Whether a page that last gave a sign of life then still shows its conversation."""
    return now - seen_at < LOOKS_FOR


def waiting_state(since: datetime, now: datetime) -> str:
    """How a customer's wait is drawn: calm under an hour, soon within a day, late after it."""
    waited = now - since
    if waited < timedelta(hours=1):
        return "calm"
    return "soon" if waited < timedelta(days=1) else "late"


def may_quarantine(*, written_to: bool, has_orders: bool, resolved_before: bool, cleared_before: bool) -> bool:
    """Whether the filter may put a sender's letter away: never that of anybody the shop has had to do with."""
    return not (written_to or has_orders or resolved_before or cleared_before)
