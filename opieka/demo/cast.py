"""The screenplay's conversations as plain data, the same shape as those of `talks`."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from opieka.demo import shelf
from opieka.demo.screenplay import Line, Story, moment, stories
from opieka.demo.seeds import id_for
from opieka.demo.working_time import utc

Row = dict[str, Any]
MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października",
    "listopada", "grudnia",
)  # fmt: skip
_DAY = re.compile(r"\{([-+]\d+)d\}")


def talks(seed: int, anchor: datetime, customers: list[Row]) -> list[Row]:
    """Every story as a conversation."""
    people = {row["story"]: row["id"] for row in customers if "story" in row}
    return [_talk(seed, anchor, story, people) for story in stories()]


def _talk(seed: int, anchor: datetime, story: Story, people: Mapping[str, str]) -> Row:
    heads = story.heads
    status = heads["status"]
    messages = [_line(line, anchor) for line in story.lines]
    closing = next((row for row in messages if row.get("event") == "resolved"), None)
    return {
        "id": id_for(seed, "conversation", story.key),
        "story": story.key,
        "channel": story.channel,
        "customer": people[story.key],
        "order": str(story.orders[0][0]) if story.orders else None,
        "subject": heads["subject"],
        "scenario": None,
        "topic": heads["topic"],
        "language": "pl",
        "tags": story.tags,
        "team": heads["team"],
        "assignee": heads.get("assignee"),
        "status": status,
        "resolved_by": closing["data"]["who"] if closing else None,
        "snoozed_until": utc(moment(heads["snoozed"], anchor)) if "snoozed" in heads else None,
        "unread": int(heads.get("unread", 0)),
        "messages": messages,
        "created": messages[0]["at"],
    }


def _line(line: Line, anchor: datetime) -> Row:
    row = {"at": utc(moment(line.when, anchor)), "channel": line.channel, "agent": None, "kind": "reply"}
    text = _DAY.sub(lambda found: _day(anchor, int(found[1])), line.text)
    if line.who == "event":
        word = "to" if line.about == "assigned" else "who" if line.about == "resolved" else "reason"
        return {**row, "author": "system", "kind": "event", "event": line.about, "data": {word: text}, "text": ""}
    if line.who == "note":
        written_by = None if line.about == "system" else line.about
        return {**row, "author": "agent" if written_by else "system", "kind": "note", "agent": written_by, "text": text}
    if line.who == "customer":
        return {
            **row,
            "author": "customer",
            "text": text,
            "attachments": list(line.attached),
            "automatic": line.mark == "automatic",
            "unverified": line.mark == "unverified",
        }
    if line.who == "assistant":
        return {**row, **_answer(line, text)}
    return {**row, "author": "agent", "agent": line.who, "text": text, "delivery": line.mark or "delivered"}


def _answer(line: Line, text: str) -> Row:
    slug = line.attached[0] if line.attached else None
    quote = shelf.answers()[slug] if slug else None
    return {
        "author": "assistant",
        "text": text or (shelf.first_sentence(quote["text"]) if quote else ""),
        "article": slug,
        "quote": quote,
        "choices": [],
        "confidence": 0.91 if slug else 0.4,
        "delivery": "delivered",
    }


def _day(anchor: datetime, days: int) -> str:
    """18 listopada"""
    day = anchor.date() + timedelta(days=days)
    return f"{day.day} {MONTHS[day.month - 1]}"
