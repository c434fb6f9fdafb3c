"""Conversations with their messages, deliveries, decisions and surveys, and the facts counted from them."""

import hashlib
from typing import Any

from django.db.models import Max

from opieka.assistant.actions import setup_of
from opieka.assistant.models import Decision
from opieka.commerce.models import Order, OrderLine, Product, Shipment
from opieka.conversations.models import Conversation, Delivery, Message, Numbering, Speaker, Status
from opieka.conversations.rules import preview_of, subject_from
from opieka.customers.models import Customer, Identity
from opieka.demo.generate import Row, World
from opieka.demo.load.attaching import attach_all
from opieka.demo.load.people import Cast
from opieka.demo.load.rows import Ids, insert, moment
from opieka.demo.load.saying import Thread, threads_of
from opieka.insight.actions import facts_of
from opieka.insight.history import histories
from opieka.insight.measures import FORMULAS
from opieka.insight.models import Fact, Position
from opieka.plumbing.models import EventRow
from opieka.surveys.models import Survey
from opieka.surveys.rules import ANSWER_WITHIN

TABLES = (
    Customer, Identity, Product, Order, OrderLine, Shipment, Conversation, Message, Delivery, Decision, Survey,
)  # fmt: skip


def talk(cast: Cast, world: World, articles: dict[str, int]) -> None:
    """Write every conversation, then count what happened in them."""
    setup_of(cast.organisation)
    ids = Ids(Conversation)
    known = {row["id"]: ids.new() for row in world["conversations"]}
    insert(Conversation, (_conversation(cast, row, known[row["id"]]) for row in world["conversations"]), now=cast.now)
    threads = threads_of(cast, world["conversations"], known=known, articles=articles)
    insert(Message, (row for thread in threads for row in thread.messages), now=cast.now)
    _deliveries(cast, threads)
    decided = Ids(Decision)
    insert(Decision, ({"id": decided.new(), **row} for thread in threads for row in thread.decisions), now=cast.now)
    attach_all(threads)
    _surveys(cast, world["surveys"], known)
    Numbering.objects.create(organisation=cast.organisation, last=len(known))
    _count(cast, list(known.values()))


def _conversation(cast: Cast, row: Row, pk: int) -> Row:
    """The card as the verbs of `conversations` would have left it."""
    said = [line for line in row["messages"] if line["kind"] == "reply"]
    ours = [line for line in said if line["author"] == "agent"]
    called = next((line for line in row["messages"] if line.get("event") == "handed over"), None)
    resolved = row["status"] == Status.RESOLVED
    spam = "spam" in row["tags"]
    return {
        "id": pk,
        "organisation_id": cast.organisation.pk,
        "number": row["number"],
        "inbox_id": cast.inboxes[row["channel"]],
        "channel": row["channel"],
        "customer_id": cast.customers[row["customer"]],
        "subject": row["subject"] or subject_from(said[0]["text"]),
        "preview": preview_of(said[-1]["text"]),
        "status": Status.SPAM if spam else row["status"],
        "quarantine": {"by": "agent", "name": cast.names.get(row["assignee"] or "", "")} if spam else None,
        "speaker": _speaker(ours=bool(ours), called=bool(called), assigned=bool(row["assignee"])),
        "snoozed_until": moment(row["snoozed_until"]) if row["snoozed_until"] else None,
        "assignee_id": cast.members[row["assignee"]] if row["assignee"] else None,
        "team_id": cast.teams[row["team"]],
        "topic": row["topic"],
        "language": row["language"],
        "tags": [tag for tag in row["tags"] if tag != "spam"],
        "unread": row["unread"],
        "created_at": moment(row["created"]),
        "last_message_at": moment(said[-1]["at"]),
        "waiting_since": None if resolved else _waiting_since(said),
        "asked_for_person_at": moment(called["at"]) if called else None,
        "person_joined_at": moment(ours[0]["at"]) if ours else None,
        "first_reply_at": moment(ours[0]["at"]) if ours else None,
        "resolved_at": moment(row["messages"][-1]["at"]) if resolved else None,
        "resolved_by": row["resolved_by"] or "",
    }


def _speaker(*, ours: bool, called: bool, assigned: bool) -> Speaker:
    if ours:
        return Speaker.PERSON
    return Speaker.QUEUE if called or assigned else Speaker.ASSISTANT


def _waiting_since(said: list[Row]) -> Any:
    """When the oldest message of the customer came that no person has answered."""
    last = max((place for place, line in enumerate(said) if line["author"] == "agent"), default=-1)
    after = [line for line in said[last + 1 :] if line["author"] == "customer" and not line.get("automatic")]
    return moment(after[0]["at"]) if after else None


def _deliveries(cast: Cast, threads: list[Thread]) -> None:
    ids = Ids(Delivery)
    insert(Delivery, ({"id": ids.new(), **row} for thread in threads for row in thread.deliveries), now=cast.now)


def _surveys(cast: Cast, surveys: list[Row], known: dict[str, int]) -> None:
    """The links' tokens are nobody's: only hashes of the ids are kept, so no old survey can be opened."""
    ids = Ids(Survey)
    rows = (
        {
            "id": ids.new(),
            "organisation_id": cast.organisation.pk,
            "kind": row["kind"],
            "conversation_id": known[row["conversation"]],
            "customer_id": cast.customers[row["customer"]],
            "token_hash": hashlib.sha256(row["id"].encode()).hexdigest(),
            "asked_at": moment(row["asked"]),
            "expires_at": moment(row["asked"]) + ANSWER_WITHIN,
            "answered_at": moment(row["answered"]) if row["answered"] else None,
            "score": row.get("score"),
            "reasons": row.get("reasons", []),
            "comment": row.get("comment", ""),
            "wants_contact": row.get("wants_contact", False),
        }
        for row in surveys
    )
    insert(Survey, rows, now=cast.now)


def _count(cast: Cast, conversation_ids: list[int]) -> None:
    """The facts, as `insight` would count them one conversation at a time."""
    facts = [fact for history in histories(conversation_ids) for fact in facts_of(history)]
    Fact.objects.bulk_create(facts, batch_size=1_000)
    newest = EventRow.objects.aggregate(last=Max("id"))["last"] or 0
    Position.objects.create(organisation=cast.organisation, last_event_id=newest, formulas=FORMULAS)
