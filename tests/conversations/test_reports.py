"""What comes back about a message: it turns red, marks an address where nobody is, and opens what was waiting for it."""

from typing import Any

import pytest

from opieka.channels.actions import connect, keep
from opieka.channels.base import Hook, Inbound, Report
from opieka.channels.email import Email
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Delivery, Message, Status
from opieka.customers.actions import recognise
from opieka.customers.models import Identity
from opieka.plumbing.jobs import drain
from opieka.surveys.actions import ask_if_settled
from opieka.surveys.models import Survey
from tests.world import World

ANNA = "anna@poczta.example"


@pytest.fixture
def inbox(world: World) -> Inbox:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    return connect(world.shop, "email", name="Poczta", cleaned=cleaned | {"address": "pomoc@lampa.example"})


@pytest.fixture
def one(inbox: Inbox) -> Conversation:
    return write(inbox, "Pytanie")


def write(inbox: Inbox, text: str, into: Conversation | None = None) -> Conversation:
    customer = recognise(inbox.organisation, kind="email", value=ANNA, name="Anna")
    inbound = Inbound(external_id=f"<{Message.objects.count()}@x>", sender=ANNA, text=text)
    return actions.receive(inbox, inbound, customer=customer, conversation=into).conversation


def answer(world: World, one: Conversation, *, copies: tuple[str, ...] = ()) -> Message:
    said = actions.reply(one, "Odpowiedź", by=world.piotr, copies=list(copies))
    Delivery.objects.filter(message=said).update(state="accepted", external_id=f"<{said.pk}@lampa.example>")
    return said


def told(said: Message, state: str, **more: Any) -> bool:
    report = Report(external_id=f"<{said.pk}@lampa.example>", state=state, **{"recipient": ANNA, **more})
    return actions.note_report(report, inbox_id=said.inbox_id or 0)


def events(one: Conversation) -> list[str]:
    return [message.extra["verb"] for message in queries.thread(one) if message.kind == "event"]


def test_a_hard_bounce_marks_the_address_and_opens_the_conversation_again(world: World, one: Conversation):
    asked_at = queries.thread(one)[0].created_at
    said = answer(world, one)
    actions.resolve(one, by=world.piotr)

    told(said, "failed", reason="Nie ma takiej skrzynki.", no_such_address=True)
    told(said, "failed", reason="Nie ma takiej skrzynki.", no_such_address=True)

    one.refresh_from_db()
    assert (one.status, one.waiting_since, one.unread) == (Status.OPEN, asked_at, 1)
    assert events(one).count("came back") == 1
    assert queries.trouble_of(one) == "bounced"
    assert Delivery.objects.get(message=said).state == "failed"


def test_a_soft_failure_opens_it_and_marks_nobody(world: World, one: Conversation):
    told(answer(world, one), "failed", reason="Skrzynka jest pełna.")

    one.refresh_from_db()
    assert one.status == Status.OPEN
    assert queries.trouble_of(one) == ""


def test_an_earlier_answer_that_failed_opens_nothing_once_a_later_one_arrived(world: World, one: Conversation):
    first = answer(world, one)
    answer(world, one)

    told(first, "failed")

    one.refresh_from_db()
    assert one.status == Status.WAITING


def test_sent_again_we_wait_for_the_customer_again(world: World, one: Conversation):
    said = answer(world, one)
    told(said, "failed")

    actions.resend(said)

    one.refresh_from_db()
    assert (one.status, one.waiting_since) == (Status.WAITING, None)


def test_a_failed_copy_leaves_the_conversation_as_it_is(world: World, one: Conversation):
    said = answer(world, one, copies=("maz@poczta.example",))

    told(said, "failed", recipient="maz@poczta.example", no_such_address=True)

    one.refresh_from_db()
    assert one.status == Status.WAITING
    assert Delivery.objects.get(message=said).state == "accepted"


def test_a_report_marks_nobody_the_message_did_not_go_to(world: World, one: Conversation):
    other = recognise(world.shop, kind="email", value="ktos.inny@poczta.example")

    told(answer(world, one), "failed", recipient="ktos.inny@poczta.example", no_such_address=True)
    told(answer(world, one), "complained", recipient="ktos.inny@poczta.example")

    mark = Identity.objects.get(customer=other)
    assert (mark.bounced_at, mark.complained_at) == (None, None)


@pytest.mark.parametrize("way", ["writes", "delivered"])
def test_whoever_is_there_after_all_loses_the_mark(world: World, inbox: Inbox, one: Conversation, way: str):
    said = answer(world, one)
    told(said, "failed", no_such_address=True)

    if way == "writes":
        write(inbox, "Jestem, jestem.", one)
    else:
        told(answer(world, one), "delivered")

    assert queries.trouble_of(one) == ""


def test_a_complaint_is_told_proves_arrival_and_ends_automatic_mail(world: World, one: Conversation):
    said = answer(world, one)

    told(said, "complained")
    actions.resolve(one, by=world.piotr)
    ask_if_settled(one.pk)

    assert Delivery.objects.get(message=said).state == "delivered"
    assert "complained" in events(one)
    assert queries.trouble_of(one) == "complained"
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    ("state", "words"), [("failed", "wraca: nikogo tam nie ma"), ("complained", "zgłasza naszą pocztę jako spam")]
)
def test_the_composer_and_the_card_say_so_before_the_next_mail(
    world: World, one: Conversation, client: Any, state: str, words: str
):
    client.force_login(world.piotr.user)
    told(answer(world, one), state, no_such_address=True)

    page = client.get(f"/conversations/{one.number}/").content.decode()

    assert ANNA in page
    assert words in page


@pytest.mark.parametrize(
    ("was", "becomes"), [("uncertain", "accepted"), ("delivered", "delivered"), ("failed", "failed")]
)
def test_a_copy_in_the_sent_folder_settles_what_was_uncertain_and_nothing_else(
    world: World, inbox: Inbox, one: Conversation, was: str, becomes: str
):
    said = answer(world, one)
    own = channel_of(inbox).own_id("0" * 32, conversation=str(one.number))
    Delivery.objects.filter(message=said).update(state=was, external_id=own)
    copy = f"From: pomoc@lampa.example\r\nTo: {ANNA}\r\nMessage-ID: {own}\r\n\r\nOdpowiedź".encode()
    unknown = copy.replace(own.encode(), channel_of(inbox).own_id("1" * 32, conversation="99").encode())
    messages = Message.objects.count()

    for number, raw in enumerate((copy, unknown)):
        keep(inbox, Hook(body=raw), dedupe_key=f"copy-{number}")
    drain()

    assert Delivery.objects.get(message=said).state == becomes
    assert Message.objects.count() == messages
    assert set(Raw.objects.values_list("state", flat=True)) == {Raw.State.TAKEN_IN}


def test_a_server_that_knows_nobody_there_marks_the_address_at_once(world: World, one: Conversation):
    from opieka.channels.base import WontWork
    from opieka.conversations.actions.deliver import _refused

    said = answer(world, one)

    _refused(said.delivery, WontWork("Nie ma takiej skrzynki.", no_such_address=True))

    one.refresh_from_db()
    assert queries.trouble_of(one) == "bounced"
    assert one.status == Status.OPEN
