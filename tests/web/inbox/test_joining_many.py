"""Many picked rows of the list become one conversation, all or none, and come apart again one by one."""

import threading

import pytest
from django.db import close_old_connections
from django.test import Client

from opieka.channels.base import Inbound
from opieka.channels.models import Inbox
from opieka.conversations import actions
from opieka.conversations.actions.merge import CannotMerge
from opieka.conversations.models import Conversation, Merge, Status
from opieka.customers.actions import recognise
from tests.conversations.test_merge import post, wrote
from tests.web.inbox.test_joining import leads_to, ola
from tests.world import World

__all__ = ["ola", "post"]


def several(world: World, count: int) -> list[Conversation]:
    return [world.ask(f"Sprawa {number}", external_id=f"s-{number}") for number in range(count)]


def ids(*conversations: Conversation) -> dict[str, list[int]]:
    return {"id": [one.pk for one in conversations]}


def standing(*conversations: Conversation) -> list[int | None]:
    return [Conversation.objects.get(pk=one.pk).merged_into_id for one in conversations]


def test_many_are_asked_about_the_oldest_first_and_become_one(world: World, ola: Client):
    first, second, third, fourth = several(world, 4)

    asked = ola.get("/inbox/merge/", ids(fourth, second, first, third)).content.decode()
    merged = ola.post("/inbox/merge/", ids(first, second, third, fourth) | {"stays": second.pk})

    assert "Połącz 4 rozmowy" in asked
    assert f'value="{first.pk}" checked' in asked
    assert asked.index(f"#{first.number} ") < asked.index(f"#{fourth.number} ")
    assert (merged.status_code, leads_to(merged)) == (200, f"/conversations/{second.number}/")
    assert "3 rozmowy połączone" in merged.content.decode()
    assert standing(first, second, third, fourth) == [second.pk, None, second.pk, second.pk]
    thread = ola.get(f"/conversations/{second.number}/").content.decode()
    assert all(f"Sprawa {number}" in thread for number in range(4))


def test_one_press_takes_all_of_it_back(world: World, ola: Client):
    picked = several(world, 3)
    before = list(Conversation.objects.order_by("pk").values("status", "waiting_since", "unread", "assignee"))
    toast = ola.post("/inbox/merge/", ids(*picked) | {"stays": picked[0].pk}).content.decode()
    assert "&quot;times&quot;: 2" in toast or '"times": 2' in toast

    ola.post("/inbox/undo/", {"times": "2"})

    assert standing(*picked) == [None, None, None]
    assert list(Conversation.objects.order_by("pk").values("status", "waiting_since", "unread", "assignee")) == before


def test_each_is_separated_by_itself_in_any_order(world: World, ola: Client):
    first, second, third = several(world, 3)
    ola.post("/inbox/merge/", ids(first, second, third) | {"stays": first.pk})

    ola.post(f"/conversations/{first.number}/separate/", {"part": second.number})
    assert standing(second, third) == [None, first.pk]
    ola.post(f"/conversations/{first.number}/separate/", {"part": third.number})
    assert standing(second, third) == [None, None]


def test_if_one_cannot_be_merged_none_is_and_it_is_named(world: World, ola: Client):
    first, second, third = several(world, 3)
    actions.mark_spam(third, by=world.ola)

    answer = ola.post("/inbox/merge/", ids(first, second, third) | {"stays": first.pk})

    assert answer.status_code == 409
    assert f"Rozmowy #{third.number} nie można połączyć" in answer.content.decode()
    assert (standing(first, second, third), Merge.objects.count()) == ([None] * 3, 0)


def test_different_customers_are_named_and_must_be_meant(world: World, post: Inbox, ola: Client):
    anna, jan, ewa = (wrote(post, f"{name}@a.example") for name in ("anna", "jan", "ewa"))

    asked = ola.get("/inbox/merge/", ids(anna, jan, ewa)).content.decode()
    refused = ola.post("/inbox/merge/", ids(anna, jan, ewa) | {"stays": anna.pk})
    assert "3 różni klienci" in asked
    assert all(f"{name}@a.example" in asked for name in ("anna", "jan", "ewa"))
    assert (refused.status_code, standing(anna, jan, ewa)) == (409, [None] * 3)

    meant = ola.post("/inbox/merge/", ids(anna, jan, ewa) | {"stays": anna.pk, "strangers": "1"})
    assert (meant.status_code, standing(anna, jan, ewa)) == (200, [None, anna.pk, anna.pk])


def test_a_chat_that_goes_on_can_only_stay(world: World, ola: Client):
    from opieka.channels.actions import connect

    chat = connect(world.shop, "webchat", name="Czat", cleaned={"greeting": "", "origins": [], "shortcuts": []})
    visitor = recognise(world.shop, kind="webchat", value="v1", name="Gość")
    talk = actions.receive(chat, Inbound(sender="v1", text="Halo", external_id="c"), customer=visitor).conversation
    first, second = several(world, 2)

    asked = ola.get("/inbox/merge/", ids(first, second, talk)).content.decode()

    assert f'value="{talk.pk}" checked' in asked
    assert asked.count(" disabled") == 2
    other = actions.receive(
        chat,
        Inbound(sender="v2", text="Hej", external_id="c2"),
        customer=recognise(world.shop, kind="webchat", value="v2"),
    ).conversation
    assert "nich to trwające czaty" in ola.get("/inbox/merge/", ids(first, other, talk)).content.decode()
    merged = {"stays": talk.pk, "strangers": "1"}
    assert ola.post("/inbox/merge/", ids(first, second, talk) | merged).status_code == 200


@pytest.mark.parametrize(("count", "words"), [(1, "co najmniej dwie"), (21, "najwyżej 20 rozmów")])
def test_too_few_and_too_many_are_told(world: World, ola: Client, count: int, words: str):
    picked = several(world, count)

    assert words in ola.get("/inbox/merge/", ids(*picked)).content.decode()
    assert ola.post("/inbox/merge/", ids(*picked) | {"stays": picked[0].pk}).status_code == 409
    assert not Merge.objects.exists()


def test_neither_readers_nor_strangers_merge(world: World, at_desk):
    picked = several(world, 3)
    body = ids(*picked) | {"stays": picked[0].pk}

    assert at_desk(world.rita).post("/inbox/merge/", body).status_code == 403
    assert at_desk(world.olek).post("/inbox/merge/", body).status_code == 409
    assert standing(*picked) == [None] * 3


@pytest.mark.django_db(transaction=True)
def test_of_two_who_pick_the_same_at_once_one_wins_and_nothing_is_half_done(world: World):
    picked = several(world, 4)
    told: list[str] = []

    def press(order: list[Conversation]) -> None:
        try:
            actions.merge_all(order[1:], into=order[0], by=world.ola)
            told.append("done")
        except CannotMerge as why:
            told.append(str(why))
        finally:
            close_old_connections()

    people = [threading.Thread(target=press, args=(order,)) for order in (picked, picked[::-1])]
    for one in people:
        one.start()
    for one in people:
        one.join(60)

    left = [where for where in standing(*picked) if where is None]
    assert (told.count("done"), len(left), Merge.objects.filter(ended_at=None).count()) == (1, 1, 3)
    assert Conversation.objects.filter(status=Status.MERGED).count() == 3
