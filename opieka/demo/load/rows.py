"""Many rows at once, with their own ids and times: straight to the database, as `auto_now` would write today's."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

BATCH = 2_000


class Ids:
    """Fresh ids of a table, counted up from the largest it holds."""

    def __init__(self, model: type[models.Model]) -> None:
        self._last = models.QuerySet(model).aggregate(last=Max("pk"))["last"] or 0

    def new(self) -> int:
        self._last += 1
        return int(self._last)


def insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, now: datetime) -> int:
    """Write rows given as {column: value}; what a row leaves out has the field's default, or `now` where it is filled.

    Returns how many rows there were.
    """
    table = model._meta  # noqa: SLF001 - Django's public name for it.
    fields = table.concrete_fields
    quote = connection.ops.quote_name
    places = ", ".join(["%s"] * len(fields))
    columns = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our own names.
    prepared = [[_value(field, row, now) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        for start in range(0, len(prepared), BATCH):
            cursor.executemany(statement, prepared[start : start + BATCH])
    return len(prepared)


def _value(field: Any, row: Mapping[str, Any], now: datetime) -> Any:
    if field.attname in row:
        value = row[field.attname]
    elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        value = now
    else:
        value = field.get_default()
    return field.get_db_prep_save(value, connection)


def go_on_counting(tables: Iterable[type[models.Model]]) -> None:
    """Let the database's own counters continue after ids we gave (PostgreSQL; SQLite does so by itself)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


def moment(text: str) -> datetime:
    """The aware time of "2026-11-16T08:00:00Z"."""
    return datetime.fromisoformat(text)
