"""Roles, leaving, keys and teams: who may change whom, and what stays."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from opieka.accounts import actions, queries
from opieka.accounts.models import ApiKey, Membership, Role
from opieka.conversations.actions import reply
from opieka.conversations.models import Message
from opieka.plumbing.models import AuditEntry
from tests.world import World


def test_an_owner_changes_a_role_and_the_log_says_so(world: World):
    actions.change_role(world.piotr, Role.MANAGER, by=world.ewa)

    entry = AuditEntry.objects.get()
    assert Membership.objects.get(pk=world.piotr.pk).role == Role.MANAGER
    assert (entry.actor, entry.details) == (f"membership:{world.ewa.pk}", {"before": "agent", "after": "manager"})


def test_a_manager_makes_nobody_an_owner_and_touches_none(world: World):
    with pytest.raises(actions.MayNot):
        actions.change_role(world.piotr, Role.OWNER, by=world.marek)
    with pytest.raises(actions.MayNot):
        actions.remove_member(world.ewa, by=world.marek)


def test_the_last_owner_stays_owner(world: World):
    with pytest.raises(actions.LastOwner):
        actions.change_role(world.ewa, Role.AGENT, by=world.ewa)
    with pytest.raises(actions.LastOwner):
        actions.remove_member(world.ewa, by=world.ewa)


def test_with_two_owners_one_may_leave(world: World):
    actions.change_role(world.marek, Role.OWNER, by=world.ewa)
    world.marek.refresh_from_db()

    actions.remove_member(world.ewa, by=world.marek)

    assert Membership.objects.get(pk=world.ewa.pk).left_at


def test_who_is_removed_loses_access_at_once_and_leaves_their_words(world: World):
    client = Client()
    client.post("/login/", {"login": "piotr@lampa.example", "password": "lampa-lampa-lampa"})
    conversation = world.ask()
    reply(conversation, "Dzień dobry, paczka jest w drodze.", by=world.piotr)

    actions.remove_member(world.piotr, by=world.ewa)

    assert client.get("/settings/me/").status_code == 302
    assert Message.objects.filter(member=world.piotr, kind="reply").count() == 1
    assert not world.team.members.filter(pk=world.piotr.pk).exists()
    assert world.piotr not in queries.members_of(world.shop)


def test_keys_of_somebody_who_left_stop(world: World):
    _key, token = actions.create_key(world.marek, "Magazyn", scopes=["read"])
    assert queries.key_by_token(token)

    actions.remove_member(world.marek, by=world.ewa)

    assert queries.key_by_token(token) is None


def test_a_key_is_kept_as_a_hash_and_dies_when_revoked_or_expired(world: World):
    key, token = actions.create_key(world.ewa, "Magazyn", scopes=["read", "nonsense"])
    _old, expired = actions.create_key(
        world.ewa, "Stary", scopes=["read"], expires_at=timezone.now() - timedelta(seconds=1)
    )

    assert token not in str(list(ApiKey.objects.values()))
    assert (key.scopes, token.startswith(key.prefix)) == (["read"], True)
    assert queries.key_by_token(expired) is None
    actions.revoke_key(key, by=world.ewa)
    assert queries.key_by_token(token) is None


def test_using_a_key_writes_at_most_once_a_minute(world: World, django_assert_num_queries):
    key, _token = actions.create_key(world.ewa, "Magazyn", scopes=["read"])
    actions.note_use(key)
    first = ApiKey.objects.get(pk=key.pk).last_used_at
    actions.note_use(key)

    assert ApiKey.objects.get(pk=key.pk).last_used_at == first


def test_a_team_takes_only_people_of_its_own_organisation(world: World):
    team = actions.save_team(world.ewa, name="Reklamacje", takes_new=True, members=[world.ola, world.olek])

    assert list(team.members.all()) == [world.ola]


@pytest.mark.proves(193)
def test_people_and_teams_have_no_limit_and_need_no_licence(world: World):
    browser = Client()
    browser.force_login(world.ewa.user)
    for n in range(8):
        offer = actions.invite(world.ewa, f"osoba{n}@lampa.example", role=Role.AGENT, team=world.team)
        actions.accept_new(offer, person=f"Osoba {n}", password="całkiem dobre hasło")
        actions.save_team(world.ewa, name=f"Zespół {n}", takes_new=False, members=[])

    page = browser.get("/settings/team/")

    assert len(page.context["people"]) == 13
    assert len(page.context["groups"]) == 9


def test_a_pale_colour_is_refused_with_the_nearest_that_passes(world: World):
    from opieka.accounts import brand

    with pytest.raises(actions.BadColour) as refused:
        actions.save_organisation(world.ewa, brand_colour="#7fe0d2")

    offer = refused.value.offer
    assert brand.contrast(offer, brand.WHITE) >= 4.5
    assert brand.contrast(offer, brand.WHITE) < 5
    actions.save_organisation(world.ewa, brand_colour=offer)


def test_only_what_differs_is_written_and_noted(world: World):
    actions.save_organisation(world.ewa, name="Lampa", contact_phone="221234567")
    actions.save_organisation(world.ewa, name="Lampa", contact_phone="221234567")

    assert [entry.details for entry in AuditEntry.objects.all()] == [{"changed": ["contact_phone"]}]
