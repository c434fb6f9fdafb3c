"""Generated: every address, as every role, with the ids of another shop. Nothing of it may ever be told or touched."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from opieka.accounts.actions import create_key
from opieka.accounts.models import Membership
from opieka.accounts.rules import MAY, may
from opieka.channels.actions import connect
from opieka.knowledge.models import Article
from opieka.portal.widget.threads import FILE_SALT
from opieka.portal.widget.visitors import new_visitor, token_of
from tests.caching import begin_anew
from tests.foreign import MARK, UNUSED_NUMBER, Foreign, crossings, make_foreign, nested, snapshot
from tests.world import PASSWORD, World

# Open to everybody: what each checks instead stands in its own tests. A new one must be added here knowingly.
PUBLIC = {
    # Coming in (of django-allauth, these alone are reachable without a session).
    "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn",
    "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled", "socialaccount_login_error",
    "socialaccount_signup", "invitation", "start",
    # What customers see.
    "help", "brand-css", "help-start", "help-search", "help-category", "help-article", "help-vote", "survey", "survey-reasons",
    "widget-loader", "widget", "widget-privacy", "widget-session", "widget-messages", "widget-person", "widget-judge",
    "widget-rating", "widget-contact", "widget-seen", "widget-typing", "widget-upload", "widget-file",
    "demo-shop", "demo-questions",
    # For machines, and the living page of components.
    "openapi-json", "api-root", "hook", "healthz", "metrics", "components",
}  # fmt: skip
# Of django-allauth, what a person opens about themselves.
ALLAUTH_PERSONAL = {
    "account_change_password", "account_set_password", "account_reauthenticate", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_edit_webauthn", "mfa_remove_webauthn",
}  # fmt: skip
ENDS_THE_SESSION = {"account_logout", "sessions", "session-end"}
# Parameters that name no object.
PLAIN = {
    "kind": "email", "slug": "obca", "language": "pl", "name": "firm", "provider_id": "sso", "token": "x", "key": "x",
    "signed": "x", "uidb36": "1",
}  # fmt: skip
ROLES = ["nobody", "rita", "piotr", "marek", "ewa", "program"]


@dataclass(frozen=True)
class Route:
    pattern: str
    name: str
    access: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    def path(self, foreign: Foreign, **others: str) -> str:
        def value(match: re.Match[str]) -> str:
            return str((foreign.ids | PLAIN | others)[match[1]])

        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", self.pattern)
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, plain).strip("^").rstrip("$").lstrip("/")

    @property
    def names_an_object(self) -> bool:
        return any(name not in PLAIN for name in self.parameters)


def routes() -> list[Route]:
    def walk(patterns, before: str = "") -> Iterator[Route]:
        for one in patterns:
            if isinstance(one, URLPattern):
                yield Route(before + str(one.pattern), one.name or "", str(getattr(one.callback, "access", "")))
            else:
                yield from walk(one.url_patterns, before + str(one.pattern))

    return list(dict.fromkeys(walk(get_resolver().url_patterns)))


def test_every_view_says_who_may_enter():
    known = set().union(*MAY.values()) | {"personal", "public", "key"}

    assert [route.pattern for route in routes() if route.access not in known] == []


def test_what_is_open_to_everybody_is_listed_here():
    public = {route.name for route in routes() if route.access == "public"}

    assert public == PUBLIC


def test_of_allauth_only_what_is_listed_can_be_reached():
    theirs = {
        route.name
        for route in routes()
        if route.name.startswith(("account_", "mfa_", "socialaccount_", "usersessions_"))
    }

    assert theirs - PUBLIC == ALLAUTH_PERSONAL


def test_every_parameter_of_an_address_has_a_foreign_object(world: World):
    foreign = make_foreign(world)
    unknown = {name for route in routes() for name in route.parameters if name not in foreign.ids and name not in PLAIN}

    assert unknown == set()


def entered(world: World, role: str, owner: Membership | None = None) -> Client:
    if role == "program":
        _key, token = create_key(owner or world.ewa, "Program", scopes=["read", "write", "articles"])
        return Client(headers={"authorization": f"Bearer {token}"})
    client = Client()
    if role != "nobody":
        client.force_login(getattr(world, role).user)
    return client


def methods_of(route: Route) -> tuple[str, ...]:
    return ("get", "post", "patch", "delete") if route.access == "key" else ("get", "post")


def ask(client: Client, method: str, route: Route, foreign: Foreign, **others: str):
    body = nested(foreign) | {
        "text": "x",
        "name": "x",
        "title": "x",
        "email": "x@y.example",
        "verb": "assign",
        "on": "0",
        "outcome": "answer",
    }
    path = route.path(foreign, **others)
    if method == "get":
        return client.get(path, body if not route.names_an_object else None)
    if route.access == "key":
        return getattr(client, method)(path, json.dumps(body), content_type="application/json")
    return client.post(path, body)


def refused(route: Route, role: str, world: World) -> bool:
    """Whether this role may not even reach the view, whatever the id."""
    if role == "program":
        return route.access != "key"
    if role == "nobody" or route.access == "key":
        return True
    return route.access != "personal" and not may(getattr(world, role).role, route.access)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_shop_is_told_or_touched(world: World, role: str):
    world.ask()
    foreign = make_foreign(world)
    assert foreign.ids["number"] == UNUSED_NUMBER
    client, before, wrong = entered(world, role), snapshot(world.stranger_shop.pk), []

    for route in routes():
        if route.access == "public" or route.name in ENDS_THE_SESSION:
            continue
        for method in methods_of(route):
            begin_anew()
            answer = ask(client, method, route, foreign)
            told = f"{method} {route.path(foreign)} as {role}: {answer.status_code}"
            if route.names_an_object and answer.status_code < 400 and not to_the_door(answer):
                wrong.append(told)
            if refused(route, role, world) and answer.status_code not in {401, 403, 405} and not to_the_door(answer):
                wrong.append(f"{told}, which the role should not reach")
            if answer.status_code >= 500 or tells(answer):
                wrong.append(f"{told}, telling or breaking")

    assert wrong == []
    assert snapshot(world.stranger_shop.pk) == before
    assert crossings() == []


# What the parameters name that are no objects: something that is there.
THERE = {"figure": {"kind": "volume"}, "guide-topic": {"slug": "chat"}}


def test_every_address_answers_the_owner_of_what_it_names(world: World):
    """The control of the test above: an address that is refused to everybody would pass it."""
    foreign = make_foreign(world)
    person, program, silent = logged_in(world.olek), entered(world, "program", world.olek), []
    foreign.ids["session_id"] = UserSession.objects.get(session_key=person.session.session_key).pk

    for route in routes():
        # What allauth shows people about themselves is walked through in tests/web/login.
        if route.access == "public" or route.name in ALLAUTH_PERSONAL:
            continue
        client = program if route.access == "key" else person
        said = [answered_and_undone(client, method, route, foreign) for method in methods_of(route)]
        if not set(said) - {401, 403, 404, 405}:
            silent.append(f"{route.name} {route.path(foreign)}: {said}")

    assert silent == []


def logged_in(member: Membership) -> Client:
    """Somebody who has just proved who they are, by their password alone."""
    Authenticator.objects.filter(user=member.user).delete()
    client = Client()
    client.post("/login/", {"login": member.user.email, "password": PASSWORD})
    # What hands out keys asks even those who have just come in.
    client.post("/account/again/", {"password": PASSWORD})
    return client


def answered_and_undone(client: Client, method: str, route: Route, foreign: Foreign) -> int:
    """The status of the answer, 401 for being sent to the door. What was changed is as before."""
    begin_anew()
    with transaction.atomic():
        answer = ask(client, method, route, foreign, **THERE.get(route.name, {}))
        transaction.set_rollback(True)
    return 401 if to_the_door(answer) else answer.status_code


def test_what_is_open_to_everybody_tells_and_touches_nothing_of_another_shop(world: World):
    """As somebody at our chat and in our help centre, with the ids, addresses and signatures of the other shop's."""
    foreign = make_foreign(world)
    chat = connect(world.shop, "webchat", name="Czat", cleaned={})
    client = Client(headers={"authorization": f"Bearer {token_of(new_visitor(chat))}"})
    theirs = {
        "key": chat.key,
        "slug": Article.objects.get(id=foreign.ids["article_id"]).slug,
        "signed": signing.dumps(foreign.ids["attachment_id"], salt=FILE_SALT),
    }
    body = json.dumps(nested(foreign) | {"client_id": "c", "text": "Halo", "message": foreign.ids["message_id"]})
    before, wrong = snapshot(world.stranger_shop.pk), []

    for route in (route for route in routes() if route.access == "public"):
        for method in ("get", "post", "delete"):
            begin_anew()
            said = {"data": body, "content_type": "application/json"} if method != "get" else {"data": nested(foreign)}
            answer = getattr(client, method)(route.path(foreign, **theirs), **said)
            if answer.status_code >= 500 or tells(answer):
                wrong.append(f"{method} {route.path(foreign, **theirs)}: {answer.status_code}")

    assert wrong == []
    assert snapshot(world.stranger_shop.pk) == before
    assert crossings() == []


def to_the_door(answer) -> bool:
    """Sent to log in, or to prove once more who one is."""
    return answer.status_code == 302 and answer["Location"].startswith(("/login/", "/account/again/"))


def tells(answer) -> bool:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return MARK.encode() in body


@pytest.mark.parametrize("name", sorted(ENDS_THE_SESSION - {"account_logout"}))
def test_sessions_of_others_stay(world: World, name: str):
    foreign = make_foreign(world)
    route = next(route for route in routes() if route.name == name)
    client, before = entered(world, "ewa"), foreign.ids["session_id"]

    client.post(route.path(foreign))

    assert UserSession.objects.filter(pk=before).exists()
