"""Who speaks in a chat. A visitor is a random id inside a signed token; the signature is the whole of their right.

A token belongs to one inbox and ends after ninety days without a visit. A page of another site can neither hold the
frame nor call the addresses: the browser's Origin is checked, and no cookie is ever sent or read.
"""

import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from opieka.channels.models import Inbox
from opieka.channels.queries import inbox_by_key
from opieka.plumbing.addresses import address_of
from opieka.plumbing.limits import counted
from opieka.portal.widget.problems import Problem

SALT = "portal.widget.visitor"
LASTS_SECONDS = 90 * 24 * 3600
KIND = "webchat"
DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody at one chat; `id` is their address of the kind "webchat"."""

    id: str
    inbox: Inbox


def chat_of(key: str) -> Inbox:
    """The chat that this key names. Raises Problem 404."""
    inbox = inbox_by_key(key, kind=KIND)
    if inbox is None:
        raise Problem(404, _("There is no chat under this key. The key stands in the settings of the chat."))
    return inbox


def new_visitor(inbox: Inbox) -> Visitor:
    return Visitor(id=uuid.uuid4().hex, inbox=inbox)


def token_of(visitor: Visitor) -> str:
    return signing.dumps([visitor.inbox.key, visitor.id], salt=SALT)


def visitor_by_token(token: str) -> Visitor | None:
    """The visitor of that token, while it stands and its chat is open."""
    try:
        key, visitor_id = signing.loads(token, salt=SALT, max_age=LASTS_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    inbox = inbox_by_key(key, kind=KIND)
    return Visitor(id=visitor_id, inbox=inbox) if inbox else None


def visitor_of(request: HttpRequest, key: str) -> Visitor:
    """Whoever sends this request, by its bearer token. Raises Problem 401, 403 or 404."""
    inbox = chat_of(key)
    check_origin(request)
    return known_visitor(request.headers.get("Authorization", "").removeprefix("Bearer "), inbox)


def known_visitor(token: str, inbox: Inbox) -> Visitor:
    """Raises Problem 401 for a token that is forged, too old, or of another chat."""
    visitor = visitor_by_token(token)
    if visitor is None or visitor.inbox.pk != inbox.pk:
        raise Problem(401, _("This conversation cannot be continued here. A new message starts a new one."))
    return visitor


def check_origin(request: HttpRequest) -> None:
    """Only the frame of the chat itself calls these addresses. Raises Problem 403."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host() and origin != settings.PUBLIC_URL:
        raise Problem(403, _("Requests from this page are not accepted here."))


def limit(request: HttpRequest, what: str, *, most: int, visitor: Visitor | None = None, seconds: int = 60) -> None:
    """At most so many in that time from one visitor, and five times as many from one address. Raises Problem 429."""
    names = [(f"{what}:address:{address_of(request)}", most * 5)]
    if visitor:
        names.append((f"{what}:visitor:{visitor.id}", most))
    for name, allowed in names:
        if counted(f"widget:{name}", seconds=seconds) > allowed:
            raise Problem(429, _("That is a lot at once. Please try again in a moment."), wait=seconds // 10)


def limit_bytes(request: HttpRequest, size: int, *, most: int) -> None:
    """At most so many bytes of files in a day from one address. Raises Problem 429."""
    if counted(f"widget:bytes:{address_of(request)}", seconds=DAY, by=size) > most:
        raise Problem(429, _("Too many files came from this connection today. Please send them by e-mail."), wait=DAY)
