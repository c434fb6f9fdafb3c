"""Times are the organisation's own, wherever the server stands."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from opieka.insight.actions import count_new
from opieka.knowledge import actions as knowledge
from tests.world import World

# Half past three in the afternoon in Warsaw, and the next morning in Auckland.
MOMENT = datetime(2026, 11, 16, 14, 30, tzinfo=UTC)
AUCKLAND = "Pacific/Auckland"


@pytest.fixture
def far_away(world: World) -> World:
    world.shop.time_zone = AUCKLAND
    world.shop.save()
    return world


def read(client: Client, address: str) -> str:
    with time_machine.travel(MOMENT, tick=False):
        return client.get(address).content.decode()


def test_the_inbox_tells_the_time_of_the_organisation(client: Client, far_away: World):
    with time_machine.travel(MOMENT, tick=False):
        conversation = far_away.ask()
    client.force_login(far_away.piotr.user)

    page = read(client, f"/conversations/{conversation.number}/")

    assert ">03:30</time>" in page


def test_a_line_drawn_before_the_zone_was_changed_is_drawn_again(client: Client, world: World):
    with time_machine.travel(MOMENT, tick=False):
        conversation = world.ask()
    client.force_login(world.piotr.user)
    before = read(client, f"/conversations/{conversation.number}/")
    world.shop.time_zone = AUCKLAND
    world.shop.save()

    after = read(client, f"/conversations/{conversation.number}/")

    assert (">15:30</time>" in before, ">03:30</time>" in after) == (True, True)


def test_the_export_of_a_figure_tells_the_time_of_the_organisation(client: Client, far_away: World):
    with time_machine.travel(MOMENT, tick=False):
        far_away.ask()
        count_new(far_away.shop)
    client.force_login(far_away.marek.user)

    assert "17.11.2026 03:30:00" in read(client, "/figures/volume/?days=7&format=csv")


def test_the_help_centre_tells_the_day_of_the_organisation(client: Client, far_away: World):
    with time_machine.travel(MOMENT, tick=False):
        article = knowledge.save(far_away.shop, title="Zwrot", body="14 dni.")
        knowledge.publish_article(article, by=far_away.piotr)

    assert "17.11.2026" in read(client, f"/pomoc/pl/{article.slug}/").replace("\xa0", " ")


def test_the_zone_of_one_request_is_not_that_of_the_next(client: Client, far_away: World):
    client.force_login(far_away.piotr.user)
    read(client, "/")
    read(Client(), "/pomoc/")

    assert timezone.get_current_timezone_name() == "Europe/Warsaw"
