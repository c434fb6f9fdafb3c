"""The API keeps to its own description, whatever a caller sends."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from opieka.accounts.actions import create_key
from opieka.knowledge.models import Article
from tests.caching import begin_anew
from tests.world import World

# The key is sent with every request; and a cursor or an unfinished article is refused by its meaning, not by its form.
NOT_ASKED = [ignored_auth, positive_data_acceptance]
FEW = settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def _one_connection():
    """A real WSGI application closes its connection after each request; the test's data lives in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
def test_no_request_makes_it_fail_or_answer_out_of_form(world: World):
    _key, token = create_key(world.ewa, "Program", scopes=["read", "write", "articles"])
    world.ask()
    Article.objects.create(organisation=world.shop, title="Zwroty", slug="zwroty", body="14 dni")
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in described.get_all_operations()]

    for operation in operations:

        @FEW
        @given(case=operation.as_strategy())
        def holds(case):
            begin_anew()
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(answer, excluded_checks=NOT_ASKED)

        holds()

    assert len(operations) == 24


@pytest.mark.parametrize("path", ["/api/v1/conversations", "/api/v1/conversations/{number}/replies"])
def test_failures_and_repeatable_posts_are_described(client, db, path: str):
    operations = client.get("/api/v1/openapi.json").json()["paths"][path]

    for method, operation in operations.items():
        names = [one["name"] for one in operation.get("parameters", [])]
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        assert ("Idempotency-Key" in names) == (method == "post")
