"""Visitors of the chat listen by their token, to their own conversation only."""

import hashlib
import time

from opieka.plumbing.live.subscription import Admission, Refusal, Scope, Subscription, query

MARK = "visitor"
LASTS_SECONDS = 12 * 3600
MOST = 6


def admit_visitor(scope: Scope) -> Subscription | None:
    """The visitor's subscription; None for whoever brings no token. Raises Refusal."""
    token = query(scope).get("visitor", "")
    if not token:
        return None
    from opieka.portal.widget.live import authenticate_visitor

    found = authenticate_visitor(token)
    if found is None:
        raise Refusal("This visitor's token does not stand.")
    organisation_id, topics = found
    return Subscription(
        organisation_id=organisation_id,
        topics=frozenset(topics),
        # Only a digest is kept: the token itself opens the conversation.
        mark=f"{MARK}:{hashlib.sha256(token.encode()).hexdigest()[:32]}",
        expires=time.time() + LASTS_SECONDS,
        most=MOST,
    )


def visitors_standing(marks: frozenset[str]) -> frozenset[str]:
    """A visitor's right ends with its time, not before."""
    return frozenset(mark for mark in marks if mark.startswith(f"{MARK}:"))


VISITORS = Admission(admit=admit_visitor, stands=visitors_standing)
