"""Every test runs in the same small named world and never reaches the network."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from tests.caching import begin_anew
from tests.world import World, make_world


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than there are processors: many tests wait for a broker, a browser or a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that none of them is begun when all the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def world(db: None) -> World:
    """The shop "Lampa" with its people; see tests/world.py."""
    return make_world()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Each process of the suite has a database of its own.

    SQLite: a file, because threads must meet real locks. PostgreSQL: one named after the process, so that several
    people can run the suite on one server.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    if settings.SQLITE:
        database["TEST"]["NAME"] = str(Path(settings.HOME) / "test.sqlite3")
    else:
        database["TEST"]["NAME"] = f"test_opieka_{os.getpid()}"


@pytest.fixture(autouse=True)
def cache_of_its_own() -> None:
    """Each test begins with nothing drawn and no try counted, whatever ran before it or runs beside it on Redis."""
    begin_anew()


@pytest.fixture(autouse=True)
def language_of_its_own(settings: Any) -> None:
    """Each test begins in the shop's language, whatever a page asked for before it in the same thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Whoever forgot to hang up does not keep PostgreSQL from dropping the database at the end."""
    yield
    from django.db import connection

    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
