"""Pages by cursor: stable while rows come and go, and as fast on the last page as on the first."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from ninja import Query, Schema
from pydantic import Field

from opieka.api.problems import Problem

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

Limit = Annotated[int, Field(ge=1, le=100)]


class Page(Schema, Generic[Item]):
    """`next` is the cursor of the next page; null on the last."""

    items: list[Item]
    next: str | None = None


class Paged(Schema):
    """Where to go on, and how many rows to give."""

    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Limit = 50


PagedQuery = Annotated[Paged, Query()]


def page_of(rows: QuerySet[Row], paged: Paged, *, by: str, show: Callable[[Row], Any]) -> dict[str, Any]:
    """One page, newest first by a moment (`by` names it) and id, or by the id alone when `by` is "id"."""
    ordered = rows.order_by(*dict.fromkeys([f"-{by}", "-id"]))
    if paged.cursor:
        ordered = ordered.filter(_after(paged.cursor, by))
    found = list(ordered[: paged.limit + 1])
    more = len(found) > paged.limit
    shown = found[: paged.limit]
    return {"items": [show(row) for row in shown], "next": _cursor(shown, by) if more else None}


def _cursor(rows: Sequence[Model], by: str) -> str:
    last = rows[-1]
    value = getattr(last, by)
    place = [value.isoformat() if isinstance(value, datetime) else value, last.pk]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(cursor: str, by: str) -> Q:
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        last_id = _whole(row_id)
        if by == "id":
            return Q(id__lt=last_id)
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
    except (ValueError, TypeError, binascii.Error) as error:
        raise Problem(422, "This cursor is not one of ours. Begin again without it.") from error
    return Q(**{f"{by}__lt": moment}) | Q(**{by: moment, "id__lt": last_id})


def _whole(value: Any) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value
