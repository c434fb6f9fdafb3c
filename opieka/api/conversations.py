"""Conversations for programs: read them, answer, write notes, resolve."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from opieka.api.keys import READ, WRITE, KeyRequest
from opieka.api.once import once
from opieka.api.paging import Page, Paged, PagedQuery, page_of
from opieka.api.problems import Problem
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Delivery, Message
from opieka.conversations.variables import EmptyVariable
from opieka.customers.queries import visible_to as customers_visible_to

router = Router(tags=["conversations"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ConversationOut(Schema):
    """`waiting_since` is when the oldest customer message arrived that nobody has answered."""

    number: int
    subject: str
    status: str
    channel: str
    inbox_id: int
    customer_id: int
    assignee: str | None
    topic: str
    tags: list[str]
    created_at: datetime
    last_message_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None


class MessageOut(Schema):
    """`kind` is reply (the customer sees it) or note (never). `delivery` says what became of a reply of ours."""

    id: int
    kind: str
    author: str
    author_name: str
    text: str
    delivery: str | None
    created_at: datetime


class Said(Schema):
    text: Text


class Filters(Paged):
    status: Literal["open", "waiting", "snoozed", "resolved", "spam"] | None = None
    customer_id: Id | None = None
    inbox_id: Id | None = None


FiltersQuery = Annotated[Filters, Query()]


def conversation_out(row: Conversation) -> dict[str, Any]:
    return {
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "channel": row.channel,
        "inbox_id": row.inbox_id,
        "customer_id": row.customer_id,
        "assignee": row.assignee.name if row.assignee else None,
        "topic": row.topic,
        "tags": row.tags,
        "created_at": row.created_at,
        "last_message_at": row.last_message_at,
        "waiting_since": row.waiting_since,
        "resolved_at": row.resolved_at,
    }


def message_out(row: Message) -> dict[str, Any]:
    delivery: Delivery | None = getattr(row, "delivery", None)
    return {
        "id": row.pk,
        "kind": row.kind,
        "author": row.author,
        "author_name": row.member.name if row.member else "",
        "text": row.text,
        "delivery": delivery.state if delivery else None,
        "created_at": row.created_at,
    }


def _seen(request: KeyRequest) -> QuerySet[Conversation]:
    return queries.visible_to(request.member).select_related("assignee__user")


def _one(request: KeyRequest, number: int) -> Conversation:
    return get_object_or_404(_seen(request), number=number)


@router.get("", response=Page[ConversationOut], auth=READ, summary="List conversations, the latest first")
def conversations(request: KeyRequest, filters: FiltersQuery) -> dict[str, Any]:
    rows = _seen(request)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.customer_id:
        rows = rows.filter(customer__in=customers_visible_to(request.member).filter(id=filters.customer_id))
    if filters.inbox_id:
        rows = rows.filter(inbox_id=filters.inbox_id)
    return page_of(rows, filters, by="last_message_at", show=conversation_out)


@router.get("/{number}", response=ConversationOut, auth=READ, summary="One conversation")
def conversation(request: KeyRequest, number: Number) -> dict[str, Any]:
    return conversation_out(_one(request, number))


@router.get("/{number}/messages", response=Page[MessageOut], auth=READ, summary="Replies and notes, the latest first")
def messages(request: KeyRequest, number: Number, paged: PagedQuery) -> dict[str, Any]:
    said = queries.said_in(_one(request, number))
    return page_of(said, paged, by="id", show=message_out)


@router.post("/{number}/replies", response={201: MessageOut}, auth=WRITE, summary="Answer the customer")
@once
def reply(request: KeyRequest, number: Number, said: Said) -> tuple[int, Schema]:
    try:
        message = actions.reply(_one(request, number), said.text, by=request.member)
    except EmptyVariable as empty:
        raise Problem(422, str(empty), variables=empty.names) from empty
    return 201, MessageOut(**message_out(message))


@router.post("/{number}/notes", response={201: MessageOut}, auth=WRITE, summary="Write a note for the team")
@once
def note(request: KeyRequest, number: Number, said: Said) -> tuple[int, Schema]:
    message = actions.note(_one(request, number), said.text, by=request.member)
    return 201, MessageOut(**message_out(message))


@router.post("/{number}/resolution", response=ConversationOut, auth=WRITE, summary="Resolve the conversation")
@once
def resolve(request: KeyRequest, number: Number) -> tuple[int, Schema]:
    actions.resolve(_one(request, number), by=request.member)
    return 200, ConversationOut(**conversation_out(_one(request, number)))


@router.delete("/{number}/resolution", response=ConversationOut, auth=WRITE, summary="Open the conversation again")
def reopen(request: KeyRequest, number: Number) -> dict[str, Any]:
    actions.reopen(_one(request, number), by=request.member)
    return conversation_out(_one(request, number))
