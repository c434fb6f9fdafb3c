"""The list of customers and the card of one."""

import pytest
from django.test import Client
from django.utils import timezone

from opieka.accounts.models import Membership
from opieka.commerce.models import Order
from opieka.customers.actions import recognise
from opieka.customers.models import Customer
from opieka.web.inbox.panel import card_of
from tests.world import World, found_at


@pytest.fixture
def sit():
    def signed_in(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.mark.parametrize("words", ["kowal", "anna@", "600 100", "+48600100200"])
def test_a_customer_is_found_by_name_mail_and_phone(world: World, sit, words: str):
    found_at(world.anna, kind="email", value="Anna@poczta.example")
    found_at(world.anna, kind="phone", value="600 100 200")
    recognise(world.shop, kind="email", value="jan@poczta.example", name="Jan Nowak")

    page = sit(world.rita).get("/customers/", {"q": words}).content.decode()

    assert "Anna Kowalska" in page
    assert "+48 600 100 200" in page
    assert "Jan Nowak" not in page


def test_the_card_holds_what_is_known_and_nothing_else(world: World, sit):
    found_at(world.anna, kind="phone", value="600 100 200")
    conversation = world.ask("Gdzie paczka?")

    page = sit(world.rita).get(f"/customers/{world.anna.pk}/").content.decode()

    assert "+48 600 100 200" in page
    assert f"/conversations/{conversation.number}/" in page
    assert "Suma zamówień" not in page


def test_orders_are_counted_as_they_are_listed(world: World):
    for number, state in (("1", Order.State.DELIVERED), ("2", Order.State.RETURNED), ("3", Order.State.DELIVERED)):
        Order.objects.create(
            organisation=world.shop,
            customer=world.anna,
            number=number,
            state=state,
            placed_at=timezone.now(),
            total_minor=100,
            currency="PLN",
        )

    card = card_of(world.anna, orders=2)

    assert (len(card["orders"]), card["all_orders"], card["order_count"]) == (2, 3, 2)


def test_another_shops_customer_is_not_there(world: World, sit):
    assert sit(world.olek).get(f"/customers/{world.anna.pk}/").status_code == 404
    assert "Kowalska" not in sit(world.olek).get("/customers/", {"q": "kowal"}).content.decode()


def test_a_customer_without_any_address_is_listed_all_the_same(world: World, sit):
    Customer.objects.create(organisation=world.shop, name="Bez Adresu")

    assert "Bez Adresu" in sit(world.rita).get("/customers/").content.decode()
