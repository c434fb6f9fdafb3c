"""The quiet mark beside a sender, and what the agent is told when a proof failed."""

import pytest
from django.test import Client
from django.utils import timezone

from opieka.channels.base import Authentication
from opieka.commerce.models import Order
from opieka.customers.actions import recognise
from tests.world import World, mail, mailbox_of

DOUBT = "Nadawca niepotwierdzony: domena x.pl nie potwierdza, że ta wiadomość jest od niej (DMARC)."
CAUTION = "Nie potwierdzono, że pisze ten klient."
KNOWN = {
    "proven": Authentication(state="proven", method="dmarc", domain="x.pl", by="mx.lampa.pl"),
    "own": Authentication(state="proven", method="dkim", domain="x.pl"),
    "unproven": Authentication(state="unproven"),
    "failed": Authentication(state="failed", method="dmarc", domain="x.pl", by="mx.lampa.pl"),
}


def shown(world: World, client: Client, known: Authentication) -> str:
    """The page of a conversation of a customer with an order, who has written a mail."""
    anna = recognise(world.shop, kind="email", value="anna@x.pl", name="Anna")
    Order.objects.create(
        organisation=world.shop, number="Z-1", customer=anna, state="paid", total_minor=100, placed_at=timezone.now()
    )
    message = mail(mailbox_of(world.shop), "Gdzie paczka?", sender="anna@x.pl", authentication=known)
    return client.get(f"/conversations/{message.conversation.number}/").content.decode()


@pytest.mark.parametrize(
    ("name", "mark", "words"),
    [
        ("proven", 'class="sender-mark good"', "Tak mówi serwer mx.lampa.pl."),
        ("own", 'class="sender-mark good"', "Podpis sprawdziła sama Opieka."),
        (
            "unproven",
            'class="sender-mark muted"',
            "Nie udało się ustalić, czy wiadomość naprawdę przyszła z tego adresu.",
        ),
        ("failed", 'class="sender-mark unsure"', DOUBT),
    ],
)
def test_the_mark_explains_itself_and_is_green_only_for_a_proven_sender(
    world: World, at_desk, name: str, mark: str, words: str
):
    page = shown(world, at_desk(world.piotr), KNOWN[name])

    assert mark in page
    assert words in page
    assert page.count("sender-mark good") == (name in {"proven", "own"})


@pytest.mark.parametrize(("name", "told", "careful"), [("proven", 0, 0), ("unproven", 0, 1), ("failed", 1, 1)])
def test_only_a_failed_proof_has_a_sentence_and_only_a_proven_sender_no_caution_at_the_orders(
    world: World, at_desk, name: str, told: int, careful: int
):
    page = shown(world, at_desk(world.piotr), KNOWN[name])

    assert (page.count(DOUBT), page.count(CAUTION)) == (told, careful)
