"""Variables of templates: filled in once, harmless whatever a customer calls themselves, and never sent empty."""

from functools import partial

import pytest
from django.utils import timezone

from opieka.commerce.models import Order
from opieka.conversations import actions, queries
from opieka.conversations.variables import VARIABLES, EmptyVariable, fill, unknown_in
from tests.world import World


def named(world: World, name: str) -> None:
    world.anna.name = name
    world.anna.save()


def test_every_variable_has_its_value(world: World):
    one = world.ask("Gdzie paczka?")
    Order.objects.create(
        organisation=world.shop,
        customer=world.anna,
        number="ZS-7",
        state="sent",
        total_minor=1,
        placed_at=timezone.now(),
    )

    world.shop.opening_hours = {}
    world.shop.save()
    one.refresh_from_db()

    text = fill(" | ".join(f"{{{{ {name} }}}}" for name in VARIABLES), one, by=world.piotr)

    assert text.split(" | ") == [
        "Anna", "Anna Kowalska", str(one.number), "Gdzie paczka?", "ZS-7", "Piotr Testowa", "Piotr", "Lampa", "{{ shop.back }}",
    ]  # fmt: skip


@pytest.mark.proves(61)
@pytest.mark.parametrize("way", ["reply", "schedule"])
def test_an_empty_variable_stops_the_reply_and_is_named(world: World, way: str):
    one = world.ask()
    later = actions.Later(at=timezone.now())

    send = actions.reply if way == "reply" else partial(actions.schedule, later=later)
    with pytest.raises(EmptyVariable) as stopped:
        send(one, "Zamówienie {{order.number}} jest w drodze.", by=world.piotr)

    assert "{{order.number}} (" in str(stopped.value)
    assert len(queries.public_thread(one)) == 1
    assert queries.scheduled_in(one) == []


def test_an_unknown_variable_of_ours_is_never_sent_and_other_braces_are_text(world: World):
    one = world.ask()

    with pytest.raises(EmptyVariable):
        actions.reply(one, "Cześć {{customer.frist_name}}", by=world.piotr)
    sent = actions.reply(one, "W szablonie sklepu jest {{ produkt }} i {{ x.y }}.", by=world.piotr)

    assert sent.text == "W szablonie sklepu jest {{ produkt }} i {{ x.y }}."
    assert unknown_in("{{customer.frist_name}} {{agent.name}} {{ x.y }}") == ["customer.frist_name"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("{{agent.name}}", "agent.name"),
        ("{{{{agent.name}}}}", "agent.name"),
        ("Ola\nBcc: zly@x", "{{customer.name}}"),
        ("Ola\r\n\r\nKupon", "Ola Kupon"),
        ("http://zly.example", "{{customer.name}}"),
        ("Wygraj www.zly.example", "{{customer.name}}"),
        ("\u202eajlO", "ajlO"),
        ("", "{{customer.name}}"),
        ("A" * 150, "A" * 80),
        ("<b>Ola</b>", "<b>Ola</b>"),
    ],
)
def test_a_hostile_name_brings_nothing_in(world: World, name: str, shown: str):
    named(world, name)
    one = world.ask()

    once = fill("{{customer.name}}", one, by=world.piotr)

    assert once == shown
    assert fill(once, one, by=world.piotr) == shown


def test_a_name_that_is_html_is_text_in_the_mail():
    from opieka.channels.email.compose import paragraphs

    assert "<b>" not in paragraphs("Dzień dobry, <b>Ola</b>")


def test_a_company_has_no_first_name(world: World):
    named(world, "Kowalski sp. z o.o.")
    world.anna.kind = "company"
    world.anna.save()

    with pytest.raises(EmptyVariable):
        actions.reply(world.ask(), "Cześć {{customer.first_name}}", by=world.piotr)
