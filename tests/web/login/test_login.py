"""Logging in, forgotten passwords, second factors: what a stranger may learn, and what a person can do."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from opieka.plumbing.jobs import drain
from tests.world import PASSWORD, World


def log_in(client: Client, email: str, password: str = PASSWORD):
    return client.post("/login/", {"login": email, "password": password})


def test_a_person_logs_in_with_e_mail_and_password(client: Client, world: World):
    answer = log_in(client, "piotr@lampa.example")

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_password_is_kept_so_that_guessing_it_is_slow(client: Client, world: World, settings):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]
    world.piotr.user.set_password(PASSWORD)
    world.piotr.user.save()

    assert world.piotr.user.password.startswith("scrypt$")
    assert log_in(client, "piotr@lampa.example").status_code == 302


def test_whatever_the_letter_case_of_the_e_mail(client: Client, world: World):
    assert log_in(client, "Piotr@Lampa.example").status_code == 302


def test_a_wrong_password_and_an_unknown_e_mail_are_answered_alike(client: Client, world: World):
    wrong = log_in(client, "piotr@lampa.example", "not the password")
    unknown = log_in(client, "nobody@lampa.example", "not the password")

    def seen(answer) -> str:
        body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
        return re.sub(r'"X-CSRFToken": "[^"]+"', "", body).replace("nobody@", "piotr@")

    assert seen(wrong) == seen(unknown)


def test_guessing_is_slowed_down(client: Client, world: World):
    for n in range(6):
        log_in(client, "piotr@lampa.example", f"guess {n}")

    assert log_in(client, "piotr@lampa.example").status_code != 302


def test_nobody_can_sign_up(client: Client, world: World):
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/signup/").status_code == 404


def test_a_forgotten_password_is_answered_alike_for_everybody(client: Client, world: World):
    known = client.post("/account/password/forgotten/", {"email": "piotr@lampa.example"})
    unknown = client.post("/account/password/forgotten/", {"email": "nobody@lampa.example"})
    drain()

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter.to for letter in mail.outbox] == [["piotr@lampa.example"]]


def test_a_new_password_is_set_by_the_letter_and_the_link_works_once(client: Client, world: World):
    client.post("/account/password/forgotten/", {"email": "piotr@lampa.example"})
    drain()
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)
    assert link

    form = client.get(link[1], follow=True)
    done = client.post(form.request["PATH_INFO"], {"password1": "całkiem nowe hasło 7"})
    again = Client().get(link[1], follow=True)

    assert done.status_code == 302
    assert log_in(Client(), "piotr@lampa.example", "całkiem nowe hasło 7").status_code == 302
    assert "password1" not in again.content.decode()


def test_a_letter_with_a_link_lies_sealed_in_the_queue(client: Client, world: World, monkeypatch):
    from opieka.accounts.login import mail_reset_link
    from opieka.plumbing.models import JobRow

    mail_reset_link("piotr@lampa.example")

    assert all("password/new" not in str(row.payload) for row in JobRow.objects.all())


def test_a_weak_password_is_refused(client: Client, world: World):
    client.force_login(world.piotr.user)

    answer = client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "krótkie"})

    assert answer.status_code == 200
    assert log_in(Client(), "piotr@lampa.example").status_code == 302


def switch_on_the_app(client: Client) -> str:
    """Switch the second step on; returns its secret."""
    client.post("/account/again/", {"password": PASSWORD})
    client.get("/account/app/")
    from allauth.mfa.totp.internal import auth

    secret = client.session["mfa.totp.secret"]
    code = auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))
    assert client.post("/account/app/", {"code": code}).status_code == 302
    return secret


def test_a_second_step_is_asked_for_after_the_password(world: World):
    client = Client()
    log_in(client, "piotr@lampa.example")
    switch_on_the_app(client)

    fresh = Client()
    first = log_in(fresh, "piotr@lampa.example")
    wrong = fresh.post("/login/code/", {"code": "000000"})
    inside = fresh.get("/settings/me/")

    assert first["Location"] == "/login/code/"
    assert wrong.status_code == 200
    assert inside.status_code == 302


def test_a_recovery_code_opens_the_door_once(world: World):
    client = Client()
    log_in(client, "piotr@lampa.example")
    switch_on_the_app(client)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()

    def enter() -> int:
        fresh = Client()
        log_in(fresh, "piotr@lampa.example")
        return fresh.post("/login/code/", {"code": codes[0]}).status_code

    assert enter() == 302
    assert enter() == 200


def test_secrets_of_second_factors_are_sealed(world: World):
    client = Client()
    log_in(client, "piotr@lampa.example")
    secret = switch_on_the_app(client)

    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]

    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_touching_the_second_step_asks_for_the_password_again(client: Client, world: World):
    client.force_login(world.piotr.user)

    assert client.get("/account/app/")["Location"].startswith("/account/again/")


@pytest.mark.parametrize(
    "path",
    [
        "/login/",
        "/account/password/forgotten/",
        "/account/password/sent/",
        "/account/inactive/",
        "/account/password/done/",
    ],
)
def test_pages_before_the_door_are_ours_in_both_languages(client: Client, world: World, path: str):
    polish = client.get(path, headers={"accept-language": "pl"}).content.decode()
    english = client.get(path, headers={"accept-language": "en"}).content.decode()

    assert 'class="entrance"' in polish
    assert '<html lang="pl"' in polish
    assert '<html lang="en"' in english


def test_one_visitor_does_not_speak_the_language_of_the_last(world: World):
    world.piotr.user.language = "en"
    world.piotr.user.save()
    piotr = Client()
    piotr.force_login(world.piotr.user)
    piotr.get("/settings/me/")

    assert '<html lang="pl"' in Client().get("/login/").content.decode()


def test_the_first_owner_can_reset_a_password_too(world: World):
    assert not EmailAddress.objects.filter(user=world.ewa.user).exists()
    Client().post("/account/password/forgotten/", {"email": "ewa@lampa.example"})
    drain()

    assert len(mail.outbox) == 1
