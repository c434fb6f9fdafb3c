"""Bringing the database up to date when a process starts: a backup first, then the migrations, one process at a time."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import connection

LOCK = 7_203_114_958
LEFT_ALONE = {"__pycache__"}


class CannotPrepare(Exception):
    """The database could not be brought up to date; the text is a sentence for the operator."""


def pending() -> list[str]:
    """Migrations that are not in the database yet, e.g. "plumbing.0002_key". Imports none of them, to stay small."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if "django_migrations" not in tables:
            return ["everything"]
        cursor.execute("SELECT app, name FROM django_migrations")
        done = {f"{app}.{name}" for app, name in cursor.fetchall()}
    return sorted(_all_migrations() - done)


def _all_migrations() -> set[str]:
    names = set()
    for app in apps.get_app_configs():
        folder = Path(app.path) / "migrations"
        if (folder / "__init__.py").exists():
            names |= {f"{app.label}.{found.name}" for found in iter_modules([str(folder)]) if found.name[0] != "_"}
    return names


def is_empty() -> bool:
    """Whether nothing was ever kept in this database."""
    with connection.cursor() as cursor:
        return "django_migrations" not in connection.introspection.table_names(cursor)


def prepare(*, with_backup: bool = True) -> list[str]:
    """Migrate if anything is pending, after a backup of what is there. Returns the names of what was done.

    The migrations run in a process of their own, whose memory is given back. Raises CannotPrepare.
    """
    with _alone():
        missing = pending()
        if not missing:
            return []
        if with_backup and not is_empty():
            _back_up()
        _migrate()
        return missing


def _back_up() -> Path:
    from opieka.plumbing.backup import back_up

    folder = Path(settings.HOME) / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"before-{settings.VERSION}-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    back_up(path)
    return path


def _migrate() -> None:
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotPrepare(f"The migrations failed:\n{done.stderr.strip()[-2000:]}")


@contextmanager
def _alone() -> Iterator[None]:
    """Of processes that start together one migrates, and the others wait for it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            # The lock goes with the connection.
            connection.close()
        return
    with (Path(settings.HOME) / "preparing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
