"""Pieces of the page that know their version: a page says which it has, and gets only the others.

A piece is the HTML of one element with an id. Its version is a digest of what it was drawn from, kept in `data-v`, so
that the same piece is drawn once for all who may see it and sent once to each of them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from opieka.conversations.models import Conversation

KEEP_SECONDS = 3600


@dataclass(frozen=True)
class Piece:
    """One element: its id, its version, its HTML."""

    id: str
    version: str
    html: SafeString


def digest(*words: Any) -> str:
    return hashlib.blake2b(repr(words).encode(), digest_size=6).hexdigest()


def stamped(piece_id: str, html: str, *, version: str = "") -> Piece:
    """The HTML with its version written into its first element, the one that bears the id."""
    version = version or digest(html)
    marked = html.replace(f' id="{piece_id}"', f' id="{piece_id}" data-v="{version}"', 1)
    return Piece(piece_id, version, mark_safe(marked))  # noqa: S308 - our own template drew it.


def partial(target: str, html: str, *, swap: str = "outerMorph", of: int | None = None) -> SafeString:
    """A piece of the page that finds its own place, whatever the request was about.

    `of` is the id of the conversation it belongs to: a page that has opened another one meanwhile leaves it alone.
    """
    place = f'#conversation[data-id="{of}"] {target}' if of else target
    return format_html('<hx-partial hx-target="{}" hx-swap="{}">{}</hx-partial>', place, swap, html)


def unless_known(piece: Piece, known: Mapping[str, str], *, of: int | None = None) -> list[SafeString]:
    """The piece for its place, or nothing when the page has it just so."""
    return [] if known.get(piece.id) == piece.version else [partial(f"#{piece.id}", piece.html, of=of)]


def known_from(said: str) -> dict[str, str]:
    """What a page says it has: "m-12~9f3a,tabs~77b0"."""
    pairs = (one.partition("~") for one in said.split(",") if "~" in one)
    return {piece_id: version for piece_id, _, version in pairs}


# --- the thread --------------------------------------------------------------
def drawn_items(items: Iterable[dict[str, Any]], conversation: Conversation, *, can_answer: bool) -> list[Piece]:
    """Each line of the thread as a piece; only those that nobody has drawn yet are drawn."""
    around = (
        translation.get_language(),
        timezone.get_current_timezone_name(),
        can_answer,
        conversation.channel,
        conversation.inbox.name,
    )
    wanted = [(item_id(item), digest(item, around), item) for item in items]
    kept: dict[str, str] = cache.get_many([f"line:{version}" for _, version, _ in wanted])
    fresh: dict[str, str] = {}
    template = get_template("web/inbox/item.html")
    for _, version, item in wanted:
        if f"line:{version}" not in kept:
            context = {"item": item, "conversation": conversation, "can_answer": can_answer}
            fresh[f"line:{version}"] = template.render(context).strip()
    if fresh:
        cache.set_many(fresh, KEEP_SECONDS)
    found = kept | fresh
    return [stamped(piece_id, found[f"line:{version}"], version=version) for piece_id, version, _ in wanted]


def item_id(item: dict[str, Any]) -> str:
    if item["is"] in {"message", "letter"}:
        return f"m-{item['message']['id']}"
    if item["is"] == "event":
        return f"m-{item['event']['id']}"
    return f"{ {'day': 'day', 'stack': 'stack', 'scheduled': 'm-later'}.get(item['is'], 'm') }-{item['id']}"


def thread_changes(pieces: list[Piece], known: Mapping[str, str], *, of: int, last: int) -> list[SafeString]:
    """The lines that are new or other than the page has them; the whole thread when lines went or moved."""
    marker = partial("#last", format_html('<i id="last" hidden data-last="{}"></i>', last), of=of)
    shown = [piece_id for piece_id in known if piece_id.split("-", 1)[0] in {"m", "day", "stack"}]
    if not shown or [piece.id for piece in pieces[: len(shown)]] != shown:
        return [partial("#messages", thread_html(pieces), of=of), marker]
    found = [sent for piece in pieces[: len(shown)] for sent in unless_known(piece, known, of=of)]
    added = mark_safe("".join(piece.html for piece in pieces[len(shown) :]))  # noqa: S308 - drawn above.
    if added:
        found.append(partial("#messages", added, swap="beforeend", of=of))
    return [*found, marker] if found else []


def thread_html(pieces: list[Piece]) -> SafeString:
    lines = mark_safe("".join(piece.html for piece in pieces))  # noqa: S308 - drawn by our own template.
    return format_html('<ol class="messages" id="messages">{}</ol>', lines)
