"""Invitations expire, work once, and reach nobody else."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from opieka.accounts import actions
from opieka.accounts.actions.invite import link_of
from opieka.accounts.login import mail_reset_link
from opieka.accounts.models import Invitation, Membership, Role
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import AuditEntry, JobRow
from tests.world import PASSWORD, World


def path_of(invitation: Invitation) -> str:
    return re.sub(r"^https?://[^/]+", "", link_of(invitation))


def join(path: str, client: Client | None = None):
    return (client or Client()).post(path, {"name": "Zosia Nowak", "password": "całkiem dobre hasło"})


def test_the_letter_holds_the_link(world: World):
    offer = actions.invite(world.ewa, "Zosia@lampa.example", role=Role.AGENT)
    drain()

    assert mail.outbox[0].to == ["zosia@lampa.example"]
    assert link_of(offer) in mail.outbox[0].body
    assert "Lampa" in mail.outbox[0].subject


def test_a_letter_that_cannot_be_sent_is_a_dead_letter_of_the_house_that_wrote_it(world: World):
    actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    mail_reset_link(world.piotr.user.email)

    letters = JobRow.objects.filter(name="opieka.accounts.mail.deliver_letter")
    assert [letter.organisation_id for letter in letters] == [world.shop.pk] * 2


def test_neither_the_table_nor_the_queue_holds_the_token(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    token = path_of(offer).split("/")[2]

    assert token not in str(Invitation.objects.values().get())
    assert all(token not in str(row.payload) for row in JobRow.objects.all())


def test_a_newcomer_joins_with_a_name_and_a_password(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT, team=world.team)
    client = Client()

    answer = join(path_of(offer), client)

    zosia = Membership.objects.get(user__email="zosia@lampa.example")
    assert answer["Location"] == "/"
    assert (zosia.name, zosia.role, zosia.organisation) == ("Zosia Nowak", Role.AGENT, world.shop)
    assert list(zosia.teams.all()) == [world.team]
    assert client.get("/settings/me/").status_code == 200


def test_a_link_works_once(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    join(path_of(offer))

    assert Client().get(path_of(offer)).status_code == 410


def test_a_link_works_for_seven_days(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert offer.expires_at - offer.created_at < timedelta(days=7, seconds=5)
    assert join(path_of(offer)).status_code == 410
    assert not Membership.objects.filter(user__email="zosia@lampa.example").exists()


def test_a_withdrawn_invitation_opens_nothing(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    actions.withdraw_invitation(offer, by=world.ewa)

    assert join(path_of(offer)).status_code == 410


def test_sending_again_makes_the_old_link_useless(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    old = path_of(offer)
    actions.resend_invitation(offer, by=world.ewa)

    assert Client().get(old).status_code == 410
    assert Client().get(path_of(offer)).status_code == 200


def test_a_second_invitation_replaces_the_first(world: World):
    first = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    actions.invite(world.ewa, "zosia@lampa.example", role=Role.MANAGER)

    assert Client().get(path_of(first)).status_code == 410


def test_somebody_with_an_account_logs_in_and_keeps_their_password(world: World):
    offer = actions.invite(world.ewa, "olek@obcy.example", role=Role.AGENT)
    stranger = join(path_of(offer))
    olek = Client()
    olek.force_login(world.olek.user)

    joined = olek.post(path_of(offer))

    assert stranger["Location"].startswith("/login/")
    assert joined["Location"] == "/"
    assert Client().login(email="olek@obcy.example", password=PASSWORD)
    assert olek.get("/settings/me/").context["member"].organisation == world.shop


def test_nobody_takes_an_invitation_meant_for_another(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.OWNER)
    olek = Client()
    olek.force_login(world.olek.user)

    assert olek.post(path_of(offer)).status_code == 409
    assert not Membership.objects.filter(user=world.olek.user, organisation=world.shop).exists()


def test_a_manager_invites_nobody_above_themselves(world: World):
    with pytest.raises(actions.MayNot):
        actions.invite(world.marek, "zosia@lampa.example", role=Role.OWNER)


def test_somebody_who_works_here_is_not_invited(world: World):
    with pytest.raises(actions.AlreadyHere):
        actions.invite(world.ewa, "PIOTR@lampa.example", role=Role.AGENT)


def test_somebody_who_left_comes_back_to_their_history(world: World):
    actions.remove_member(world.piotr, by=world.ewa)
    offer = actions.invite(world.ewa, "piotr@lampa.example", role=Role.AGENT)

    member = actions.accept_as(offer, world.piotr.user)

    assert (member.pk, member.left_at) == (world.piotr.pk, None)


def test_every_step_is_in_the_log(world: World):
    offer = actions.invite(world.ewa, "zosia@lampa.example", role=Role.AGENT)
    actions.resend_invitation(offer, by=world.ewa)
    join(path_of(offer))

    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "invited",
        "resent invitation",
        "joined",
    ]
