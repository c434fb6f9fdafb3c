"""Many rows of one table written at once, by a statement that is made once.

Django's own `bulk_create` builds its statement anew each time and asks for the ids that the database gave. Here the ids
are taken first, so that rows of several tables can name each other before any of them is written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

from django.db import connection, models

PLAIN = (str, int, bool, bytes, type(None))
"""What both databases take as it is."""


class Ids:
    """Ids of rows that this transaction is going to insert, as many as are asked for."""

    def __init__(self, model: type[models.Model], *, at_once: int = 1) -> None:
        self._model = model
        self._at_once = at_once
        self._free: Iterator[int] = iter(())

    def take(self) -> int:
        """The next id. Nobody else may insert into this table with SQLite's own ids until these rows are written."""
        found = next(self._free, None)
        if found is None:
            self._free = _reserved(self._model, self._at_once)
            found = next(self._free)
        return found


def _reserved(model: type[models.Model], wanted: int) -> Iterator[int]:
    if not connection.in_atomic_block:
        raise RuntimeError("Ids are taken inside the transaction that uses them.")
    table = model._meta.db_table  # noqa: SLF001 - Django's documented name for it.
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # A writing transaction is alone, and an id that was ever used is not given again (AUTOINCREMENT).
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = cursor.fetchone()
            return count(last[0] + 1 if last else 1)
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, wanted])
        return iter([row[0] for row in cursor.fetchall()])


def insert(rows: Sequence[models.Model]) -> None:
    """Insert the rows, all of one model, under the ids that they bear."""
    if not rows:
        return
    statement, columns = _plan(type(rows[0]), connection.vendor)
    known: dict[Any, Any] = {}
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[value(row, known) for value in columns] for row in rows])


def insert_values(model: type[models.Model], names: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of which only these columns are given, ready for the database."""
    if values := list(rows):
        with connection.cursor() as cursor:
            cursor.executemany(_statement(model, names), values)


def update(rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
    """Write these fields of every row, all of one model."""
    if not rows:
        return
    model, quoted = type(rows[0]), connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]  # noqa: SLF001
    changes = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
    read, known = [_reader(field) for field in fields], dict[Any, Any]()
    values = [[*(value(row, known) for value in read), row.pk] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quoted(model._meta.db_table)} SET {changes} WHERE id = %s", values)  # noqa: S608, SLF001


@lru_cache(maxsize=8)
def as_moment(moment: datetime) -> Any:
    """The moment as this database takes it. What is written at once has few different ones."""
    return connection.ops.adapt_datetimefield_value(moment)


@lru_cache(maxsize=100)
def _plan(model: type[models.Model], _vendor: str) -> tuple[str, list[Callable[[Any, dict[Any, Any]], Any]]]:
    fields = model._meta.concrete_fields  # noqa: SLF001
    return _statement(model, tuple(field.column for field in fields)), [_reader(field) for field in fields]


@lru_cache(maxsize=100)
def _statement(model: type[models.Model], columns: tuple[str, ...]) -> str:
    quoted = [connection.ops.quote_name(column) for column in columns]
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001
    return f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({', '.join(['%s'] * len(quoted))})"  # noqa: S608


def _reader(field: Any) -> Callable[[Any, dict[Any, Any]], Any]:
    """What gives this column's value of a row. Moments are written down once: the rows of one batch share theirs."""
    name, plain = field.attname, not isinstance(field, models.JSONField)
    own = type(field).pre_save is not models.Field.pre_save

    def read(row: Any, known: dict[Any, Any]) -> Any:
        value = field.pre_save(row, add=True) if own else getattr(row, name)
        if plain and type(value) in PLAIN:
            return value
        if type(value) is datetime:
            if value not in known:
                known[value] = field.get_db_prep_save(value, connection)
            return known[value]
        return field.get_db_prep_save(value, connection)

    return read
