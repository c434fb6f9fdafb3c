"""Every test runs in the same small named world and never reaches the network."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase
from django.utils import translation

from tests.caching import begin_anew
from tests.databases import connected_to, copy_to_file, copy_to_server, drop
from tests.emptying import empty
from tests.world import World, hash_quickly, make_world


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than there are processors: many tests wait for a broker, a browser or a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that none of them is begun when all the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords_and_quick_emptying() -> None:
    hash_quickly()
    TransactionTestCase._fixture_teardown = empty  # type: ignore[method-assign]


@pytest.fixture
def world(db: None) -> World:
    """The shop "Lampa" with its people; see tests/world.py."""
    return make_world()


@pytest.fixture(autouse=True)
def cache_of_its_own() -> None:
    """Each test begins with nothing drawn and no try counted, whatever ran before it or runs beside it on Redis."""
    begin_anew()


@pytest.fixture(autouse=True)
def language_of_its_own(settings: Any) -> None:
    """Each test begins in the shop's language, whatever a page asked for before it in the same thread."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> Iterator[None]:
    """Each process of the suite has a database of its own, a copy of the migrated one.

    SQLite: a file, because threads must meet real locks. PostgreSQL: one whose name nobody else has, so that several
    people can run the suite on one server; whoever forgot to hang up does not keep it from being dropped at the end.
    """
    from django.conf import settings

    if settings.SQLITE:
        name = str(copy_to_file(Path(settings.HOME) / "test.sqlite3"))
    else:
        name = f"test_opieka_{uuid.uuid4().hex[:12]}"
        copy_to_server(name)
    with connected_to(name):
        yield
    if not settings.SQLITE:
        drop(name)
