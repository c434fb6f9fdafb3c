"""Conversations for programs, as wholes: merge two, separate them, split one."""

from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from opieka.api.conversations import ConversationOut, Id, Number, conversation_out, one_of, standing
from opieka.api.keys import WRITE, KeyRequest
from opieka.api.once import once
from opieka.api.problems import Problem
from opieka.conversations import actions, queries
from opieka.conversations.actions.merge import CannotMerge
from opieka.conversations.actions.split import CannotSplit
from opieka.conversations.merging import Refusal

router = Router(tags=["conversations"])

Line = Annotated[str, Field(max_length=200)]

WHY = {
    Refusal.ITSELF: "A conversation cannot be merged into itself.",
    Refusal.ELSEWHERE: "There is no such conversation.",
    Refusal.MERGED: "One of the two was merged already; `merged_into` says where. Merge what stands.",
    Refusal.QUARANTINE: "What is in quarantine cannot be merged. Say first that it is no spam.",
    Refusal.LIVE_CHAT: "A chat that goes on can only be the one that stays. Merge the other way round, or resolve it first.",
    Refusal.STRANGERS: "They belong to different customers. Each is answered by themselves and reads nothing of the other; send `strangers` true if it is meant.",
    Refusal.SEPARATE: "It is part of a merged conversation. Separate that one first.",
    Refusal.NOT_SAID: "Only a message that the customer wrote can begin a conversation.",
    Refusal.NOTHING_LEFT: "Nothing of the customer would be left behind. Begin at a later message.",
}


class Merging(Schema):
    """`into` is the number of the conversation that stays; `strangers` allows two different customers."""

    into: Annotated[int, Field(ge=1, le=2**31 - 1)]
    strangers: bool = False


class Splitting(Schema):
    """From the message on, or the message `alone`."""

    message_id: Id
    alone: bool = False
    subject: Line = ""


@router.post("/{number}/merge", response=ConversationOut, auth=WRITE, summary="Merge the conversation into another")
@once
def merge(request: KeyRequest, number: Number, merging: Merging) -> tuple[int, Schema]:
    source, into = one_of(request, number), one_of(request, merging.into)
    # Asked for again it has been done already.
    if source.merged_into_id != into.pk:
        try:
            actions.merge(source, into=into, by=request.member, strangers=merging.strangers)
        except CannotMerge as why:
            raise Problem(409, WHY[Refusal(str(why))], reason=str(why)) from why
    return 200, ConversationOut(**conversation_out(standing(request, number)))


@router.delete("/{number}/merge", response=ConversationOut, auth=WRITE, summary="Separate a merged conversation again")
def separate(request: KeyRequest, number: Number) -> dict[str, Any]:
    try:
        actions.separate(one_of(request, number), by=request.member)
    except CannotMerge as why:
        raise Problem(409, WHY[Refusal(str(why))], reason=str(why)) from why
    return conversation_out(one_of(request, number))


@router.post(
    "/{number}/splits", response={201: ConversationOut}, auth=WRITE, summary="Make messages a new conversation"
)
@once
def split(request: KeyRequest, number: Number, splitting: Splitting) -> tuple[int, Schema]:
    message = queries.message_for(request.member, splitting.message_id)
    if message is None or message.conversation != one_of(request, number):
        raise Problem(422, "There is no such message in this conversation.")
    try:
        made = actions.split(message, by=request.member, alone=splitting.alone, subject=splitting.subject)
    except CannotSplit as why:
        raise Problem(409, WHY[Refusal(str(why))], reason=str(why)) from why
    return 201, ConversationOut(**conversation_out(one_of(request, made.number)))
