"""A reply leaves once, in order, or says why it did not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from opieka.channels.base import File, Inbound
from opieka.channels.console import Console
from opieka.cli.check import LOOKS, NotRight
from opieka.conversations import actions, outbox
from opieka.conversations.events import ReplyWritten
from opieka.conversations.models import Attachment, Delivery, Message
from opieka.plumbing.jobs import Again, drain
from opieka.plumbing.models import JobRow
from tests.world import World, after

State = Delivery.State


@pytest.fixture(autouse=True)
def _nothing_sent_yet() -> None:
    Console.sent.clear()


def sent() -> list[str]:
    return [outbound.text for outbound in Console.sent]


def written(message: Message) -> ReplyWritten:
    return ReplyWritten(
        organisation_id=message.organisation_id,
        conversation_id=message.conversation_id,
        message_id=message.pk,
        author=message.author,
    )


def state_of(message: Message) -> tuple[str, str]:
    return Delivery.objects.values_list("state", "error").get(message=message)


@contextmanager
def once_it_was_looked_for(happens: Callable[[], object]) -> Iterator[None]:
    """Right after the first look at the outbox, something happens elsewhere."""
    left = [happens]

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if left and 'FROM "conversations_delivery"' in sql:
            left.pop()()
        return found

    with connection.execute_wrapper(look):
        yield


def try_until_it_gives_up() -> None:
    for _ in range(12):
        with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
            JobRow.objects.filter(state="ready").update(run_after=timezone.now())
            drain()


def test_a_reply_that_comes_due_while_it_is_looked_for_is_not_left_as_being_sent(world: World):
    message = actions.reply(world.ask(), "Jutro.", by=world.piotr)
    due = message.delivery.not_before

    with time_machine.travel(due - timedelta(seconds=1), tick=False) as clock:
        later = once_it_was_looked_for(lambda: clock.move_to(due + timedelta(seconds=1)))
        with later, pytest.raises(Again):
            actions.deliver(written(message))
    assert state_of(message)[0] == State.QUEUED

    actions.deliver(written(message))
    assert sent() == ["Jutro."]


def test_a_reply_that_a_person_sends_again_meanwhile_is_not_left_as_being_sent(world: World):
    message = actions.reply(world.ask(), "Jutro.", by=world.piotr)
    Delivery.objects.update(state=State.FAILED)

    with once_it_was_looked_for(lambda: actions.resend(message)), pytest.raises(Again):
        actions.deliver(written(message))

    assert state_of(message)[0] == State.QUEUED


def test_a_reply_whose_file_is_lost_has_failed_and_names_the_file(world: World):
    conversation = world.ask()
    file = actions.attach(
        None, File(name="faktura.pdf", content=b"%PDF-", content_type="application/pdf"), organisation_id=world.shop.pk
    )
    Attachment.objects.update(file="attachments/00/gone")
    file.refresh_from_db()
    message = actions.reply(conversation, "W załączniku faktura.", by=world.piotr, attachments=[file])
    actions.reply(conversation, "Drugi list.", by=world.piotr)

    drain()

    state, error = state_of(message)
    assert state == State.FAILED
    assert "faktura.pdf" in error
    assert sent() == ["Drugi list."]


def test_a_reply_whose_job_gave_up_has_failed_and_can_be_sent_again(world: World):
    file = actions.attach(
        None, File(name="faktura.pdf", content=b"%PDF-", content_type="application/pdf"), organisation_id=world.shop.pk
    )
    kept = file.file
    # A folder is there but cannot be read as a file: an error nobody foresaw.
    Attachment.objects.update(file="attachments")
    file.refresh_from_db()
    message = actions.reply(world.ask(), "W załączniku faktura.", by=world.piotr, attachments=[file])
    try_until_it_gives_up()

    state, error = state_of(message)
    assert (state, bool(error)) == (State.FAILED, True)
    Attachment.objects.update(file=kept)
    actions.resend(message)
    drain()
    assert sent() == ["W załączniku faktura."]


def test_replies_of_one_conversation_leave_in_order(world: World):
    conversation = world.ask()
    first = actions.reply(conversation, "Pierwsza [later].", by=world.piotr)
    actions.reply(conversation, "Druga.", by=world.piotr)
    drain()
    assert sent() == []

    Message.objects.filter(id=first.pk).update(text="Pierwsza.")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        drain()

    assert sent() == ["Pierwsza.", "Druga."]


def test_a_reply_that_waits_for_its_server_holds_back_nothing_else_of_the_conversation(world: World):
    conversation = world.ask()
    actions.reply(conversation, "Za chwilę [later].", by=world.piotr)
    drain()

    again = Inbound(external_id="2", sender="anna", text="Halo?")
    actions.receive(world.inbox, again, customer=world.anna, conversation=conversation)
    drain()

    assert list(JobRow.objects.values_list("name", flat=True)) == ["opieka.conversations.actions.deliver.deliver"]


def test_replies_that_should_have_left_long_ago_are_counted(world: World):
    late = actions.reply(world.ask(), "Utknęło.", by=world.piotr)
    taken = actions.reply(world.ask(external_id="other"), "Wyszło.", by=world.piotr)
    Delivery.objects.filter(message=taken).update(state=State.ACCEPTED)

    at_once = list(outbox.overdue(older_than=timedelta(minutes=30)))
    with after(minutes=31):
        stuck = [one.message for one in outbox.overdue(older_than=timedelta(minutes=30))]
        check = LOOKS["outbox"]
        with pytest.raises(NotRight, match="1"):
            check()

    assert at_once == []
    assert stuck == [late]
