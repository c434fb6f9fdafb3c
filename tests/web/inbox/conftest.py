"""Agents who are logged in."""

from collections.abc import Callable

import pytest
from django.test import Client

from opieka.accounts.models import Membership

FROM_INBOX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}


@pytest.fixture
def at_desk() -> Callable[[Membership], Client]:
    """A client signed in as that member, sending what htmx sends."""

    def sit(member: Membership) -> Client:
        client = Client(headers=FROM_INBOX)
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sit
