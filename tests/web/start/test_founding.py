"""An empty installation opens with the word printed at start, once."""

import pytest
from django.test import Client

from opieka.accounts.models import Membership, Organisation
from opieka.accounts.opening_word import opening_word

pytestmark = pytest.mark.django_db

SAID = {"house": "Trzy Sosny", "person": "Ola Nowak", "email": "ola@sosny.example", "password": "bardzo dobre hasło"}


def test_without_the_word_nobody_founds_anything(client: Client):
    assert client.get("/start/").status_code == 403
    assert client.post("/start/?word=wrong", SAID).status_code == 403
    assert not Organisation.objects.exists()


def test_with_the_word_the_owner_is_in_at_once(client: Client):
    answer = client.post(f"/start/?word={opening_word()}", SAID)

    owner = Membership.objects.get()
    assert answer["Location"] == "/start/firm/"
    assert (owner.role, owner.organisation.name) == ("owner", "Trzy Sosny")
    assert client.get("/start/firm/").status_code == 200


def test_the_word_works_once(client: Client):
    word = opening_word()
    client.post(f"/start/?word={word}", SAID)

    second = Client().post(f"/start/?word={word}", SAID | {"email": "zly@obcy.example"})

    assert second["Location"].startswith("/login/")
    assert Organisation.objects.count() == 1


def test_a_weak_password_is_refused_beside_the_field(client: Client):
    answer = client.post(f"/start/?word={opening_word()}", SAID | {"password": "haslo"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]


def test_words_cannot_be_guessed_for_long(client: Client):
    answers = [client.post("/start/?word=guess", SAID).status_code for _ in range(25)]

    assert answers[-1] == 429
