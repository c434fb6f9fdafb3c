"""The rules of merging and splitting: what becomes of the cards, in plain values, without the database.

A card is the work state of a conversation as JSON values; moments are in UTC, so that the earlier one is the smaller.

Merging. Two conversations become one thread; one of them stands, the other leads to it.
- Status: what needs somebody the most. Open, else waiting, else snoozed, else resolved.
- Clocks: the earliest open one stays, so nobody's waiting begins anew. Of two snoozes the sooner ends it.
- Owner: whoever has the one that stays; nobody has it, then whoever has the other. People lead from then on.
- Topic, language, subject: those of the one that stays, else of the other. Tags of both; spam only if both are.
- Who writes stays who they are: an answer goes to whoever wrote the message it answers, and to nobody else.
- Figures: one matter. It is settled when every part of it is.

Separating gives each card back as it was, apart from what somebody has done to it since, and what came since goes where
it belongs: a customer's message to the conversation they answered, a reply to the conversation it answered, a note and
what was done to the one that stood.

Splitting. A customer's message, alone or with all after it, becomes a conversation of its own: same customer, inbox and
owner, its clock from when that message arrived. What was done stays where it was done. It goes home again by merging.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from opieka.conversations.models import Speaker, Status

Card = dict[str, Any]

STATE = ("status", "snoozed_until", "resolved_at", "resolved_by", "waiting_since")
OWNER = ("assignee_id", "team_id", "speaker")
ASKED = ("asked_for_person_at", "person_joined_at")
SAID = ("last_message_at", "preview", "first_reply_at")
# Fields that say one thing together stay together.
TOGETHER = (STATE, OWNER, ASKED, SAID, ("topic",), ("language",))
MOMENTS = {"snoozed_until", "resolved_at", "waiting_since", *ASKED, "last_message_at", "first_reply_at"}
CARD = (*(name for names in TOGETHER for name in names), "tags", "unread")

URGENCY = (Status.OPEN.value, Status.WAITING.value, Status.SNOOZED.value, Status.RESOLVED.value)


class Refusal(StrEnum):
    """Why two conversations cannot be merged, or a message cannot be split off."""

    ITSELF = "itself"
    ELSEWHERE = "elsewhere"
    MERGED = "merged"
    LIVE_CHAT = "live chat"
    QUARANTINE = "quarantine"
    STRANGERS = "strangers"
    SEPARATE = "separate"
    NOT_SAID = "not said"
    NOTHING_LEFT = "nothing left"


def merged_card(card: Card, other: Card) -> Card:
    """The card of the conversation that stays, once the other is merged into it."""
    status = min(card["status"], other["status"], key=URGENCY.index)
    both = (card, other)
    owner = card if card["assignee_id"] or not other["assignee_id"] else other
    later = max(both, key=lambda one: str(one["last_message_at"]))
    settled = max(both, key=lambda one: one["resolved_at"] or "")
    resolved, snoozed = status == Status.RESOLVED, status == Status.SNOOZED
    led = Speaker.PERSON.value in {card["speaker"], other["speaker"]}
    return {
        "status": status,
        "snoozed_until": _pick(min, both, "snoozed_until") if snoozed else None,
        "resolved_at": settled["resolved_at"] if resolved else None,
        "resolved_by": settled["resolved_by"] if resolved else card["resolved_by"],
        "waiting_since": _pick(min, both, "waiting_since"),
        "assignee_id": owner["assignee_id"],
        "team_id": owner["team_id"] or card["team_id"] or other["team_id"],
        "speaker": Speaker.PERSON.value if led else Speaker.QUEUE.value,
        "asked_for_person_at": _pick(min, both, "asked_for_person_at"),
        "person_joined_at": _pick(min, both, "person_joined_at"),
        "last_message_at": later["last_message_at"],
        "preview": later["preview"],
        "first_reply_at": _pick(min, both, "first_reply_at"),
        "topic": card["topic"] or other["topic"],
        "language": card["language"] or other["language"],
        "tags": _tags(card["tags"], other["tags"]),
        "unread": card["unread"] + other["unread"],
    }


def _pick(which: Callable[..., Any], cards: tuple[Card, Card], name: str) -> Any:
    return which((card[name] for card in cards if card[name]), default=None)


def _tags(mine: list[str], others: list[str]) -> list[str]:
    return [*mine, *(tag for tag in others if tag not in mine)]


def carried_on(now: Card, *, was: Card, becomes: Card) -> Card:
    """`becomes`, apart from what somebody has changed since the card `was` written."""
    found = dict(becomes)
    for names in TOGETHER:
        if any(now[name] != was[name] for name in names):
            found |= {name: now[name] for name in names}
    kept = [tag for tag in becomes["tags"] if tag in now["tags"] or tag not in was["tags"]]
    found["tags"] = [*kept, *(tag for tag in now["tags"] if tag not in was["tags"] and tag not in kept)]
    if now["unread"] != was["unread"]:
        found["unread"] = max(0, becomes["unread"] + now["unread"] - was["unread"]) if now["unread"] else 0
    return found
