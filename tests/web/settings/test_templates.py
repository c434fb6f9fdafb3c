"""Reply templates: written in the settings, chosen in the composer, stopped where something is missing."""

import pytest
from django.test import Client

from opieka.conversations import queries
from opieka.helpdesk.actions import save_template
from opieka.helpdesk.models import ReplyTemplate
from tests.world import World


@pytest.fixture
def manager(world: World, client: Client) -> Client:
    client.force_login(world.marek.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def agent(world: World) -> Client:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(world.piotr.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.proves(61)
def test_a_template_is_written_changed_removed_and_brought_back(world: World, manager: Client):
    manager.post("/settings/templates/new/", {"name": "Paczka", "text": "Dzień dobry, {{customer.first_name}}!"})
    (made,) = ReplyTemplate.objects.all()
    manager.post(f"/settings/templates/{made.pk}/", {"name": "Paczka", "text": "Cześć!"})
    gone = manager.post(f"/settings/templates/{made.pk}/remove/", follow=True).content.decode()
    listed_then = made.name in manager.get("/settings/templates/").content.decode()
    manager.post(f"/settings/templates/{made.pk}/restore/")

    made.refresh_from_db()
    assert (made.text, made.removed_at) == ("Cześć!", None)
    assert "Przywróć" in gone
    assert not listed_then
    assert "Paczka" in manager.get("/settings/templates/").content.decode()


def test_what_cannot_be_saved_is_told_and_nothing_typed_is_lost(world: World, manager: Client):
    save_template(world.marek, name="Paczka", text="Tekst")

    unknown = manager.post("/settings/templates/new/", {"name": "Inny", "text": "Cześć {{customer.frist_name}}"})
    taken = manager.post("/settings/templates/new/", {"name": "Paczka", "text": "Drugi tekst"})

    assert (unknown.status_code, taken.status_code) == (422, 422)
    assert "Nie ma zmiennej {{customer.frist_name}}." in unknown.content.decode()
    assert "Inny szablon ma tę nazwę." in taken.content.decode()
    assert "Drugi tekst" in taken.content.decode()
    assert ReplyTemplate.objects.count() == 1


def test_a_name_that_was_taken_meanwhile_keeps_the_removed_one_away(world: World, manager: Client):
    old = save_template(world.marek, name="Paczka", text="Stary")
    manager.post(f"/settings/templates/{old.pk}/remove/")
    save_template(world.marek, name="Paczka", text="Nowy")

    page = manager.post(f"/settings/templates/{old.pk}/restore/", follow=True).content.decode()

    old.refresh_from_db()
    assert old.removed_at
    assert "Nie przywrócono" in page


def test_the_composer_offers_it_filled_in_and_says_what_is_missing(world: World, agent: Client):
    one = world.ask()
    save_template(world.marek, name="Paczka", text="Cześć {{customer.first_name}}, {{order.number}}.\n{{agent.name}}")
    at = {"HX-Current-URL": f"http://testserver/conversations/{one.number}/"}

    offered = agent.get("/inbox/articles/", headers=at).content.decode()
    found = agent.get("/inbox/articles/", {"q": "pacz"}, headers=at).content.decode()
    nowhere = agent.get("/inbox/articles/", headers={"HX-Current-URL": "http://testserver/"}).content.decode()

    assert 'data-insert-text="Cześć Anna, {{order.number}}.\nPiotr Testowa"' in offered
    assert "numer ostatniego zamówienia" in offered
    assert "Paczka" in found
    assert "Paczka" not in nowhere


def test_a_reply_with_an_empty_variable_is_not_sent_and_the_toast_names_it(world: World, agent: Client):
    one = world.ask()
    seen = queries.thread(one)[-1].pk

    answer = agent.post(f"/conversations/{one.number}/reply/", {"text": "Nr {{order.number}}", "seen": seen})

    assert answer.status_code == 422
    assert "{{order.number}}" in answer.content.decode()
    assert len(queries.public_thread(one)) == 1


def test_a_program_is_told_too(world: World):
    from opieka.accounts.actions import create_key

    one = world.ask()
    _key, secret = create_key(world.piotr, "program", scopes=["write"])

    answer = Client().post(
        f"/api/v1/conversations/{one.number}/replies",
        {"text": "Nr {{order.number}}"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert answer.status_code == 422
    assert answer.json()["variables"] == ["order.number"]


def test_agents_write_no_templates(world: World, agent: Client):
    assert agent.get("/settings/templates/").status_code == 403
