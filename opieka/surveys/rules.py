"""Whom to ask, and when not to."""

from datetime import datetime, timedelta

ASK_AGAIN_AFTER = timedelta(days=14)
ANSWER_WITHIN = timedelta(days=14)


def may_ask(*, blocked: bool, answered_by_us: bool, last_asked: datetime | None, now: datetime) -> bool:
    """A survey goes only to somebody we really answered, never to a blocked sender, and not more than once in two weeks."""
    recently = last_asked is not None and now - last_asked < ASK_AGAIN_AFTER
    return answered_by_us and not (blocked or recently)
