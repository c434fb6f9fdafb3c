"""Two articles to answer from."""

import pytest

from opieka.knowledge import actions as knowledge
from opieka.knowledge.models import Article
from opieka.plumbing.jobs import drain
from tests.assistant.asking import DELIVERY, RETURNS
from tests.world import World


@pytest.fixture
def articles(world: World) -> dict[str, Article]:
    made = {}
    for key, title, body, asked in (
        ("delivery", "Kiedy dojdzie paczka", DELIVERY, "kiedy dojdzie moja paczka"),
        ("returns", "Jak zwrócić buty", RETURNS, "jak oddać za małe buty"),
    ):
        made[key] = knowledge.save(world.shop, title=title, body=body, questions=asked)
        knowledge.publish_article(made[key], by=world.piotr)
    drain()
    return made
