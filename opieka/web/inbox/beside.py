"""What came along with a customer's message and is not its text: quiet lines beside it for the agent."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from opieka.accounts.models import Membership
from opieka.conversations import queries
from opieka.conversations.models import Author, Conversation, Message
from opieka.conversations.rules import state_of
from opieka.web.inbox.hosts import hosts_of
from opieka.web.inbox.senders import doubt_of
from opieka.web.inbox.words import legal_words

LATE = timedelta(hours=1)
Line = dict[str, Any]


def pointed_to(messages: list[Message], *, reader: Membership) -> dict[int, Conversation]:
    """The conversations these messages may belong to instead, as far as the reader may see them."""
    ids = {message.extra["maybe"] for message in messages if message.extra.get("maybe")}
    found = queries.visible_to(reader).select_related("merged_into").in_bulk(ids) if ids else {}
    return {row_id: one.merged_into or one for row_id, one in found.items()}


def beside(message: Message, others: dict[int, Conversation], *, shown_in: Conversation) -> list[Line]:
    """Icon, words, its colour where it has one, and for another conversation its address and name; nothing for what we wrote ourselves."""
    if message.author != Author.CUSTOMER:
        return []
    found = [
        _doubt(message),
        _legal(message),
        _part(message, shown_in),
        _elsewhere(others.get(message.extra.get("maybe", 0)), shown_in),
        _late(message),
        _pictures(message),
        _pixels(message),
    ]
    remarks = [{"icon": "info", "words": str(one)} for one in message.extra.get("remarks", [])]
    return [line for line in found if line] + remarks


def _doubt(message: Message) -> Line | None:
    """Only a sender whose proof failed is worth a sentence; the others have a quiet mark."""
    known = message.authentication or {}
    if state_of(known) != "failed":
        return None
    words = doubt_of(str(known.get("domain", "")), str(known.get("method", "")).upper())
    return {"icon": "triangle-alert", "words": words, "css": "unsure"}


def _legal(message: Message) -> Line | None:
    words = legal_words(message)
    return {"icon": "scale", "words": words, "css": "unsure"} if words else None


def _part(message: Message, shown_in: Conversation) -> Line | None:
    """A message of a conversation that was merged into this one."""
    if message.conversation_id == shown_in.pk:
        return None
    words = _("From conversation #%(number)s: %(subject)s")
    return {
        "icon": "merge",
        "words": words % {"number": message.conversation.number, "subject": message.conversation.subject},
    }


def _elsewhere(other: Conversation | None, shown_in: Conversation) -> Line | None:
    """Nobody knows for sure, so the message stays where it is and the agent can look, and merge the two."""
    if other is None or other.pk == shown_in.pk:
        return None
    return {
        "icon": "messages-square",
        "words": _("It may belong to the conversation"),
        "url": f"/conversations/{other.number}/",
        "name": f"#{other.number} {other.subject}".strip(),
        "merge_url": f"/conversations/{shown_in.number}/merge/?with={other.number}&stays={other.number}",
    }


def _late(message: Message) -> Line | None:
    sent = parse_datetime(str(message.extra.get("sent_at", "")))
    if sent is None:
        return None
    # A sender's clock may name no zone; then it is read as ours.
    sent = sent if timezone.is_aware(sent) else timezone.make_aware(sent)
    if message.created_at - sent <= LATE:
        return None
    words = _("Sent %(sent)s, arrived %(arrived)s")
    return {
        "icon": "clock",
        "words": words % {"sent": _moment(sent, message.created_at), "arrived": _moment(message.created_at, sent)},
    }


def _moment(when: datetime, other: datetime) -> str:
    """ "3 November 14:05", with the year where the two moments are not of the same one."""
    local = timezone.localtime(when)
    if local.year == timezone.localtime(other).year:
        return date_format(local, pgettext("day with its month in words, and time", "j F H:i"))
    return date_format(local, pgettext("day with its month in words, year, and time", "j F Y H:i"))


def _pictures(message: Message) -> Line | None:
    count = len(set(message.extra.get("remote_pictures", [])) - set(message.extra.get("pixels", [])))
    if not count:
        return None
    words = ngettext("%(count)d picture from outside is blocked", "%(count)d pictures from outside are blocked", count)
    return {"icon": "image", "words": words % {"count": count}}


def _pixels(message: Message) -> Line | None:
    """Pictures that nobody sees; their servers are named, because that is all there is to know about them."""
    found = message.extra.get("pixels", [])
    if not found:
        return None
    words = ngettext(
        "A tracking pixel is blocked: %(hosts)s", "%(count)d tracking pixels are blocked: %(hosts)s", len(found)
    )
    return {"icon": "eye-off", "words": words % {"count": len(found), "hosts": ", ".join(hosts_of(found)[:8])}}
