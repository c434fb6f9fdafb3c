"""The team page: inviting, roles, leaving, teams."""

import pytest
from django.test import Client

from opieka.accounts.models import Invitation, Membership, Role, Team
from tests.world import World


@pytest.fixture
def ewa(world: World) -> Client:
    client = Client()
    client.force_login(world.ewa.user)
    return client


def test_an_owner_invites_and_can_copy_the_link(ewa: Client, world: World):
    ewa.post("/settings/team/", {"email": "zosia@lampa.example", "role": "agent", "team": world.team.pk})

    page = ewa.get("/settings/team/").content.decode()
    assert "zosia@lampa.example" in page
    assert "/invitation/" in page
    assert Invitation.objects.get().team == world.team


def test_somebody_who_is_here_is_refused_beside_the_field(ewa: Client, world: World):
    answer = ewa.post("/settings/team/", {"email": "piotr@lampa.example", "role": "agent"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["email"]


def test_a_team_of_another_firm_cannot_be_named(ewa: Client, world: World):
    foreign = Team.objects.create(organisation=world.stranger_shop, name="Obca")

    answer = ewa.post("/settings/team/", {"email": "zosia@lampa.example", "role": "agent", "team": foreign.pk})

    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_a_manager_is_not_even_offered_to_make_owners(world: World):
    marek = Client()
    marek.force_login(world.marek.user)

    page = marek.get("/settings/team/")
    forced = marek.post("/settings/team/", {"email": "zosia@lampa.example", "role": "owner"})
    raised = marek.post(f"/settings/team/members/{world.marek.pk}/role/", {"role": "owner"})

    assert [value for value, _ in page.context["roles"]] == ["readonly", "agent", "manager"]
    assert (forced.status_code, raised.status_code) == (422, 403)
    assert Membership.objects.get(pk=world.marek.pk).role == Role.MANAGER


def test_the_last_owner_is_told_why_not(ewa: Client, world: World):
    answer = ewa.post(f"/settings/team/members/{world.ewa.pk}/role/", {"role": "agent"}, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert Membership.objects.get(pk=world.ewa.pk).role == Role.OWNER


def test_people_of_another_firm_are_out_of_reach(ewa: Client, world: World):
    assert ewa.post(f"/settings/team/members/{world.olek.pk}/role/", {"role": "agent"}).status_code == 404
    assert ewa.post(f"/settings/team/members/{world.olek.pk}/remove/").status_code == 404


def test_a_team_is_made_changed_and_dissolved(ewa: Client, world: World):
    ewa.post("/settings/team/teams/new/", {"name": "Reklamacje", "takes_new": "on", "members": [world.ola.pk]})
    team = Team.objects.get(name="Reklamacje")
    ewa.post(
        f"/settings/team/teams/{team.pk}/", {"name": "Reklamacje i zwroty", "members": [world.ola.pk, world.piotr.pk]}
    )

    team.refresh_from_db()
    assert (team.name, team.takes_new, team.members.count()) == ("Reklamacje i zwroty", False, 2)
    ewa.post(f"/settings/team/teams/{team.pk}/dissolve/")
    assert not Team.objects.filter(pk=team.pk).exists()


def test_two_teams_of_one_name_are_refused_beside_the_field(ewa: Client, world: World):
    answer = ewa.post("/settings/team/teams/new/", {"name": "Obsługa"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]


def test_an_agent_does_not_see_the_team_page(world: World):
    piotr = Client()
    piotr.force_login(world.piotr.user)

    assert piotr.get("/settings/team/").status_code == 403
