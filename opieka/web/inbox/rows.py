"""Rows of the list: what they show, drawn once for all agents who may see them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext, pgettext

from opieka.conversations.models import Conversation, Speaker, Status
from opieka.helpdesk.rules import waiting_state
from opieka.web import formats
from opieka.web.inbox.words import quarantine_words, resolved_status, tag_labels

KEEP_SECONDS = 3600
MOST_TAGS = 2
# Larger than any moment in seconds, so that whoever does not wait stands after everybody who does.
LATE = 10**11


def drawn(
    rows: Iterable[Conversation], *, sort: str, gone: frozenset[int] = frozenset(), current: int | None = None
) -> list[SafeString]:
    """The rows as HTML, from the cache where nothing changed: a row depends on its version and on the clock's words."""
    wanted = {row.pk: (key_of(row, sort, is_gone=row.pk in gone), row) for row in rows}
    kept: dict[str, str] = cache.get_many([key for key, _ in wanted.values()])
    fresh: dict[str, str] = {}
    template = get_template("web/inbox/row.html")
    for key, row in wanted.values():
        if key not in kept:
            fresh[key] = template.render({"row": row_of(row, sort=sort), "gone": row.pk in gone})
    if fresh:
        cache.set_many(fresh, KEEP_SECONDS)
    found = kept | fresh
    return [mark_safe(_marked(found[key], row.pk == current)) for key, row in wanted.values()]  # noqa: S308 - our template.


def _marked(html: str, current: bool) -> str:  # noqa: FBT001 - told apart by the only caller.
    return html.replace(' class="list-row', ' aria-current="true" class="list-row', 1) if current else html


def key_of(row: Conversation, sort: str, *, is_gone: bool) -> str:
    words = (
        row.created_at,  # After a restore another conversation may have this id and this version.
        row.customer.name,
        row.status,
        formats.short_moment(row.last_message_at),
        waiting_words(row),
        row.assignee.name if row.assignee else "",
        translation.get_language(),
        timezone.get_current_timezone_name(),
        sort,
        is_gone,
    )
    return f"row:{row.pk}:{row.version}:{hash_of(words)}"


def hash_of(words: tuple[Any, ...]) -> str:
    import hashlib

    return hashlib.blake2b(repr(words).encode(), digest_size=12).hexdigest()


def row_of(row: Conversation, *, sort: str) -> dict[str, Any]:
    """What web/inbox/row.html draws."""
    return {
        "id": row.pk,
        "number": row.number,
        "name": str(row.customer),
        "kind": row.customer.kind,
        "channel": row.channel,
        "subject": row.subject,
        "snippet": row.preview,
        "at": row.last_message_at,
        "unread": row.unread,
        "order": order_of(row, sort),
        "status": resolved_status(row.status),
        "until": row.snoozed_until if row.status == Status.SNOOZED else None,
        "waiting": waiting_of(row),
        "why": quarantine_words(row),
        "tags": tag_labels(row.tags)[:MOST_TAGS],
        "assignee": row.assignee.user.get_short_name() if row.assignee else "",
    }


def waits_for_us(row: Conversation) -> bool:
    """Whether a customer waits for a person: while the assistant answers, nobody does."""
    return bool(row.waiting_since and row.status == Status.OPEN and row.speaker != Speaker.ASSISTANT)


def waiting_of(row: Conversation) -> dict[str, Any] | None:
    """The chip that says how long the customer has waited."""
    if not waits_for_us(row):
        return None
    return {"since": row.waiting_since, "state": state_of(row), "words": waiting_words(row)}


def waiting_words(row: Conversation) -> str:
    return wait_words(row.waiting_since) if row.waiting_since else ""


def wait_words(since: datetime) -> str:
    """How long somebody has waited: "12 min", "3 h", "2 days"."""
    minutes = int((timezone.now() - since).total_seconds() // 60)
    if minutes < 60:
        return pgettext("how long", "%(n)s min") % {"n": max(1, minutes)}
    if minutes < 48 * 60:
        return pgettext("how long", "%(n)s h") % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def state_of(row: Conversation) -> str:
    return waiting_state(row.waiting_since, timezone.now()) if row.waiting_since else ""


def order_of(row: Conversation, sort: str) -> str:
    """Where the row stands: the page keeps rows in falling order of this number."""
    last = row.last_message_at.timestamp()
    if sort == "waiting":
        return f"{LATE - row.waiting_since.timestamp():.6f}" if row.waiting_since else f"{last - LATE:.6f}"
    return f"{last:.6f}"
