"""What programs are told about messages: who wrote them and how far that is proved, what became of them, what waits."""

from datetime import datetime
from typing import Any

from ninja import Schema

from opieka.conversations.models import Conversation, Delivery, Message, Scheduled, Status


class SenderOut(Schema):
    """How far the sender of a customer's message is known: `state` proven, unproven or failed.

    `method` (dmarc, dkim or spf) proved it, or failed to, for `domain`; `by` is the server whose word that is, empty where
    Opieka looked itself.
    """

    state: str
    method: str
    domain: str
    by: str


class DeliveryOut(Schema):
    """What became of a reply of ours.

    `state` is queued, sending, accepted (the server took it), delivered, failed or uncertain (nobody can tell; it is never
    sent again by itself). `error` is what the other side said last, `next_try_at` when it is tried again.
    """

    state: str
    recipient: str
    copies: list[str]
    attempts: int
    error: str
    next_try_at: datetime | None
    changed_at: datetime


class MessageOut(Schema):
    """`kind` is reply (the customer sees it) or note (never). `delivery` is the state in `delivery_details`, which only
    replies of ours have; `sender` only messages of customers, on channels where anybody can write any sender.
    `scheduled_id` is the scheduled reply it was until it left.
    """

    id: int
    kind: str
    author: str
    author_name: str
    text: str
    delivery: str | None
    delivery_details: DeliveryOut | None
    sender: SenderOut | None
    scheduled_id: int | None
    created_at: datetime


class ScheduledOut(Schema):
    """A reply that waits for `send_at`. `state` is waiting, sent, cancelled, overtaken (the customer wrote) or failed; in the
    last three cases its text is its author's draft again. `conversation` is a number.
    """

    id: int
    conversation: int
    text: str
    copies: list[str]
    author_name: str
    send_at: datetime
    state: str
    ended_at: datetime | None
    created_at: datetime


class SpamOut(Schema):
    """`verdict` is spam (it lies in quarantine) or cleared (somebody found that it is none).

    `by` says who put it there: agent, filter or block. `name` is the person, `chance` and `words` are the filter's reasons,
    `blocked` is the address or domain that is blocked.
    """

    verdict: str
    by: str
    name: str
    chance: float | None
    words: list[str]
    blocked: str


def message_out(row: Message) -> dict[str, Any]:
    delivery: Delivery | None = getattr(row, "delivery", None)
    return {
        "id": row.pk,
        "kind": row.kind,
        "author": row.author,
        "author_name": row.member.name if row.member else "",
        "text": row.text,
        "delivery": delivery.state if delivery else None,
        "delivery_details": _delivery_out(delivery, row) if delivery else None,
        "sender": _sender_out(row.authentication) if row.authentication else None,
        "scheduled_id": _scheduled_id(row.token or ""),
        "created_at": row.created_at,
    }


def _delivery_out(delivery: Delivery, row: Message) -> dict[str, Any]:
    return {
        "state": delivery.state,
        "recipient": delivery.recipient,
        "copies": list(row.recipients.get("cc", ())),
        "attempts": delivery.attempts,
        "error": delivery.error,
        "next_try_at": delivery.not_before if delivery.state == Delivery.State.QUEUED else None,
        "changed_at": delivery.changed_at,
    }


def _sender_out(kept: dict[str, Any]) -> dict[str, str]:
    return {name: str(kept.get(name, "")) for name in SenderOut.model_fields}


def _scheduled_id(token: str) -> int | None:
    number = token.removeprefix("scheduled-")
    return int(number) if number != token and number.isdecimal() else None


def scheduled_out(row: Scheduled) -> dict[str, Any]:
    return {
        "id": row.pk,
        "conversation": row.conversation.number,
        "text": row.text,
        "copies": row.copies,
        "author_name": row.member.name,
        "send_at": row.at,
        "state": row.end or "waiting",
        "ended_at": row.ended_at,
        "created_at": row.created_at,
    }


def spam_out(row: Conversation) -> dict[str, Any] | None:
    """Whether it was taken for spam, by whom and why; None where nobody ever did."""
    why = row.quarantine
    if why is None or (row.status != Status.SPAM and not why.get("cleared")):
        return None
    return {
        "verdict": "spam" if row.status == Status.SPAM else "cleared",
        "by": str(why.get("by", "")),
        "name": str(why.get("name", "")),
        "chance": float(why["chance"]) if "chance" in why else None,
        "words": [str(word) for word in why.get("words", ())],
        "blocked": str(why.get("value", "")),
    }
