"""Inboxes for programs: what there is and whether it works. Keys and secrets are not told."""

from datetime import datetime
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Path, Router, Schema

from opieka.api.keys import READ, KeyRequest
from opieka.channels.models import Inbox
from opieka.channels.queries import inboxes_of

router = Router(tags=["inboxes"])

InboxId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class InboxOut(Schema):
    """`trouble` is a sentence about what is wrong; empty when all is well."""

    id: int
    kind: str
    name: str
    active: bool
    trouble: str
    trouble_since: datetime | None
    last_seen_at: datetime | None


class Inboxes(Schema):
    items: list[InboxOut]


def inbox_out(row: Inbox) -> dict[str, Any]:
    return {name: getattr(row, name) for name in InboxOut.model_fields} | {"id": row.pk}


@router.get("", response=Inboxes, auth=READ, summary="List inboxes")
def inboxes(request: KeyRequest) -> dict[str, Any]:
    return {"items": [inbox_out(row) for row in inboxes_of(request.member.organisation)]}


@router.get("/{inbox_id}", response=InboxOut, auth=READ, summary="One inbox")
def inbox(request: KeyRequest, inbox_id: InboxId) -> dict[str, Any]:
    return inbox_out(get_object_or_404(inboxes_of(request.member.organisation), id=inbox_id))
