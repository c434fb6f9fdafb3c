"""From the raw bytes of mails to messages in the right conversations, found by their words and safe on the disk."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opieka.plumbing.trial import Failed, trial

SCENE = "opieka.cli.bench.ingest_scene"


def measure(*, mails: int) -> dict[str, Any]:
    """The figures of `opieka bench ingest`, on the kind of database that `OPIEKA_DATABASE_URL` names.

    Mails are kept and taken in by the actions the product itself uses, in one process. `cpu_us` is its processor time for
    one mail, without that of a database server; `cold_…` are the same of as many mails before, in a process that has just
    begun. `limit_per_second` is how many could be kept if nobody read them: the same bytes in as many commits, by the
    database alone.
    """
    with _database(os.environ.get("OPIEKA_DATABASE_URL", "")) as address, trial(database=address) as product:
        return product.play(SCENE, str(mails))


@contextmanager
def _database(address: str) -> Iterator[str]:
    """The address of a new, empty database on the same PostgreSQL; "" (a file of its own) where there is none."""
    if not address.startswith("postgres"):
        yield ""
        return
    import psycopg
    from psycopg import sql

    server, _, _ = address.rpartition("/")
    name = f"opieka_bench_{uuid.uuid4().hex[:12]}"
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{server}/{name}"
        finally:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.OperationalError as error:
        raise Failed(f"No database could be made for the measurement: {error}") from error
