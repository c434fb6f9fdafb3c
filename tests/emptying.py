"""Emptying the database after a test that really committed: only the tables in which something stands.

Django empties all of them, the hundred that hold nothing too, and then writes anew what migrating has written. On
PostgreSQL that takes longer than most tests.
"""

from functools import cache

# What migrating has written, and no test changes.
KEPT = {"django_content_type", "auth_permission"}


def empty(case: object) -> None:
    """In place of what `TransactionTestCase` does when a test is over."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_which_are_filled())
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@cache
def _which_are_filled() -> str:
    from django.db import connection

    tables = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})" for name in tables]
    return " UNION ALL ".join(asked)
