"""A product that tells what changes."""

from collections.abc import Iterator
from typing import Any

import pytest

from opieka.asgi import Application
from opieka.plumbing.live import drivers, feed
from opieka.plumbing.live.subscription import use_admissions
from opieka.web import live as agents
from opieka.web.live import AGENTS
from tests.plumbing.live.listening import EXPIRES, VISITORS
from tests.plumbing.serving import Served, served


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.scaled)])
def live(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Live updates that look after their listeners ten times as often, so that nobody waits for what takes seconds."""
    assert feed.TEND_EVERY + feed.ASK_AGAIN_EVERY <= 5
    for module, name in ((feed, "TEND_EVERY"), (feed, "ASK_AGAIN_EVERY"), (agents, "BEAT")):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)
    settings.LIVE_URL = {"memory": "memory:", "redis": "redis://127.0.0.1:6379/9?channel=opieka-test"}[request.param]
    drivers.chosen.cache_clear()
    EXPIRES.clear()
    application = Application(only_live=True)
    use_admissions(AGENTS, VISITORS)
    with served(application) as running:
        yield running
    drivers.chosen.cache_clear()
