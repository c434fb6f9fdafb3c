"""Replies that wait for their moment, for programs: read and cancelled; `POST …/replies` with `send_at` makes them."""

from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from opieka.api.conversations import Number, one_of
from opieka.api.keys import READ, WRITE, KeyRequest
from opieka.api.paging import Page, Paged, page_of
from opieka.api.problems import Problem
from opieka.api.said import ScheduledOut, scheduled_out
from opieka.conversations import actions, queries
from opieka.conversations.models import Scheduled

router = Router(tags=["conversations"])

ScheduledId = Annotated[int, Path(ge=1, le=2**31 - 1)]

TOO_LATE = {
    Scheduled.End.SENT: "It has been sent already.",
    Scheduled.End.OVERTAKEN: "The customer wrote meanwhile, so it was held back and is a draft again.",
    Scheduled.End.FAILED: "It could not be sent and is a draft again.",
}


class Which(Paged):
    """Those that wait; with `ended` those that wait no more as well."""

    ended: bool = False


WhichQuery = Annotated[Which, Query()]


@router.get(
    "/{number}/scheduled", response=Page[ScheduledOut], auth=READ, summary="Replies that wait, the latest first"
)
def waiting(request: KeyRequest, number: Number, which: WhichQuery) -> dict[str, Any]:
    rows = queries.scheduled_of(one_of(request, number))
    return page_of(rows if which.ended else rows.filter(ended_at=None), which, by="id", show=scheduled_out)


@router.get("/{number}/scheduled/{scheduled_id}", response=ScheduledOut, auth=READ, summary="One reply that waits")
def scheduled(request: KeyRequest, number: Number, scheduled_id: ScheduledId) -> dict[str, Any]:
    return scheduled_out(_one(request, number, scheduled_id))


@router.delete("/{number}/scheduled/{scheduled_id}", response=ScheduledOut, auth=WRITE, summary="Cancel it")
def cancel(request: KeyRequest, number: Number, scheduled_id: ScheduledId) -> dict[str, Any]:
    """Its text becomes a draft of its author. Asked for again it is cancelled already; after it left it is too late."""
    actions.cancel_scheduled(_one(request, number, scheduled_id), by=request.member)
    ended = _one(request, number, scheduled_id)
    if ended.end != Scheduled.End.CANCELLED:
        raise Problem(409, TOO_LATE[Scheduled.End(ended.end)], reason=ended.end)
    return scheduled_out(ended)


def _one(request: KeyRequest, number: int, scheduled_id: int) -> Scheduled:
    return get_object_or_404(queries.scheduled_of(one_of(request, number)), id=scheduled_id)
