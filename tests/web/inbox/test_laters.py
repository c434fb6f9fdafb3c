"""Send later, as the agent sees it: the moments offered, the line in the thread, and its two buttons."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from opieka.conversations import actions, queries, rules
from opieka.web.inbox import laters
from tests.world import World

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-25T12:00", {"tomorrow": "2026-11-26T08:00", "monday": "2026-11-30T08:00"}),
        ("2026-11-29T12:00", {"tomorrow": "2026-11-30T08:00"}),
        ("2026-11-30T07:00", {"tomorrow": "2026-12-01T08:00", "monday": "2026-12-07T08:00"}),
        ("2026-10-24T23:30", {"tomorrow": "2026-10-25T08:00", "monday": "2026-10-26T08:00"}),
    ],
)
def test_the_moments_are_those_of_the_shops_own_clock(world: World, now: str, offered: dict[str, str]):
    with time_machine.travel(datetime.fromisoformat(now).replace(tzinfo=WARSAW), tick=False):
        found = {one["name"]: one["at"].astimezone(WARSAW) for one in laters.choices(world.shop)}
        found.pop("hour")

    assert {name: f"{at:%Y-%m-%dT%H:%M}" for name, at in found.items()} == offered


@pytest.mark.parametrize("own", ["", "jutro", "2020-01-01T08:00", "2999-01-01T08:00"])
def test_a_moment_that_cannot_be_kept_is_refused_and_the_text_stays(world: World, at_desk, own: str):
    one = world.ask()
    seen = queries.thread(one)[-1].pk

    answer = at_desk(world.piotr).post(
        f"/conversations/{one.number}/reply/", {"text": "Jutro.", "seen": seen, "later": "own", "at": own}
    )

    assert answer.status_code == 422
    assert "najwyżej za rok" in answer.content.decode()
    assert queries.scheduled_in(one) == []


def test_it_stands_in_the_thread_until_it_is_sent(world: World, at_desk):
    one = world.ask()
    client, seen = at_desk(world.piotr), queries.thread(one)[-1].pk

    answer = client.post(
        f"/conversations/{one.number}/reply/", {"text": "Miłego dnia!", "seen": seen, "later": "tomorrow"}
    ).content.decode()
    (kept,) = queries.scheduled_in(one)
    page = at_desk(world.ola).get(f"/conversations/{one.number}/").content.decode()
    sent = client.post(f"/scheduled/{kept.pk}/send/").content.decode()
    again = client.post(f"/scheduled/{kept.pk}/send/").content.decode()

    assert "Cofnij" in answer
    for shown in (answer, page):
        assert f'id="m-later-{kept.pk}"' in shown
        assert "Wyślij teraz" in shown
    assert f'id="m-later-{kept.pk}"' not in sent
    assert [message.text for message in queries.public_thread(one)][1:] == ["Miłego dnia!"]
    assert "już wysłana" in again


def test_cancelled_it_is_in_the_composer_again(world: World, at_desk):
    one = world.ask()
    later = actions.Later(at=timezone.now() + rules.LATEST / 2)
    kept = actions.schedule(one, "Do poprawki.", by=world.piotr, later=later)
    assert kept
    client = at_desk(world.piotr)

    answer = client.post(f"/scheduled/{kept.pk}/cancel/")
    page = client.get(f"/conversations/{one.number}/").content.decode()

    assert "taken-back" in answer["HX-Trigger"]
    assert "Do poprawki.</textarea>" in page
    assert "anuluje odpowiedź" in page


def test_nobody_touches_what_is_not_theirs_to_touch(world: World, at_desk):
    one = world.ask()
    later = actions.Later(at=timezone.now() + rules.LATEST / 2)
    kept = actions.schedule(one, "Tekst", by=world.piotr, later=later)
    assert kept

    assert at_desk(world.olek).post(f"/scheduled/{kept.pk}/send/").status_code == 404
    assert at_desk(world.rita).post(f"/scheduled/{kept.pk}/cancel/").status_code == 403
    assert "Wyślij teraz" not in at_desk(world.rita).get(f"/conversations/{one.number}/").content.decode()
    assert len(queries.scheduled_in(one)) == 1
