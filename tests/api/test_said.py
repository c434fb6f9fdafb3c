"""What programs are told about messages, and replies that wait: scheduled, read, cancelled."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from opieka.accounts.models import Role
from opieka.channels.models import Inbox
from opieka.conversations.actions import mark_spam, not_spam, quarantine, reply
from opieka.conversations.models import Conversation, Delivery, Message, Scheduled
from opieka.conversations.queries import draft_of
from opieka.customers.actions import mark_bounced
from opieka.plumbing.jobs import drain
from tests.api.conftest import program
from tests.api.test_operations import PROBLEM, post
from tests.world import World, after, mail, mailbox_of


def soon(**wait: float) -> str:
    return (timezone.now() + timedelta(**wait)).isoformat()


@pytest.fixture
def one(world: World) -> Conversation:
    return world.ask()


@pytest.fixture
def box(world: World) -> Inbox:
    return mailbox_of(world.shop)


def replies(one: Conversation) -> str:
    return f"/api/v1/conversations/{one.number}/replies"


def waiting(one: Conversation, more: str = "") -> str:
    return f"/api/v1/conversations/{one.number}/scheduled{more}"


def test_a_reply_waits_until_its_moment_and_then_leaves_once(ours: Client, world: World, one: Conversation):
    body = {"text": "Paczka jest w drodze.", "send_at": soon(hours=2)}

    kept = [post(ours, replies(one), body, **{"idempotency-key": "n-1"}) for _ in range(2)]
    listed = ours.get(waiting(one)).json()["items"]

    assert [answer.status_code for answer in kept] == [202, 202]
    assert [(row["id"], row["state"], row["text"]) for row in listed] == [
        (kept[0].json()["id"], "waiting", "Paczka jest w drodze.")
    ]
    assert Message.objects.filter(author="agent").count() == 0
    with after(hours=3):
        drain()
        said = ours.get(f"/api/v1/conversations/{one.number}/messages").json()["items"][0]
        assert (said["text"], said["scheduled_id"]) == ("Paczka jest w drodze.", kept[0].json()["id"])
        assert ours.get(waiting(one)).json()["items"] == []
        assert [row["state"] for row in ours.get(waiting(one), {"ended": "true"}).json()["items"]] == ["sent"]
        late = ours.delete(waiting(one, f"/{said['scheduled_id']}"))
    assert (late.status_code, late["Content-Type"], late.json()["reason"]) == (409, PROBLEM, "sent")


def test_two_that_wait_are_two(ours: Client, one: Conversation):
    numbers = {post(ours, replies(one), {"text": text, "send_at": soon(hours=1)}).json()["id"] for text in ("A", "B")}

    assert len(numbers) == Scheduled.objects.count() == 2


def test_it_is_cancelled_and_asked_again_it_is_cancelled_already(ours: Client, world: World, one: Conversation):
    kept = post(ours, replies(one), {"text": "Jutro.", "send_at": soon(hours=2)}).json()

    ended = [ours.delete(waiting(one, f"/{kept['id']}")) for _ in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in ended] == [(200, "cancelled")] * 2
    assert draft_of(one, world.ewa) == "Jutro."
    with after(hours=3):
        drain()
    assert not Message.objects.filter(author="agent").exists()


def test_what_the_customer_overtook_says_so(ours: Client, world: World, one: Conversation):
    kept = post(ours, replies(one), {"text": "Jutro.", "send_at": soon(hours=2)}).json()
    world.ask("Już mam!", thread=("m-0-24",), external_id="m-2")
    Scheduled.objects.filter(id=kept["id"]).update(end="overtaken", ended_at=timezone.now())

    answer = ours.delete(waiting(one, f"/{kept['id']}"))

    assert (answer.status_code, answer.json()["reason"]) == (409, "overtaken")
    assert ours.get(waiting(one, f"/{kept['id']}")).json()["state"] == "overtaken"


@pytest.mark.parametrize(
    "at", ["2020-01-01T08:00:00+01:00", "2999-01-01T08:00:00Z", "2027-01-01T08:00:00", "jutro", "9999-12-31T23:59:59Z"]
)
def test_a_moment_that_cannot_be_kept_is_refused_and_nothing_is_sent(ours: Client, one: Conversation, at: str):
    answer = post(ours, replies(one), {"text": "Jutro.", "send_at": at})

    assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
    assert (Scheduled.objects.count(), Message.objects.filter(author="agent").count()) == (0, 0)


def test_an_empty_variable_is_refused_for_later_as_it_is_now(ours: Client, one: Conversation):
    answer = post(ours, replies(one), {"text": "Zamówienie {{order.number}}.", "send_at": soon(hours=2)})

    assert (answer.status_code, bool(answer.json()["variables"])) == (422, True)


def test_neither_strangers_nor_those_who_only_read_see_or_change_what_waits(
    ours: Client, theirs: Client, world: World, one: Conversation
):
    kept = post(ours, replies(one), {"text": "Jutro.", "send_at": soon(hours=2)}).json()
    where, reader = waiting(one, f"/{kept['id']}"), program(world.ewa, "read")
    other = world.ask("Druga", external_id="d")

    assert [theirs.get(waiting(one)).status_code, theirs.get(where).status_code, theirs.delete(where).status_code] == [
        404, 404, 404,
    ]  # fmt: skip
    assert (reader.get(where).status_code, reader.delete(where).status_code) == (200, 403)
    assert post(reader, replies(one), {"text": "Ja.", "send_at": soon(hours=1)}).status_code == 403
    assert ours.get(waiting(other, f"/{kept['id']}")).status_code == 404
    assert Client().get(where).status_code == 401
    world.ewa.role = Role.READ_ONLY
    world.ewa.save()
    assert ours.delete(where).status_code == 403


def test_a_reply_tells_how_far_it_got(ours: Client, world: World, one: Conversation):
    said = reply(one, "Jutro.", by=world.piotr, copies=[])
    Delivery.objects.filter(message=said).update(state="queued", error="451 Zajęty", attempts=2, recipient="anna")

    row = ours.get(f"/api/v1/conversations/{one.number}/messages").json()["items"][0]
    details = row["delivery_details"]

    assert (row["delivery"], details["state"], details["recipient"]) == ("queued", "queued", "anna")
    assert (details["error"], details["attempts"], details["copies"], bool(details["next_try_at"])) == (
        "451 Zajęty", 2, [], True,
    )  # fmt: skip
    Delivery.objects.filter(message=said).update(state="delivered")
    row = ours.get(f"/api/v1/conversations/{one.number}/messages").json()["items"][0]
    assert (row["delivery"], row["delivery_details"]["next_try_at"]) == ("delivered", None)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (None, None),
        ({"state": "unproven"}, {"state": "unproven", "method": "", "domain": "", "by": ""}),
        (
            {"state": "proven", "method": "dkim", "domain": "poczta.example", "by": "mx.lampa.example"},
            {"state": "proven", "method": "dkim", "domain": "poczta.example", "by": "mx.lampa.example"},
        ),
    ],
)
def test_a_message_tells_how_far_its_sender_is_proved(ours: Client, one: Conversation, kept: Any, told: Any):
    Message.objects.filter(conversation=one).update(authentication=kept)

    row = ours.get(f"/api/v1/conversations/{one.number}/messages").json()["items"][-1]

    assert (row["sender"], row["delivery_details"]) == (told, None)


def test_a_conversation_tells_who_took_it_for_spam_and_why(ours: Client, world: World, box: Inbox):
    by_filter, by_agent, never = (
        mail(box, text, sender=f"{text}@spam.example").conversation for text in ("filtr", "agent", "nigdy")
    )
    quarantine(by_filter, chance=0.97, words=["okazja", "kredyt"])
    mark_spam(by_agent, by=world.piotr)

    def spam(thread: Conversation) -> Any:
        return ours.get(f"/api/v1/conversations/{thread.number}").json()["spam"]

    assert (spam(by_filter)["verdict"], spam(by_filter)["by"]) == ("spam", "filter")
    assert (spam(by_filter)["chance"], spam(by_filter)["words"]) == (0.97, ["okazja", "kredyt"])
    assert (spam(by_agent)["by"], spam(by_agent)["name"]) == ("agent", world.piotr.name)
    assert spam(never) is None
    not_spam(by_filter, by=world.piotr)
    assert spam(by_filter)["verdict"] == "cleared"


def test_to_where_nobody_is_a_program_writes_only_when_it_is_meant(ours: Client, world: World, box: Inbox):
    thread = mail(box, "Gdzie paczka?", sender="anna@poczta.example").conversation
    mark_bounced(world.shop.pk, kind="email", value="anna@poczta.example")

    for body in ({"text": "Jutro."}, {"text": "Jutro.", "send_at": soon(hours=1)}):
        answer = post(ours, replies(thread), body)
        assert (answer.status_code, answer["Content-Type"]) == (409, PROBLEM)
        assert (answer.json()["reason"], answer.json()["addresses"]) == ("nobody there", ["anna@poczta.example"])
    assert post(ours, replies(thread), {"text": "Jutro.", "anyway": True}).status_code == 201
    assert post(ours, replies(thread), {"text": "Jutro.", "anyway": True, "send_at": soon(hours=1)}).status_code == 202


def test_the_description_names_all_of_it(client: Client, db: None):
    described = client.get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]

    assert {"delivery_details", "sender", "scheduled_id"} <= set(schemas["MessageOut"]["properties"])
    assert {"send_at", "anyway"} <= set(schemas["Answer"]["properties"])
    assert set(schemas["SpamOut"]["properties"]) == {"verdict", "by", "name", "chance", "words", "blocked"}
    answers = described["paths"]["/api/v1/conversations/{number}/replies"]["post"]["responses"]
    assert {"201", "202", "default"} <= set(answers)
    assert "delete" in described["paths"]["/api/v1/conversations/{number}/scheduled/{scheduled_id}"]
