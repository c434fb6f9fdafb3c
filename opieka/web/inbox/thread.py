"""The thread as the agent sees it: days, messages grouped by author, letters stacked, events folded."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opieka.accounts.models import Membership
from opieka.channels.registry import channel_class
from opieka.conversations.models import Attachment, Author, Conversation, Delivery, Kind, Message
from opieka.plumbing.filetypes import SHOWN_INLINE
from opieka.web.inbox.beside import beside, pointed_to
from opieka.web.inbox.invitations import invitations_of
from opieka.web.inbox.senders import sender_of
from opieka.web.inbox.words import event_of, outcome_label, reason_label

LETTERS_SHOWN = 2
Item = dict[str, Any]


def items_of(conversation: Conversation, messages: list[Message], *, reader: Membership) -> list[Item]:
    """What web/inbox/thread.html draws, oldest first."""
    others = pointed_to(messages, reader=reader)
    begins = may_begin(messages, conversation)
    lines = [_line(message, reader) for message in messages]
    for line, message in zip(lines, messages, strict=True):
        if "message" in line:
            line["message"]["beside"] = beside(message, others, shown_in=conversation)
            line["message"]["splits"] = message.pk in begins
    return list(_grouped(_with_days(_folded(_stacked(_told_once(lines))), conversation)))


def _line(message: Message, reader: Membership) -> Item:
    if message.kind == Kind.EVENT:
        return {"is": "event", "at": message.created_at, "event": event_of(message)}
    if message.kind == Kind.NOTE:
        name = message.member.name if message.member else _("Opieka")
        return {"is": "note", "at": message.created_at, "id": message.pk, "name": name, "text": message.text}
    shown = said(message, reader)
    letters = channel_class(message.conversation.channel).traits.html
    is_letter = letters and message.author == Author.CUSTOMER
    return {"is": "letter" if is_letter else "message", "at": message.created_at, "message": shown}


def may_begin(messages: list[Message], conversation: Conversation) -> set[int]:
    """The messages from which on a conversation of its own can be made: the customer's, but for the first."""
    own = [one for one in messages if one.conversation_id == conversation.pk and one.kind == Kind.REPLY]
    return {one.pk for one in [one for one in own if one.author == Author.CUSTOMER][1:]}


def said(message: Message, reader: Membership) -> Item:
    """A reply of anybody, as web/inbox/message.html and letter.html take it."""
    delivery = getattr(message, "delivery", None)
    return {
        "id": message.pk,
        "author": message.author,
        "name": author_name(message),
        "channel": message.conversation.channel,
        "mine": message.member_id == reader.pk,
        "at": message.created_at,
        "text": message.text,
        "address": message.recipients.get("from", ""),
        "copies": message.recipients.get("cc", []),
        "lead": message.extra.get("lead", ""),
        "quote": message.extra.get("quote"),
        "choices": message.extra.get("choices", []),
        "has_more": getattr(message, "has_more", False),
        "has_html": getattr(message, "has_html", False),
        "files": [file_of(attachment) for attachment in message.attachments.all()],
        "invitations": invitations_of(message),
        "has_raw": message.raw_id is not None,
        "helpful": message.extra.get("helpful"),
        "sender": sender_of(message),
        "seen_at": message.seen_at,
        "why": why(message),
        **(delivery_of(delivery) if delivery else {}),
    }


def author_name(message: Message) -> str:
    if message.author == Author.CUSTOMER:
        return str(message.conversation.customer)
    if message.author == Author.SYSTEM:
        return _("Sent automatically")
    return message.member.name if message.member else ""


def delivery_of(delivery: Delivery) -> Item:
    """What became of it, in the server's own words too, and what a person can do about that."""
    put_off = delivery.state == Delivery.State.QUEUED and delivery.attempts > 0
    return {
        "delivery": delivery.state,
        "delivery_note": delivery.error,
        "again_at": delivery.not_before if put_off else None,
        # A state that needs words or hands has a line of its own below the bubble, not a mark beside it.
        "told_below": bool(delivery.error) or put_off or delivery.state in {"failed", "uncertain"},
        "recipient": delivery.recipient,
        "can_retry": delivery.state == Delivery.State.FAILED,
        "can_settle": delivery.state == Delivery.State.UNCERTAIN,
    }


def file_of(attachment: Attachment) -> Item:
    return {
        "id": attachment.pk,
        "name": attachment.name,
        "size": size_words(attachment.size),
        "url": f"/files/{attachment.pk}/",
        "picture": attachment.content_type in SHOWN_INLINE,
        "letter": f"/files/{attachment.pk}/letter/" if attachment.content_type == "message/rfc822" else "",
    }


def size_words(size: int) -> str:
    """A file's size as people say it: "512 B", "38 kB", "1,8 MB"."""
    from django.utils.formats import number_format

    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1000)} kB"
    return f"{number_format(size / 1_000_000, 1)} MB"


def why(message: Message) -> Item | None:
    """The stored decision behind an answer of the assistant."""
    decision = getattr(message, "decision", None)
    if message.author != Author.ASSISTANT or decision is None:
        return None
    return {
        "outcome": outcome_label(decision.outcome),
        "reason": reason_label(decision.rule),
        "confidence": decision.confidence,
        "evidence": decision.evidence,
        "engine": decision.engine,
        "took_ms": decision.took_ms,
        "helpful": decision.helpful,
    }


# --- order -------------------------------------------------------------------
def _told_once(lines: list[Item]) -> list[Item]:
    """In a chat each message names the page it was written on: told again only when it is another page."""
    before: list[Item] = []
    for line in lines:
        if line["is"] == "message" and line["message"]["author"] == Author.CUSTOMER:
            now = line["message"]["beside"]
            line["message"]["beside"] = [one for one in now if one not in before]
            before = now
    return lines


def _stacked(lines: list[Item]) -> Iterator[Item]:
    """Older letters become one row, so that the newest ones and what was done about them fit on a screen."""
    letters = [place for place, line in enumerate(lines) if line["is"] == "letter"]
    until = letters[-LETTERS_SHOWN] if len(letters) > LETTERS_SHOWN else 0
    older = [line for line in lines[:until] if line["is"] in {"letter", "message"}]
    if len(older) < 2:
        yield from lines
        return
    yield _stack(lines[:until], older)
    yield from lines[until:]


def _stack(lines: list[Item], older: list[Item]) -> Item:
    names: dict[str, str] = {}
    for line in older:
        names.setdefault(line["message"]["name"] or line["message"]["author"], line["message"]["author"])
    first, last = timezone.localtime(older[0]["at"]), timezone.localtime(older[-1]["at"])
    return {
        "is": "stack",
        "at": older[0]["at"],
        "id": older[-1]["message"]["id"],
        "count": len(older),
        "people": [{"name": name, "author": author} for name, author in list(names.items())[:3]],
        "words": " ".join(older[0]["message"]["text"].split())[:120],
        "when": f"{first.day}.{first.month:02}"
        + (f"–{last.day}.{last.month:02}" if first.date() != last.date() else ""),
        "items": list(_grouped(_folded(iter(lines)))),
    }


def _folded(lines: Iterator[Item]) -> Iterator[Item]:
    """Two or more events in a row fold into one line."""
    for is_event, run in groupby(lines, key=lambda line: line["is"] == "event"):
        found = list(run)
        if not is_event or len(found) == 1:
            yield from found
            continue
        events = [line["event"] for line in found]
        yield {"is": "events", "at": found[0]["at"], "id": events[0]["id"], "events": events, "last": events[-1]}


def _with_days(lines: Iterator[Item], conversation: Conversation) -> Iterator[Item]:
    """A line before the first item of each day; letters carry their own date."""
    shown: date | None = None
    for line in lines:
        day = timezone.localdate(line["at"])
        if line["is"] in {"message", "note"} and day != shown:
            shown = day
            channel = conversation.channel if line["is"] == "message" else ""
            yield {"is": "day", "id": day.isoformat(), "at": line["at"], "words": day_words(day), "channel": channel}
        elif line["is"] == "letter":
            shown = day
        yield line


def day_words(day: date) -> str:
    """ "Today, 24.11", "Yesterday, 23.11", "Tue 17.11", and the year when it is another one."""
    today = timezone.localdate()
    this_year = pgettext("day of this year", "j M")
    if day == today:
        return ", ".join([_("Today"), date_format(day, this_year)])
    if (today - day).days == 1:
        return ", ".join([_("Yesterday"), date_format(day, this_year)])
    form = this_year if day.year == today.year else pgettext("day of another year", "j M Y")
    return f"{date_format(day, 'l')}, {date_format(day, form)}"


def letter_words(at: Any) -> str:
    """When a letter came: "tue, 17.11, 18:42"."""
    local = timezone.localtime(at)
    return f"{day_words(local.date())}, {local:%H:%M}"


def _grouped(lines: Iterator[Item]) -> Iterator[Item]:
    """The same author speaking on: no second avatar, no second name."""
    before: tuple[str, str] | None = None
    for line in lines:
        if line["is"] == "message":
            now = (line["message"]["author"], line["message"]["name"])
            line["message"]["grouped"] = now == before
            before = now
        else:
            before = None
        if line["is"] == "letter":
            line["when"] = letter_words(line["at"])
        yield line
