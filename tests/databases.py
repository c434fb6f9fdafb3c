"""Empty databases for products that run in processes of their own."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def empty_database() -> Iterator[str]:
    """The address of a new database on the PostgreSQL that the suite uses; "" (a SQLite file) where it uses none."""
    server = os.environ.get("OPIEKA_DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield ""
        return
    import psycopg

    name = f"opieka_trial_{uuid.uuid4().hex[:12]}"
    admin = f"{server.rpartition('/')[0]}/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
