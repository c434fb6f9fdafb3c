"""A program with a key of Ewa's, and one with a key of the other shop's."""

import pytest
from django.test import Client

from opieka.accounts.actions import create_key
from tests.world import World


def program(member, *scopes: str) -> Client:
    _key, token = create_key(member, "Program", scopes=list(scopes or ("read", "write", "articles")))
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def ours(world: World) -> Client:
    return program(world.ewa)


@pytest.fixture
def theirs(world: World) -> Client:
    return program(world.olek)
