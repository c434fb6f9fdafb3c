"""Conversations for programs: begin, read, answer, write notes, resolve, merge and split."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from opieka.api.keys import READ, WRITE, KeyRequest
from opieka.api.once import once
from opieka.api.paging import Page, Paged, PagedQuery, page_of
from opieka.api.problems import Problem
from opieka.api.said import MessageOut, ScheduledOut, SpamOut, message_out, scheduled_out, spam_out
from opieka.channels.queries import inboxes_of
from opieka.conversations import actions, queries
from opieka.conversations.actions.begin import CannotBegin
from opieka.conversations.models import Conversation, Scheduled
from opieka.conversations.rules import may_be_scheduled
from opieka.conversations.variables import EmptyVariable
from opieka.customers.queries import visible_to as customers_visible_to

router = Router(tags=["conversations"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]

NOBODY_THERE = "Mail to this address comes back: nobody is there. Send `anyway` true if it is meant."
CANNOT_BEGIN = {
    "inbox": "This inbox is switched off, or its channel cannot write first.",
    "to": "This is no address to write to.",
    "ourselves": "This is an address of one of your own inboxes.",
    "subject": "The subject says nothing.",
}


class ConversationOut(Schema):
    """`waiting_since` is when the oldest customer message arrived that nobody has answered.

    `status` "merged" means that its messages are shown in the conversation number `merged_into`. `spam` is null where
    nobody ever took it for spam.
    """

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
    merged_into: int | None
    spam: SpamOut | None


class Said(Schema):
    text: Text


class Answer(Said):
    """`send_at`, at most a year ahead, keeps the reply until then. `anyway` sends it although nobody is at the address."""

    send_at: AwareDatetime | None = None
    anyway: bool = False


class Beginning(Schema):
    """`to` is an address of the inbox's channel, e.g. an e-mail address."""

    inbox_id: Id
    to: Annotated[str, Field(min_length=3, max_length=254)]
    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    text: Text
    name: Annotated[str, Field(max_length=160)] = ""


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
        "merged_into": row.merged_into.number if row.merged_into else None,
        "spam": spam_out(row),
    }


def _seen(request: KeyRequest) -> QuerySet[Conversation]:
    return queries.visible_to(request.member).select_related("assignee__user", "merged_into")


def one_of(request: KeyRequest, number: int) -> Conversation:
    return get_object_or_404(_seen(request), number=number)


def standing(request: KeyRequest, number: int) -> Conversation:
    """The conversation, or the one that shows it where it was merged."""
    found = one_of(request, number)
    return one_of(request, found.merged_into.number) if found.merged_into else found


@router.get("", response=Page[ConversationOut], auth=READ, summary="List conversations, the latest first")
def conversations(request: KeyRequest, filters: FiltersQuery) -> dict[str, Any]:
    rows = _seen(request).filter(merged_into=None)
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.customer_id:
        rows = rows.filter(customer__in=customers_visible_to(request.member).filter(id=filters.customer_id))
    if filters.inbox_id:
        rows = rows.filter(inbox_id=filters.inbox_id)
    return page_of(rows, filters, by="last_message_at", show=conversation_out)


@router.post("", response={201: ConversationOut}, auth=WRITE, summary="Write to a customer first")
@once
def begin(request: KeyRequest, beginning: Beginning) -> tuple[int, Schema]:
    inbox = get_object_or_404(inboxes_of(request.member.organisation), id=beginning.inbox_id)
    try:
        first = actions.First(**beginning.dict(exclude={"inbox_id"}))
        begun = actions.write_first(inbox, first, by=request.member)
    except CannotBegin as why:
        raise Problem(422, CANNOT_BEGIN[why.what], reason=why.what) from why
    return 201, ConversationOut(**conversation_out(one_of(request, begun.number)))


@router.get("/{number}", response=ConversationOut, auth=READ, summary="One conversation")
def conversation(request: KeyRequest, number: Number) -> dict[str, Any]:
    return conversation_out(one_of(request, number))


@router.get("/{number}/messages", response=Page[MessageOut], auth=READ, summary="Replies and notes, the latest first")
def messages(request: KeyRequest, number: Number, paged: PagedQuery) -> dict[str, Any]:
    said = queries.said_in(one_of(request, number))
    return page_of(said, paged, by="id", show=message_out)


@router.post(
    "/{number}/replies",
    response={201: MessageOut, 202: ScheduledOut},
    auth=WRITE,
    summary="Answer the customer, now or later",
)
@once
def reply(request: KeyRequest, number: Number, said: Answer) -> tuple[int, Schema]:
    conversation = one_of(request, number)
    _somebody_is_there(conversation, said)
    try:
        if said.send_at:
            return 202, ScheduledOut(**scheduled_out(_kept(request, conversation, said.text, at=said.send_at)))
        message = actions.reply(conversation, said.text, by=request.member)
    except EmptyVariable as empty:
        raise Problem(422, str(empty), variables=empty.names) from empty
    return 201, MessageOut(**message_out(message))


def _somebody_is_there(conversation: Conversation, said: Answer) -> None:
    going_to = [queries.answer_goes_to(conversation), *actions.copies_for(conversation)]
    lost = [] if said.anyway else queries.lost_addresses(conversation, going_to)
    if lost:
        raise Problem(409, NOBODY_THERE, reason="nobody there", addresses=lost)


def _kept(request: KeyRequest, conversation: Conversation, text: str, *, at: datetime) -> Scheduled:
    if not may_be_scheduled(at, timezone.now()):
        raise Problem(422, "`send_at` must be ahead, by a year at most.", reason="send_at")
    kept = actions.schedule(conversation, text, by=request.member, later=actions.Later(at=at))
    if kept is None:
        raise RuntimeError("Only a reply with a token can have been sent before.")
    return kept


@router.post("/{number}/notes", response={201: MessageOut}, auth=WRITE, summary="Write a note for the team")
@once
def note(request: KeyRequest, number: Number, said: Said) -> tuple[int, Schema]:
    message = actions.note(one_of(request, number), said.text, by=request.member)
    return 201, MessageOut(**message_out(message))


@router.post("/{number}/resolution", response=ConversationOut, auth=WRITE, summary="Resolve the conversation")
@once
def resolve(request: KeyRequest, number: Number) -> tuple[int, Schema]:
    actions.resolve(one_of(request, number), by=request.member)
    return 200, ConversationOut(**conversation_out(standing(request, number)))


@router.delete("/{number}/resolution", response=ConversationOut, auth=WRITE, summary="Open the conversation again")
def reopen(request: KeyRequest, number: Number) -> dict[str, Any]:
    actions.reopen(one_of(request, number), by=request.member)
    return conversation_out(standing(request, number))
