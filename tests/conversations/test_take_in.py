"""What comes in is taken in, and one item that cannot be holds up no other."""

import json
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from opieka.channels.actions import keep, read_again
from opieka.channels.base import Hook
from opieka.channels.models import Raw
from opieka.conversations.models import Message
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import JobRow
from tests.world import World


def come_in(world: World, number: int, *, sender: str = "anna", text: str = "Dzień dobry") -> Raw:
    body = json.dumps({"id": str(number), "from": sender, "text": text}).encode()
    return keep(world.inbox, Hook(body=body), dedupe_key=str(number))[0]


def lose_body(raw: Raw) -> None:
    """Its body was large, and its file is gone."""
    Raw.objects.filter(id=raw.pk).update(body=b"", body_file="raw/00/gone")


def said() -> list[str]:
    return list(Message.objects.filter(author="customer").order_by("id").values_list("text", flat=True))


def try_until_it_gives_up() -> None:
    for _ in range(12):
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
            JobRow.objects.filter(state="ready").update(run_after=timezone.now())
            drain()


def try_again() -> None:
    """A quarter of a minute later."""
    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        drain()


def test_what_fails_once_keeps_its_place_so_that_mails_stay_in_order(world: World):
    first = come_in(world, 1, text="Pierwsze")
    body = bytes(first.body)
    lose_body(first)
    come_in(world, 2, text="Drugie")
    drain()
    assert said() == []

    Raw.objects.filter(id=first.pk).update(body=body, body_file="")
    try_again()

    assert said() == ["Pierwsze", "Drugie"]


def test_what_fails_again_holds_up_nobody_elses(world: World):
    lose_body(come_in(world, 1))
    come_in(world, 2, sender="bartek", text="Ode mnie też")
    drain()

    try_again()

    assert said() == ["Ode mnie też"]


def test_an_item_that_fails_for_the_last_time_waits_where_people_see_it(world: World):
    raw = come_in(world, 1)
    lose_body(raw)
    come_in(world, 2, text="Następna")

    try_until_it_gives_up()

    raw.refresh_from_db()
    assert (raw.state, said()) == (Raw.State.UNCLEAR, ["Następna"])
    assert raw.problem


def test_an_item_that_gave_up_can_be_read_again(world: World):
    raw = come_in(world, 1, text="Jednak")
    body = bytes(raw.body)
    lose_body(raw)
    try_until_it_gives_up()

    Raw.objects.filter(id=raw.pk).update(body=body, body_file="")
    raw.refresh_from_db()
    read_again(raw)
    drain()

    assert said() == ["Jednak"]


def test_an_item_whose_file_is_lost_can_be_looked_at_all_the_same(world: World):
    raw = come_in(world, 1)
    lose_body(raw)
    try_until_it_gives_up()
    ewa = Client()
    ewa.force_login(world.ewa.user)

    assert ewa.get(f"/unclear/{raw.pk}/").status_code == 200
    assert ewa.get(f"/unclear/{raw.pk}/file/").status_code == 404


def test_a_sign_that_no_database_holds_is_left_out(world: World):
    come_in(world, 1, text="Dzień\0 dobry")

    drain()

    assert said() == ["Dzień dobry"]
