"""A conversation's card as plain values, and back; and what its messages make it say."""

from datetime import UTC, datetime
from typing import Any

from opieka.conversations.actions.lock import save
from opieka.conversations.merging import CARD, MOMENTS, Card
from opieka.conversations.models import Author, Conversation, Delivery, Kind, Message, Status
from opieka.conversations.queries import parts_of
from opieka.conversations.rules import preview_of


def card_of(thread: Conversation) -> Card:
    """The card as JSON values; a moment in UTC, however it was written."""
    found: Card = {name: _plain(getattr(thread, name)) for name in CARD}
    return found | {"tags": list(thread.tags)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, str) else value


def put_card(thread: Conversation, card: Card, *also: str) -> None:
    """Write the card, and the fields named `also`."""
    for name, value in card.items():
        written = name in MOMENTS and isinstance(value, str)
        setattr(thread, name, datetime.fromisoformat(value) if written else value)
    save(thread, *(name.removesuffix("_id") for name in card), *also)


def told_by_messages(thread: Conversation) -> dict[str, Any]:
    """What the card must say after its messages: the last word, the first reply, and since when somebody waits."""
    said = Message.objects.filter(conversation__in=parts_of(thread), kind=Kind.REPLY, withdrawn_at=None).order_by("id")
    last = said.exclude(author=Author.SYSTEM).last()
    spoken = {"last_message_at": last.created_at, "preview": preview_of(last.text)} if last else {}
    answers = said.filter(author=Author.AGENT).exclude(delivery__state=Delivery.State.FAILED)
    first, latest = answers.first(), answers.last()
    unanswered = said.filter(author=Author.CUSTOMER, automatic=False, id__gt=latest.pk if latest else 0).first()
    return spoken | {
        "first_reply_at": first.created_at if first else None,
        "waiting_since": unanswered.created_at if unanswered else None,
    }


def retold(thread: Conversation, card: Card) -> Card:
    """The card as its messages have it now: what is unanswered is open, what is answered waits, what is settled stays."""
    told = told_by_messages(thread)
    if told["waiting_since"]:
        return card | told | {"status": Status.OPEN.value, "snoozed_until": None, "resolved_at": None}
    waits = {"status": Status.WAITING.value} if card["status"] == Status.OPEN and told["first_reply_at"] else {}
    return card | told | waits
