"""Filling the tables with the demo world, in well under a minute. Nothing can leave it: the organisation is a demo."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from opieka.accounts.models import Organisation
from opieka.channels.models import Inbox
from opieka.demo import generate
from opieka.demo.load.knowing import know
from opieka.demo.load.people import PASSWORD, Cast, settle
from opieka.demo.load.rows import go_on_counting
from opieka.demo.load.selling import sell
from opieka.demo.load.talking import TABLES, talk
from opieka.demo.load.templating import offer_templates

AGENT, MANAGER, OWNER = "ola@trzysosny.test", "piotr@trzysosny.test", "agnieszka@trzysosny.test"


@dataclass(frozen=True, kw_only=True)
class DemoSummary:
    """What the demo holds and how to enter it. `created` is false when it was there before."""

    organisation_id: int
    created: bool
    seconds: float
    widget_key: str
    password: str = PASSWORD
    agent: str = AGENT
    manager: str = MANAGER
    owner: str = OWNER
    shop: str = "/demo/sklep/"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def load(*, seed: int = generate.SEED, anchor: datetime = generate.ANCHOR) -> DemoSummary:
    """Create the demo organisation with everything in it, once; a second call finds it and changes nothing."""
    started = time.monotonic()
    existing = Organisation.objects.filter(demo=True).first()
    if existing:
        return _summary(existing, created=False, seconds=0.0)
    world = generate.world(seed, anchor)
    with transaction.atomic(), translation.override("pl"):
        cast = _fill(world, now=min(anchor, timezone.now()))
    return _summary(cast.organisation, created=True, seconds=round(time.monotonic() - started, 2))


def _fill(world: generate.World, *, now: datetime) -> Cast:
    cast = settle(world, now=now)
    articles = know(cast, world)
    offer_templates(cast)
    sell(cast, world)
    talk(cast, world, articles)
    go_on_counting(TABLES)
    return cast


def _summary(organisation: Organisation, *, created: bool, seconds: float) -> DemoSummary:
    chat = Inbox.objects.filter(organisation=organisation, kind="webchat").first()
    return DemoSummary(
        organisation_id=organisation.pk, created=created, seconds=seconds, widget_key=chat.key if chat else ""
    )
