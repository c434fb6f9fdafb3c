"""What was said in each conversation, as rows of messages, deliveries and decisions."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from opieka.assistant import words
from opieka.assistant.models import Decision
from opieka.channels.registry import channel_class
from opieka.conversations.models import Author, Delivery, Kind, Message
from opieka.demo.generate import Row
from opieka.demo.load.people import Cast
from opieka.demo.load.rows import Ids, moment

FAILED = "550 5.1.1 <%s>: user unknown"


@dataclass
class Thread:
    """The rows of one conversation."""

    row: Row
    pk: int
    messages: list[Row] = field(default_factory=list)
    deliveries: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    attached: dict[int, list[str]] = field(default_factory=dict)
    asked: int | None = None
    disclosed: bool = False


@dataclass
class _Writer:
    cast: Cast
    articles: dict[str, int]
    ids: Ids


def threads_of(cast: Cast, talks: list[Row], *, known: dict[str, int], articles: dict[str, int]) -> list[Thread]:
    """Every conversation's rows, ids given in the order of the conversations."""
    writer = _Writer(cast, articles, Ids(Message))
    threads = [Thread(row, known[row["id"]]) for row in talks]
    for thread in threads:
        for line in thread.row["messages"]:
            _write(writer, thread, line)
    return threads


def _write(writer: _Writer, thread: Thread, line: Row) -> None:
    cast, author = writer.cast, line["author"]
    channel = _channel(thread, line)
    pk = writer.ids.new()
    message = {
        "id": pk,
        "organisation_id": cast.organisation.pk,
        "conversation_id": thread.pk,
        "kind": line["kind"],
        "author": author,
        "member_id": cast.members.get(line["agent"] or ""),
        "text": line["text"],
        "inbox_id": cast.inboxes[channel] if line["kind"] == Kind.REPLY else None,
        "automatic": bool(line.get("automatic")) or author == Author.ASSISTANT,
        "created_at": moment(line["at"]),
    }
    thread.messages.append(message)
    if line["kind"] == Kind.EVENT:
        message["extra"] = _event(cast, thread, line, message)
    elif author == Author.CUSTOMER:
        _heard(cast, thread, line, message)
    elif line["kind"] == Kind.REPLY:
        _said(writer, thread, line, message)


def _channel(thread: Thread, line: Row) -> str:
    return str(line.get("channel", thread.row["channel"]))


def _event(cast: Cast, thread: Thread, line: Row, message: Row) -> Row:
    """The line as `log_event` writes it: names instead of slugs, and who did it."""
    data = dict(line["data"])
    if line["event"] == "joined":
        message["member_id"] = cast.members[data.pop("by")]
    if line["event"] == "assigned":
        message["member_id"] = cast.members[data["to"]]
        data["to"] = cast.names[data["to"]]
    if line["event"] == "handed over":
        data["team"] = thread.row["team"]
    if line["event"] == "resolved" and data["who"] == "agent":
        message["member_id"] = cast.members.get(thread.row["assignee"] or "")
    return {"verb": line["event"], **data}


def _heard(cast: Cast, thread: Thread, line: Row, message: Row) -> None:
    sender = cast.addresses.get((thread.row["customer"], _channel(thread, line)), "")
    message["recipients"] = {"from": sender, "to": [], "cc": []}
    message["external_id"] = f"<demo-{message['id']}@trzysosny.test>"
    if channel_class(_channel(thread, line)).traits.html:
        domain = sender.rpartition("@")[2]
        state = "failed" if line.get("unverified") else "proven"
        message["authentication"] = {"state": state, "method": "dmarc", "domain": domain, "by": "mx.trzysosny.test"}
    thread.asked = None if message["automatic"] else message["id"]
    if line.get("attachments"):
        thread.attached[message["id"]] = line["attachments"]


def _said(writer: _Writer, thread: Thread, line: Row, message: Row) -> None:
    if line["author"] == Author.ASSISTANT:
        saying = _saying(line, writer.articles)
        first = not thread.disclosed
        thread.disclosed = True
        message["text"] = f"{words.disclosure()}\n\n{saying.text}" if first else saying.text
        message["extra"] = {**saying.extra, "disclosed": first}
        if line.get("helpful") is not None:
            message["extra"]["helpful"] = line["helpful"]
        _decide(writer, thread, line, message)
    _deliver(writer.cast, thread, line, message)


def _saying(line: Row, articles: dict[str, int]) -> words.Saying:
    """What the assistant would say to this, in its own words of today."""
    if line.get("quote"):
        return words.answer(line["quote"]["text"], _source(line))
    if line.get("choices"):
        return words.offer(
            [
                words.Choice(article=str(articles[one["article"]]), title=one["title"], url=address(one["article"]))
                for one in line["choices"]
            ]
        )
    return words.Saying(text=line["text"], extra={"says": "hand over"})


def _source(line: Row) -> words.Source:
    quote = line["quote"]
    return words.Source(
        title=quote["title"], url=address(line["article"]), updated=date.fromisoformat(quote["updated"])
    )


def address(slug: str) -> str:
    return f"{settings.PUBLIC_URL}/pomoc/pl/{slug}/"


def _deliver(cast: Cast, thread: Thread, line: Row, message: Row) -> None:
    channel = _channel(thread, line)
    recipient = cast.addresses.get((thread.row["customer"], channel), "")
    state = line["delivery"]
    thread.deliveries.append(
        {
            "organisation_id": cast.organisation.pk,
            "message_id": message["id"],
            "state": state,
            "recipient": recipient,
            "idempotency_key": uuid.uuid5(uuid.NAMESPACE_OID, f"demo {cast.organisation.pk} {message['id']}").hex,
            "external_id": f"<demo-{message['id']}@trzysosny.test>" if channel == "email" else "",
            "not_before": message["created_at"],
            "attempts": 1,
            "error": FAILED % recipient if state == Delivery.State.FAILED else "",
            "changed_at": message["created_at"],
        }
    )


def _decide(writer: _Writer, thread: Thread, line: Row, message: Row) -> None:
    """The decision behind the assistant's words, about the customer's last message, once."""
    if thread.asked is None:
        return
    article = writer.articles.get(line.get("article") or "")
    outcome, rule = _outcome(line)
    thread.decisions.append(
        {
            "organisation_id": writer.cast.organisation.pk,
            "conversation_id": thread.pk,
            "about_id": thread.asked,
            "reply_id": message["id"],
            "outcome": outcome,
            "rule": rule,
            "confidence": line.get("confidence"),
            "understood": {"language": thread.row["language"], "topic": thread.row["topic"]},
            "evidence": [_evidence(line, article)] if article else [],
            "article_id": article,
            "engine": f"quoting/{settings.ENCODER}",
            "took_ms": 20.0 + message["id"] % 23,
            "helpful": line.get("helpful"),
            "created_at": message["created_at"],
        }
    )
    thread.asked = None


def _outcome(line: Row) -> tuple[str, str]:
    if line.get("quote"):
        return Decision.Outcome.ANSWER, "certain"
    if line.get("choices"):
        return Decision.Outcome.OFFER, "unsure"
    return Decision.Outcome.HAND_OVER, line.get("why") or "legal"


def _evidence(line: Row, article: int) -> dict[str, Any]:
    quote = line["quote"]
    return {
        "article": article,
        "title": quote["title"],
        "heading": "",
        "quote": quote["text"],
        "p_right": line["confidence"],
        "score": round(line["confidence"] * 4, 3),
    }
