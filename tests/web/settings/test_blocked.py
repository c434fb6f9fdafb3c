"""Blocked senders in the settings."""

import pytest
from django.test import Client

from opieka.customers.actions import block
from opieka.customers.models import Block
from tests.world import World


@pytest.fixture
def piotr(world: World) -> Client:
    client = Client()
    client.force_login(world.piotr.user)
    return client


def test_an_agent_sees_who_is_blocked_by_whom_and_lets_them_in_again(world: World, piotr: Client):
    kept = block(world.ola, kind="email", value="oferta@spam.example")

    page = piotr.get("/settings/blocked/").content.decode()
    after = piotr.post(f"/settings/blocked/{kept.pk}/lift/", follow=True).content.decode()

    assert "oferta@spam.example" in page
    assert "Ola Testowa" in page
    assert "Odblokowano: oferta@spam.example." in after
    assert "Nikt nie jest zablokowany." in after
    assert not Block.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Oferta@Spam.example", "oferta@spam.example"),
        ("@spam.example", "@spam.example"),
        (" spam.example ", "@spam.example"),
    ],
)
def test_an_address_or_a_domain_can_be_blocked_before_it_writes(piotr: Client, typed: str, kept: str):
    piotr.post("/settings/blocked/", {"value": typed})

    assert Block.objects.get().value == kept


@pytest.mark.parametrize("typed", ["spam", "a b@spam.example", "@", "@gmail.com", "pomoc@"])
def test_what_cannot_be_blocked_is_said_and_kept_in_the_field(piotr: Client, typed: str):
    answer = piotr.post("/settings/blocked/", {"value": typed})

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()
    assert not Block.objects.exists()


def test_who_may_only_read_blocks_nobody(world: World):
    rita = Client()
    rita.force_login(world.rita.user)

    assert rita.post("/settings/blocked/", {"value": "a@b.pl"}).status_code == 403
    assert not Block.objects.exists()


def test_a_visitor_of_a_chat_is_shown_by_name(world: World, piotr: Client):
    one = world.ask()
    toast = piotr.post(f"/conversations/{one.number}/block/").content.decode()

    page = piotr.get("/settings/blocked/").content.decode()

    assert Block.objects.get().value == "anna"
    assert "Zablokowano: Anna Kowalska." in toast
    assert "<b>Anna Kowalska</b>" in page
    assert (
        "Zablokowany nadawca: Anna Kowalska (blokuje Piotr Testowa)."
        in piotr.get(f"/conversations/{one.number}/").content.decode()
    )
