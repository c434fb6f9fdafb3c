"""Many rows at once, with their own ids and times: straight to the database, as `auto_now` would write today's."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
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
    # The proxy that finds a thread's connection anew costs more than preparing a value.
    here = connections[DEFAULT_DB_ALIAS]
    left_out = {field.attname: _left_out(field, here, now) for field in fields}
    prepared = [
        [
            field.get_db_prep_save(row[field.attname], here) if field.attname in row else left_out[field.attname]()
            for field in fields
        ]
        for row in rows
    ]
    with here.cursor() as cursor:
        for start in range(0, len(prepared), BATCH):
            cursor.executemany(statement, prepared[start : start + BATCH])
    return len(prepared)


def _left_out(field: Any, here: Any, now: datetime) -> Callable[[], Any]:
    """What a row gets that does not name this column: the same for every row, unless each must have its own."""
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        value = now
    elif callable(field.default) and field.default not in (dict, list):
        return lambda: field.get_db_prep_save(field.get_default(), here)
    else:
        value = field.get_default()
    prepared = field.get_db_prep_save(value, here)
    return lambda: prepared


def go_on_counting(tables: Iterable[type[models.Model]]) -> None:
    """Let the database's own counters continue after ids we gave (PostgreSQL; SQLite does so by itself)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


def moment(text: str) -> datetime:
    """The aware time of "2026-11-16T08:00:00Z"."""
    return datetime.fromisoformat(text)
