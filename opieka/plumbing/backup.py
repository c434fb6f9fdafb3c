"""Backups while the product runs: the database and the files in one tar, the keys in a second file beside it.

The tar holds `manifest.json` (version, kind of database, rows of every table, number of files), the database as its own
tools write it, and the files under `files/`. Keys are kept apart, so that whoever finds a backup cannot open the secrets
in it.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from opieka.plumbing import files
from opieka.plumbing.environment import CHANGED

FORMAT = 1
SQLITE, POSTGRES = "database.sqlite3", "database.dump"
KEY_SETTINGS = {"secret": "SECRET_KEY", "field": "FIELD_KEY"}


class CannotBackUp(Exception):
    """No backup was made, or it cannot be restored; the text is a sentence for the operator."""


def back_up(path: Path) -> dict[str, Any]:
    """Write the backup to `path` and the keys to `path`.keys; returns the manifest. Raises CannotBackUp."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, tarfile.open(unfinished, "w") as tar:
        unfinished.chmod(0o600)
        name, rows = _dump(Path(folder))
        tar.add(Path(folder) / name, arcname=name)
        kept = 0
        for key in files.store().keys():  # noqa: SIM118 - A store is no dictionary.
            _add(tar, f"files/{key}", files.store().get(key))
            kept += 1
        manifest = {
            "format": FORMAT,
            "version": settings.VERSION,
            "database": connection.vendor,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "rows": rows,
            "files": kept,
        }
        _add(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
    unfinished.replace(path)
    _write_keys(path.with_name(path.name + ".keys"))
    return manifest


def check_tools() -> str:
    """What copies the database here. Raises CannotBackUp where nothing could."""
    if connection.vendor == "sqlite":
        return "SQLite"
    tool = int(_program(["pg_dump", "--version"]).split()[2].split(".")[0])
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    if tool < server:
        raise CannotBackUp(
            f"pg_dump is of PostgreSQL {tool} and the server of PostgreSQL {server}, which it refuses to back up. "
            f"Install postgresql-client-{server}, e.g. from apt.postgresql.org."
        )
    return f"pg_dump {tool}"


def _dump(folder: Path) -> tuple[str, dict[str, int]]:
    """The database as one file, and the rows that are in it."""
    if connection.vendor == "sqlite":
        target = folder / SQLITE
        connection.ensure_connection()
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy)
            rows = {table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables()}  # noqa: S608 - Names of our own tables.
        copy.close()
        return SQLITE, rows
    check_tools()
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows are counted in the very snapshot that is dumped, whatever is written meanwhile.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = count_rows(tables())
        where = ["--file", str(folder / POSTGRES), "--snapshot", snapshot]
        _program(["pg_dump", "--format=custom", "--no-owner", *where, *_place()])
    return POSTGRES, rows


def tables() -> list[str]:
    """The tables of all our models, those between many and many included; not those a migration has yet to make."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    return sorted(there & {model._meta.db_table for model in apps.get_models(include_auto_created=True)})  # noqa: SLF001


def count_rows(names: Iterable[str] | None = None) -> dict[str, int]:
    """Rows of each of these tables now; of all our tables when none are named."""
    with connection.cursor() as cursor:
        counted = {}
        for table in tables() if names is None else names:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - Names of our own tables.
            counted[table] = cursor.fetchone()[0]
    return counted


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mtime = int(datetime.now(UTC).timestamp())
    entry.mode = 0o600
    tar.addfile(entry, io.BytesIO(content))


def _write_keys(path: Path) -> None:
    keys = {name: getattr(settings, setting) for name, setting in KEY_SETTINGS.items()}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(keys, file)


def restore(path: Path, *, keys: Path | None = None, replace: bool = False) -> dict[str, Any]:
    """Put a backup in place and check that every table has its rows again. Raises CannotBackUp.

    A database that holds something is left alone unless `replace`. The product must not run meanwhile.
    """
    manifest = read_manifest(path)
    if manifest["database"] != connection.vendor:
        raise CannotBackUp(f"The backup is of {manifest['database']}, and this database is {connection.vendor}.")
    if not replace and _holds_something():
        raise CannotBackUp("The database is not empty. Use --replace to put the backup in its place.")
    opened = _read_keys(keys) if keys else {}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(path) as tar:
        name = SQLITE if connection.vendor == "sqlite" else POSTGRES
        _unpack(tar, name, Path(folder) / name)
        # Files first: one too many harms nobody, while a database without its files would be missed.
        for member in tar:
            if member.isfile() and member.name.startswith("files/"):
                content = tar.extractfile(member)
                files.store().put_as(member.name.removeprefix("files/"), content.read() if content else b"")
        _load(Path(folder) / name)
    _put_keys(opened)
    _compare(manifest)
    return manifest


def _unpack(tar: tarfile.TarFile, name: str, to: Path) -> None:
    """Write the content of one file of the archive, and nothing else that the archive says of it."""
    packed = tar.extractfile(name)
    if packed is None:
        raise CannotBackUp(f"The backup is damaged: {name} is not a file.")
    with packed, to.open("wb") as plain:
        shutil.copyfileobj(packed, plain)


def read_manifest(path: Path) -> dict[str, Any]:
    """What the backup says of itself. Raises CannotBackUp for anything else."""
    try:
        with tarfile.open(path) as tar:
            found = tar.extractfile("manifest.json")
            manifest: dict[str, Any] = json.loads(found.read()) if found else {}
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise CannotBackUp(f"{path} is not a backup of Opieka, or it is damaged.") from error
    if manifest.get("format") != FORMAT:
        raise CannotBackUp(f"{path} was written by a newer version; upgrade first.")
    return manifest


def _holds_something() -> bool:
    with connection.cursor() as cursor:
        if "accounts_organisation" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT count(*) FROM accounts_organisation")
        return bool(cursor.fetchone()[0])


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        source = sqlite3.connect(dump)
        try:
            # What is missing at the end would be taken for empty, and nobody would notice where it was not in use.
            told = source.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            if dump.stat().st_size < told.fetchone()[0]:
                raise CannotBackUp("The backup is damaged: its end is missing.")
            if (said := source.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise CannotBackUp(f"The backup is damaged: {said}.")
            source.backup(connection.connection)
        except sqlite3.DatabaseError as error:
            raise CannotBackUp(f"The backup is damaged: {error}.") from error
        finally:
            source.close()
            connection.close()
        return
    script, extra = dump.with_suffix(".sql"), _own_tables()
    connection.close()
    _program(["pg_restore", "--clean", "--if-exists", "--no-owner", "--file", str(script), str(dump)])
    # What a newer version added is not in the dump, and would hold on to what the dump replaces.
    dropped = ["--command", f"DROP TABLE IF EXISTS {', '.join(extra)} CASCADE"] if extra else []
    # All or nothing: what fails half-way leaves the database as it was.
    whole = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"]
    _program([*whole, *dropped, "--file", str(script), *_place()])


def _own_tables() -> list[str]:
    """The tables that our apps made here, of whatever version; others may share the database."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        if "django_migrations" not in names:
            return []
        cursor.execute("SELECT DISTINCT app FROM django_migrations")
        ours = tuple(f"{app}_" for (app,) in cursor.fetchall())
    return [connection.ops.quote_name(name) for name in names if name.startswith(ours)]


def _place() -> list[str]:
    """Where PostgreSQL's own programs find the database."""
    database = connection.settings_dict
    place = ["--host", database["HOST"] or "localhost", "--port", str(database["PORT"] or 5432)]
    user = ["--username", database["USER"]] if database["USER"] else []
    return [*place, *user, "--dbname", database["NAME"]]


def _program(command: list[str]) -> str:
    """Run one of PostgreSQL's own; the password goes through the environment, never the command line."""
    what = command[0]
    if not shutil.which(what):
        raise CannotBackUp(f"{what} is not installed: apt-get install postgresql-client")
    environment = os.environ | {"PGPASSWORD": connection.settings_dict["PASSWORD"] or "", "LC_MESSAGES": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBackUp(f"{what} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def _read_keys(path: Path) -> dict[str, str]:
    """The keys of a backup. Raises CannotBackUp where there are none, or where others would be used."""
    try:
        keys: dict[str, str] = {name: str(json.loads(path.read_text(encoding="utf-8"))[name]) for name in KEY_SETTINGS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotBackUp(f"{path} holds no keys.") from error
    if "OPIEKA_FIELD_KEY" in CHANGED and keys["field"] != settings.FIELD_KEY:
        raise CannotBackUp(
            "OPIEKA_FIELD_KEY is set and is not the key of this backup, so that its secrets would not open. "
            f"Set it to the one in {path}, or unset it."
        )
    return keys


def _put_keys(keys: dict[str, str]) -> None:
    """Write the keys of the backup where the settings look for them."""
    folder = Path(settings.HOME) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, key in keys.items():
        file = folder / f"{name}.key"
        file.write_text(key, encoding="ascii")
        file.chmod(0o600)


def _compare(manifest: dict[str, Any]) -> None:
    """Every table of the backup has as many rows as it said. Tables that a newer version knows are not there yet."""
    now = count_rows(manifest["rows"])
    wrong = [table for table, rows in manifest["rows"].items() if now.get(table) != rows]
    if wrong:
        raise CannotBackUp(f"After restoring, these tables hold other numbers of rows: {', '.join(wrong)}.")
