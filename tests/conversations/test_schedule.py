"""Send later: a reply leaves at its moment, unless the customer writes meanwhile; nothing of it is ever lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opieka.channels.base import File, Inbound
from opieka.channels.console import Console
from opieka.conversations import actions, queries
from opieka.conversations.models import Attachment, Conversation, Kind, Message, Scheduled, Status
from opieka.plumbing.jobs import drain
from tests.world import World, after


@pytest.fixture(autouse=True)
def nothing_sent() -> None:
    Console.sent.clear()


def plan(world: World, one: Conversation, text: str = "Dzień dobry, już wysłane.", **more: object) -> Scheduled:
    later = actions.Later(at=timezone.now() + timedelta(hours=2))
    kept = actions.schedule(one, text, by=world.piotr, later=later, **more)  # type: ignore[arg-type]
    assert kept
    return kept


def write(world: World, one: Conversation, text: str, *, automatic: bool = False) -> Message:
    inbound = Inbound(external_id=f"more-{Message.objects.count()}", sender="anna", text=text, automatic=automatic)
    return actions.receive(world.inbox, inbound, customer=world.anna, conversation=one)


def sent() -> list[str]:
    return [outbound.text for outbound in Console.sent]


def test_a_scheduled_reply_leaves_at_its_moment_and_once(world: World):
    one = world.ask()
    kept = plan(world, one)

    drain()
    before = (sent(), [message.text for message in queries.public_thread(one)])
    with after(hours=2, minutes=1):
        drain()
        drain()

    one.refresh_from_db()
    kept.refresh_from_db()
    assert before == ([], ["Kiedy dojdzie moja paczka?"])
    assert sent() == ["Dzień dobry, już wysłane."]
    assert (one.status, kept.end) == (Status.WAITING, Scheduled.End.SENT)
    assert queries.scheduled_in(one) == []


def test_until_then_the_customer_still_waits_and_a_colleague_sees_it(world: World):
    one = world.ask()
    waits_since = one.waiting_since

    plan(world, one)

    one.refresh_from_db()
    assert (one.waiting_since, one.assignee, one.status) == (waits_since, world.piotr, Status.OPEN)
    assert [planned.text for planned in queries.scheduled_in(one)] == ["Dzień dobry, już wysłane."]


def test_a_customer_who_writes_meanwhile_holds_it_back(world: World):
    one = world.ask()
    actions.save_draft(one, "stary szkic", by=world.piotr)
    kept = plan(world, one)
    actions.save_draft(one, "nowy szkic", by=world.piotr)

    write(world, one, "Już nieaktualne!")
    shown = queries.scheduled_in(one)
    with after(hours=3):
        drain()

    kept.refresh_from_db()
    remark = Message.objects.get(conversation=one, kind=Kind.NOTE)
    assert (shown, sent()) == ([], [])
    assert kept.end == Scheduled.End.OVERTAKEN
    assert queries.draft_of(one, world.piotr) == "Dzień dobry, już wysłane.\n\nnowy szkic"
    assert "Dzień dobry, już wysłane." in remark.text
    assert "Piotr" in remark.text


def test_an_automatic_message_holds_nothing_back(world: World):
    one = world.ask()
    plan(world, one)

    write(world, one, "Jestem na urlopie.", automatic=True)
    with after(hours=3):
        drain()

    assert sent() == ["Dzień dobry, już wysłane."]


def test_send_now_does_not_wait_and_does_not_send_twice(world: World):
    one = world.ask()
    kept = plan(world, one)

    first = actions.send_scheduled_now(kept)
    second = actions.send_scheduled_now(kept)
    with after(hours=3):
        drain()

    assert first is not None
    assert second is None
    assert sent() == ["Dzień dobry, już wysłane."]


@pytest.mark.parametrize("way", ["cancel", "undo"])
def test_taken_back_it_is_a_draft_with_its_files(world: World, way: str):
    one = world.ask()
    file = actions.attach(None, File(name="a.txt", content=b"a", content_type="text/plain"), organisation_id=1)
    Attachment.objects.update(organisation_id=world.shop.pk)
    kept = plan(world, one, attachments=[file])
    held = queries.loose_attachments(world.piotr, [file.pk])

    taken = actions.cancel_scheduled(kept, by=world.piotr) if way == "cancel" else actions.undo_last(world.piotr)
    with after(hours=3):
        drain()

    assert taken
    assert (held, sent()) == ([], [])
    assert queries.draft_of(one, world.piotr) == "Dzień dobry, już wysłane."
    assert list(queries.files_of_draft(one, world.piotr)) == [file]
    assert queries.loose_attachments(world.piotr, [file.pk]) == [file]

    actions.reply(one, "Bez pliku.", by=world.piotr)

    assert list(queries.files_of_draft(one, world.piotr)) == []


def test_the_files_of_a_scheduled_reply_outlive_the_cleaning_and_go_with_it(world: World):
    one = world.ask()
    read = File(name="a.txt", content=b"a", content_type="text/plain")
    file = actions.attach(None, read, organisation_id=world.shop.pk)
    later = actions.Later(at=timezone.now() + timedelta(days=20))
    actions.schedule(one, "Za trzy tygodnie.", by=world.piotr, later=later, attachments=[file])

    with after(days=19):
        forgotten = actions.forget_loose_files()
    with after(days=20, minutes=1):
        drain()

    assert forgotten == 0
    assert [one.name for one in Console.sent[-1].files] == ["a.txt"]


def test_asked_twice_it_is_kept_once(world: World):
    one = world.ask()
    later = actions.Later(at=timezone.now() + timedelta(hours=1), token="t-1")

    first = actions.schedule(one, "Raz.", by=world.piotr, later=later)
    second = actions.schedule(one, "Raz.", by=world.piotr, later=later)

    assert first == second
    assert Scheduled.objects.count() == 1


def test_whoever_has_left_sends_nothing(world: World):
    one = world.ask()
    plan(world, one)
    world.piotr.left_at = timezone.now()
    world.piotr.save()

    with after(hours=3):
        drain()

    assert sent() == []
    assert "Dzień dobry" in Message.objects.get(conversation=one, kind=Kind.NOTE).text


def test_a_reply_that_could_not_be_sent_is_told_and_not_lost(world: World):
    from opieka.conversations.events import ReplyScheduled

    one = world.ask()
    kept = plan(world, one)
    event = ReplyScheduled(organisation_id=world.shop.pk, conversation_id=one.pk, scheduled_id=kept.pk)

    actions.give_back_scheduled(event)
    actions.give_back_scheduled(event)

    assert Message.objects.filter(conversation=one, kind=Kind.NOTE).count() == 1
    assert queries.draft_of(one, world.piotr) == "Dzień dobry, już wysłane."
