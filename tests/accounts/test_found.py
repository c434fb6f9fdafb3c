"""Founding an organisation, and the word that lets a stranger do it once."""

import pytest
from django.contrib.auth.hashers import check_password

from opieka.accounts.actions import Taken, found
from opieka.accounts.models import Membership, Organisation, Role
from opieka.accounts.opening_word import opening_word, opens
from opieka.plumbing.models import AuditEntry
from tests.world import World

pytestmark = pytest.mark.django_db


def test_founding_gives_an_organisation_with_its_owner():
    owner = found("Trzy Sosny", email="Ola@sosny.example", person="Ola Nowak", password="bardzo dobre hasło")

    assert (owner.role, owner.organisation.slug, owner.user.email) == (Role.OWNER, "trzy-sosny", "ola@sosny.example")
    assert check_password("bardzo dobre hasło", owner.user.password)
    assert AuditEntry.objects.get().verb == "founded organisation"


def test_two_firms_may_bear_one_name():
    first = found("Łódź i spółka", email="a@a.example", password="bardzo dobre hasło")
    second = found("Łódź i spółka", email="b@b.example", password="bardzo dobre hasło")

    assert [first.organisation.slug, second.organisation.slug] == ["lodz-i-spolka", "lodz-i-spolka-2"]


def test_founding_never_takes_over_an_account(world: World):
    with pytest.raises(Taken):
        found("Cudza", email="ewa@lampa.example", password="nowe hasło obcego")

    assert Organisation.objects.count() == 2


def test_the_operator_may_found_a_second_firm_for_a_known_person(world: World):
    owner = found("Druga", email="ewa@lampa.example")

    assert owner.user == world.ewa.user
    assert Membership.objects.filter(user=world.ewa.user).count() == 2


def test_the_opening_word_opens_an_empty_installation_only():
    word = opening_word()
    assert opens(word)
    assert not opens(word[:-1])
    assert not opens("")

    found("Pierwsza", email="a@a.example", password="bardzo dobre hasło")

    assert not opens(word)
    assert opening_word() == ""
