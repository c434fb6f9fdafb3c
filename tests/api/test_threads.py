"""Beginning, merging, separating and splitting conversations by program."""

import pytest
from django.test import Client
from django.utils import timezone

from opieka.channels.actions import connect
from opieka.conversations.models import Conversation, Delivery, Message
from tests.api.conftest import program
from tests.api.test_operations import PROBLEM, post
from tests.world import World


def two(world: World) -> tuple[Conversation, Conversation]:
    return world.ask("Pierwsze"), world.ask("Drugie", external_id="d")


def test_two_are_merged_read_as_one_and_separated_again(ours: Client, world: World):
    first, second = two(world)
    path = f"/api/v1/conversations/{first.number}/merge"

    merged = [post(ours, path, {"into": second.number}) for _ in range(2)]
    listed = ours.get("/api/v1/conversations").json()["items"]
    said = ours.get(f"/api/v1/conversations/{second.number}/messages").json()["items"]
    old = ours.get(f"/api/v1/conversations/{first.number}").json()
    separated = ours.delete(path)

    assert [(one.status_code, one.json()["number"]) for one in merged] == [(200, second.number)] * 2
    assert [row["number"] for row in listed] == [second.number]
    assert [row["text"] for row in said] == ["Drugie", "Pierwsze"]
    assert (old["status"], old["merged_into"]) == ("merged", second.number)
    assert (separated.json()["status"], separated.json()["merged_into"]) == ("open", None)


def test_a_reply_to_the_number_of_either_answers_that_one(ours: Client, world: World):
    first, second = two(world)
    post(ours, f"/api/v1/conversations/{first.number}/merge", {"into": second.number})

    answer = post(ours, f"/api/v1/conversations/{first.number}/replies", {"text": "Jutro."})

    assert Message.objects.get(id=answer.json()["id"]).conversation == first


def test_what_cannot_be_merged_says_why(ours: Client, world: World):
    first, second = two(world)
    Conversation.objects.filter(id=second.pk).update(customer=another(world))
    path = f"/api/v1/conversations/{first.number}/merge"

    itself = post(ours, path, {"into": first.number})
    strangers = post(ours, path, {"into": second.number})
    meant = post(ours, path, {"into": second.number, "strangers": True})

    assert (itself.status_code, itself["Content-Type"], itself.json()["reason"]) == (409, PROBLEM, "itself")
    assert (strangers.status_code, strangers.json()["reason"], meant.status_code) == (409, "strangers", 200)


def another(world: World):
    from opieka.customers.actions import recognise

    return recognise(world.shop, kind="console", value="jan", name="Jan")


def test_a_message_becomes_a_conversation_of_its_own(ours: Client, world: World):
    asked = world.ask("Pierwsze")
    later = Message.objects.create(
        organisation=world.shop, conversation=asked, author="customer", text="I faktura", created_at=timezone.now()
    )
    path = f"/api/v1/conversations/{asked.number}/splits"

    made = post(ours, path, {"message_id": later.pk, "subject": "Faktura"})
    first = Message.objects.get(text="Pierwsze")
    left = post(ours, path, {"message_id": first.pk})

    assert (made.status_code, made.json()["subject"], made.json()["status"]) == (201, "Faktura", "open")
    assert (left.status_code, left.json()["reason"]) == (409, "nothing left")
    assert post(ours, path, {"message_id": later.pk}).status_code == 422


def test_a_program_writes_first_and_asked_again_writes_once(ours: Client, world: World):
    body = {"inbox_id": world.inbox.pk, "to": "jan", "subject": "Państwa zamówienie", "text": "Jest gotowe."}

    made = [post(ours, "/api/v1/conversations", body, **{"idempotency-key": "n-1"}) for _ in range(2)]

    assert [one.status_code for one in made] == [201, 201]
    assert Delivery.objects.get().recipient == "jan"
    assert made[0].json()["status"] == "waiting"


def test_nobody_is_written_to_by_a_chat_or_at_no_address(ours: Client, world: World):
    chat = connect(world.shop, "webchat", name="Czat", cleaned={"greeting": "", "origins": [], "shortcuts": []})
    body = {"inbox_id": chat.pk, "to": "jan@b.example", "subject": "Zamówienie", "text": "Jest gotowe."}

    by_chat = post(ours, "/api/v1/conversations", body)
    nothing = post(ours, "/api/v1/conversations", body | {"inbox_id": world.inbox.pk, "to": "    "})

    assert (by_chat.status_code, by_chat.json()["reason"]) == (422, "inbox")
    assert (nothing.status_code, nothing.json()["reason"]) == (422, "to")


@pytest.mark.parametrize("path", ["1/merge", "1/splits", ""])
def test_a_key_that_may_only_read_changes_nothing(world: World, path: str):
    two(world)
    body = {"into": 2, "message_id": 1, "inbox_id": world.inbox.pk, "to": "jan", "subject": "X", "text": "Y"}

    refused = post(program(world.ewa, "read"), f"/api/v1/conversations/{path}".rstrip("/"), body)

    assert (refused.status_code, refused["Content-Type"]) == (403, PROBLEM)
    assert Conversation.objects.filter(merged_into=None).count() == 2
    assert program(world.ewa, "read").delete("/api/v1/conversations/1/merge").status_code == 403


def test_another_shops_conversations_are_not_there(theirs: Client, world: World):
    first, second = two(world)

    assert post(theirs, f"/api/v1/conversations/{first.number}/merge", {"into": second.number}).status_code == 404
