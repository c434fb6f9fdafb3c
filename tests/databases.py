"""Databases for the tests' products and for the tests themselves: empty ones, and copies of one that is migrated.

Migrating takes seconds, copying does not. So whoever needs a migrated database first makes the template, in a folder
that all processes of one run of the suite share; it goes with the process that began the run.
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "OPIEKA_TEST_TEMPLATES"
ROOT = Path(__file__).resolve().parents[1]


def begin_run() -> None:
    """Make the folder of this run's templates, unless we are one of its workers or a run inside it."""
    if FOLDER not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="opieka-templates-"))
        os.environ[FOLDER] = str(folder)
        atexit.register(_end_run, folder, os.getpid())


def _end_run(folder: Path, beginner: int) -> None:
    if os.getpid() != beginner:
        return
    for made in folder.glob("*.postgres"):
        drop(made.read_text())
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database() -> Iterator[str]:
    """The address of a new database on the PostgreSQL that the suite uses; "" (a SQLite file) where it uses none."""
    if not _server():
        yield ""
        return
    name = f"opieka_trial_{uuid.uuid4().hex[:12]}"
    _tell(f'CREATE DATABASE "{name}"')
    try:
        yield _address(name)
    finally:
        drop(name)


@contextmanager
def migrated_database(home: Path) -> Iterator[str]:
    """The address of a new database with all tables and nobody in it; a SQLite file is made in the home."""
    if not _server():
        home.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{copy_to_file(home / 'opieka.sqlite3')}"
        return
    name = f"opieka_trial_{uuid.uuid4().hex[:12]}"
    copy_to_server(name)
    try:
        yield _address(name)
    finally:
        drop(name)


def copy_to_file(path: Path) -> Path:
    """A migrated SQLite database at that path."""
    with _alone("migrated") as folder:
        template = folder / "migrated.sqlite3"
        if not template.exists():
            _migrate(folder / "making", f"sqlite:///{folder}/making.sqlite3")
            (folder / "making.sqlite3").rename(template)
    return Path(shutil.copyfile(template, path))


def copy_to_server(name: str) -> None:
    """A migrated database of that name on the PostgreSQL that the suite uses."""
    with _alone("migrated") as folder:
        made = folder / "migrated.postgres"
        if not made.exists():
            with _becoming_template(made) as template:
                _tell(f'CREATE DATABASE "{template}"')
                _migrate(folder / "making", _address(template))
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{made.read_text()}"')


@contextmanager
def _becoming_template(made: Path) -> Iterator[str]:
    """The name of a database that may be copied once this is over; `made` then says so."""
    name = f"opieka_template_{uuid.uuid4().hex[:12]}"
    try:
        yield name
        # While anybody is connected, and be it the server's own vacuum, nothing can be copied.
        _tell(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        made.write_text(name)
    except BaseException:
        drop(name)
        raise


@contextmanager
def filled_database(kind: str, fill: Callable[[], None]) -> Iterator[None]:
    """Django is connected to a migrated database that was then filled. That is done once in a run, and copied."""
    with _alone(kind) as folder:
        file, made = folder / f"{kind}.sqlite3", folder / f"{kind}.postgres"
        if _server() and not made.exists():
            with _becoming_template(made) as template:
                copy_to_server(template)
                with connected_to(template):
                    fill()
        elif not _server() and not file.exists():
            making = copy_to_file(folder / f"{kind}.making")
            with connected_to(str(making)):
                fill()
            making.rename(file)
    if not _server():
        # In the folder that goes with the run; nobody else has a process of this number.
        copy = folder / f"{kind}-{os.getpid()}.sqlite3"
        with connected_to(str(shutil.copyfile(file, copy))):
            yield
        return
    name = f"opieka_trial_{uuid.uuid4().hex[:12]}"
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{made.read_text()}"')
    try:
        with connected_to(name):
            yield
    finally:
        drop(name)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """What Django does in this thread, it does in that database."""
    from django.conf import settings
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = before


def drop(name: str) -> None:
    """Even while somebody is connected."""
    _tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _alone(kind: str) -> Iterator[Path]:
    """The folder of the templates; of those that want this one, one process of the run at a time."""
    folder = Path(os.environ[FOLDER])
    with (folder / f"{kind}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield folder


def _migrate(home: Path, address: str) -> None:
    """In a process of its own, as the product does when it starts."""
    own = {"OPIEKA_HOME": str(home), "OPIEKA_DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "opieka.settings"}
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _server() -> str:
    """The address of the PostgreSQL that the suite uses, without a database; "" where it uses SQLite."""
    address = os.environ.get("OPIEKA_DATABASE_URL", "")
    return address.rpartition("/")[0] if address.startswith("postgres") else ""


def _address(name: str) -> str:
    return f"{_server()}/{name}"


def _tell(statement: str) -> None:
    import psycopg

    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
