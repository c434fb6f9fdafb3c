"""What a visitor hears: that something changed in their own conversations."""

from opieka.portal.widget.threads import conversations_of
from opieka.portal.widget.visitors import visitor_by_token


def authenticate_visitor(token: str) -> tuple[int, set[str]] | None:
    """The organisation and the topics this token may listen to; None when the token does not stand."""
    visitor = visitor_by_token(token)
    if visitor is None:
        return None
    return visitor.inbox.organisation_id, {f"visitor:{found.pk}" for found in conversations_of(visitor)}
