"""Old events go once they have been counted; nothing that anybody still needs goes with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opieka.conversations import actions
from opieka.insight.actions import count_new, forget_counted, recount
from opieka.insight.models import Fact, Position
from opieka.plumbing.live.reading import missed, newest
from opieka.plumbing.live.subscription import Subscription
from opieka.plumbing.models import EventRow
from tests.world import World


@pytest.fixture
def long_ago(world: World) -> None:
    """A conversation of a month ago, counted, and much that has happened at another shop since."""
    conversation = world.ask()
    actions.resolve(conversation, by=world.piotr)
    count_new(world.shop)
    EventRow.objects.update(at=timezone.now() - timedelta(days=30))
    EventRow.objects.create(id=newest() + 10_000, organisation_id=world.stranger_shop.pk, name="x", payload={})


def left(world: World) -> int:
    return EventRow.objects.filter(organisation_id=world.shop.pk).count()


@pytest.mark.usefixtures("long_ago")
def test_old_events_that_were_counted_go_and_the_figures_stay(world: World):
    facts = sorted(Fact.objects.values_list("name", "source", "value"))

    assert forget_counted(world.shop) > 0

    assert left(world) == 0
    assert EventRow.objects.count() == 1
    assert count_new(world.shop) == 0
    recount(world.shop)
    assert facts
    assert sorted(Fact.objects.values_list("name", "source", "value")) == facts


@pytest.mark.usefixtures("long_ago")
def test_what_has_not_been_counted_stays(world: World):
    Position.objects.filter(organisation=world.shop).update(last_event_id=0)

    assert forget_counted(world.shop) == 0
    assert forget_counted(world.stranger_shop) == 0


@pytest.mark.usefixtures("long_ago")
def test_what_is_recent_stays(world: World):
    EventRow.objects.update(at=timezone.now() - timedelta(days=13))

    assert forget_counted(world.shop) == 0


@pytest.mark.usefixtures("long_ago")
def test_a_page_that_slept_for_long_still_learns_what_it_missed(world: World):
    EventRow.objects.filter(organisation_id=world.stranger_shop.pk).delete()
    first = EventRow.objects.order_by("id").values_list("id", flat=True)[0]

    forget_counted(world.shop)

    listener = Subscription(organisation_id=world.shop.pk, mark="m")
    assert "inbox" in missed(listener, first).topics
