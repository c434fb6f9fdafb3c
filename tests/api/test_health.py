"""What watches the product sees how it is, and nothing about anybody."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from opieka.plumbing.models import JobRow
from tests.world import World


def test_it_says_that_it_is_well(client: Client, world: World):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert "Lampa" not in answer.content.decode()


def test_jobs_that_nobody_runs_are_an_illness(client: Client, world: World):
    JobRow.objects.create(name="opieka.x", run_after=timezone.now() - timedelta(hours=1))

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["jobs"]["lag_seconds"] > 3000


def test_figures_are_for_this_machine_or_for_who_has_the_token(client: Client, world: World, settings):
    settings.METRICS_TOKEN = "a-token"
    client.get("/healthz")

    here = client.get("/metrics")
    elsewhere = client.get("/metrics", REMOTE_ADDR="192.0.2.7")
    through_a_proxy = client.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.7")
    with_token = client.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer a-token")

    assert (here.status_code, with_token.status_code) == (200, 200)
    assert (elsewhere.status_code, through_a_proxy.status_code) == (403, 403)
    assert 'opieka_jobs{state="ready"} 0' in here.content.decode()
    assert "opieka_requests_total" in here.content.decode()
