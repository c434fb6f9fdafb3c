"""Every page of the settings opens for those who may open it."""

import pytest
from django.test import Client

from tests.world import World

PAGES = [
    "/settings/", "/settings/me/", "/settings/organisation/", "/settings/team/", "/settings/team/teams/new/", "/settings/inboxes/",
    "/settings/inboxes/new/email/", "/settings/assistant/", "/settings/jobs/", "/settings/audit/", "/unclear/", "/account/security/",
    "/account/sessions/", "/account/password/", "/account/passkeys/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_an_owner_opens_it(client: Client, world: World, path: str):
    client.force_login(world.ewa.user)

    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_log_in(client: Client, world: World, path: str):
    assert client.get(path)["Location"].startswith("/login/")
