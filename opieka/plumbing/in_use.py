"""Whether somebody else has the database open: what runs keeps a connection, and a crash leaves none behind."""

import sqlite3

from django.db import connection


def in_use() -> bool:
    """Whether anything besides this very connection is connected to the database, wherever it runs."""
    return _file_is_shared() if connection.vendor == "sqlite" else _others_are_connected()


def _file_is_shared() -> bool:
    # Our own connection would be somebody too.
    connection.close()
    probe = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
    try:
        # In WAL mode every connection shares a lock on the file as long as it lives, so this one gets it alone or not.
        probe.execute("PRAGMA locking_mode=EXCLUSIVE")
        probe.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except sqlite3.OperationalError:
        return True
    finally:
        probe.close()
    return False


def _others_are_connected() -> bool:
    with connection.cursor() as cursor:
        # A process of the server itself, such as autovacuum, has no user.
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0])
