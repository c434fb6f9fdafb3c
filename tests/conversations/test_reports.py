"""What comes back about a message: it turns red, marks an address where nobody is, and opens what was waiting for it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from opieka.channels.actions import connect, keep
from opieka.channels.base import Hook, Inbound, Report
from opieka.channels.email import Email
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of
from opieka.conversations import actions, queries
from opieka.conversations.models import Conversation, Delivery, Message, Scheduled, Speaker, Status
from opieka.customers.actions import recognise
from opieka.customers.models import Identity
from opieka.insight.history import histories
from opieka.plumbing.jobs import drain
from opieka.surveys.actions import ask_if_settled
from opieka.surveys.models import Survey
from tests.world import World, after

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


def hard(said: Message, **more: Any) -> None:
    told(said, "failed", reason="550 5.1.1 Nie ma takiej skrzynki.", no_such_address=True, **more)
    drain()


def test_what_was_snoozed_until_the_answer_is_open_with_the_reason_and_the_clock_of_the_question(
    world: World, one: Conversation
):
    asked_at = queries.thread(one)[0].created_at
    said = answer(world, one)
    actions.snooze(one, until=timezone.now() + timedelta(days=3), by=world.piotr)

    hard(said)

    one.refresh_from_db()
    assert (one.status, one.snoozed_until, one.waiting_since, one.first_reply_at) == (
        Status.OPEN, None, asked_at, None,
    )  # fmt: skip
    line = next(line for line in queries.thread(one) if line.extra.get("verb") == "came back")
    assert (line.extra["address"], line.extra["why"]) == (ANNA, "550 5.1.1 Nie ma takiej skrzynki.")


def test_a_clock_that_began_anew_with_a_later_question_goes_back_to_the_first(
    world: World, inbox: Inbox, one: Conversation
):
    asked_at = queries.thread(one)[0].created_at
    said = answer(world, one)
    write(inbox, "Halo?", one)

    hard(said)

    one.refresh_from_db()
    assert (one.status, one.waiting_since) == (Status.OPEN, asked_at)
    assert events(one).count("came back") == 1


def test_an_answer_before_keeps_the_first_reply_and_the_clock_begins_after_it(
    world: World, inbox: Inbox, one: Conversation
):
    first = answer(world, one)
    write(inbox, "A kiedy?", one)
    second_asked_at = queries.thread(one)[-1].created_at
    said = answer(world, one)

    hard(said)
    one.refresh_from_db()
    assert (one.first_reply_at, one.waiting_since) == (first.created_at, second_asked_at)

    actions.resend(said)
    one.refresh_from_db()
    assert (one.status, one.waiting_since, one.first_reply_at) == (Status.WAITING, None, first.created_at)


def test_what_was_settled_on_an_answer_that_never_came_is_counted_as_settled_by_no_figure(
    world: World, one: Conversation
):
    said = answer(world, one)
    actions.resolve(one, by=world.piotr)
    assert [period.resolved is not None for period in next(histories([one.pk])).periods()] == [True]

    hard(said)

    assert [period.resolved for period in next(histories([one.pk])).periods()] == [None]


def test_the_assistants_answer_that_came_back_brings_a_person(world: World, one: Conversation):
    said = actions.say(one, "W ciągu dwóch dni.")
    Delivery.objects.filter(message=said).update(state="accepted", external_id=f"<{said.pk}@lampa.example>")

    hard(said)

    one.refresh_from_db()
    assert (one.status, one.speaker) == (Status.OPEN, Speaker.QUEUE)
    assert events(one)[-2:] == ["came back", "handed over"]


def test_replies_that_waited_to_be_sent_there_are_drafts_again_and_their_conversations_open(
    world: World, inbox: Inbox, one: Conversation
):
    other = write(inbox, "Druga sprawa")
    stranger = recognise(world.shop, kind="email", value="jan@poczta.example", name="Jan")
    third = actions.receive(
        inbox, Inbound(external_id="<t@x>", sender="jan@poczta.example", text="Trzecia"), customer=stranger
    ).conversation
    tomorrow = actions.Later(at=timezone.now() + timedelta(days=1))
    kept = [
        actions.schedule(thread, f"Nr {thread.number}", by=world.piotr, later=tomorrow) for thread in (other, third)
    ]
    actions.resolve(other, by=world.piotr)

    hard(answer(world, one))

    ends = [Scheduled.objects.get(pk=held.pk).end for held in kept if held]
    other.refresh_from_db()
    assert ends == ["failed", ""]
    assert (other.status, queries.draft_of(other, world.piotr)) == (Status.OPEN, f"Nr {other.number}")
    assert other.waiting_since == queries.thread(other)[0].created_at
    note = next(line for line in queries.thread(other) if line.kind == "note")
    assert f"pod adresem {ANNA} nikogo już nie ma" in note.text
    third.refresh_from_db()
    assert third.status == Status.OPEN


def test_a_reply_scheduled_in_the_knowledge_that_nobody_is_there_leaves(world: World, one: Conversation):
    hard(answer(world, one))
    with after(minutes=1):
        held = actions.schedule(
            one, "Mimo to.", by=world.piotr, later=actions.Later(at=timezone.now() + timedelta(hours=1))
        )
    assert held is not None
    with after(hours=2):
        drain()

    assert Scheduled.objects.get(pk=held.pk).end == "sent"


def test_a_survey_that_never_arrived_was_not_asked(world: World, inbox: Inbox, one: Conversation):
    answer(world, one)
    actions.resolve(one, by=world.piotr)
    ask_if_settled(one.pk)
    letter = Message.objects.get(extra__has_key="survey")
    Delivery.objects.filter(message=letter).update(state="accepted", external_id=f"<{letter.pk}@lampa.example>")
    assert len(next(histories([one.pk])).asked) == 1

    told(letter, "failed", reason="Skrzynka jest pełna.")
    one.refresh_from_db()
    assert (one.status, next(histories([one.pk])).asked) == (Status.RESOLVED, ())
    ask_if_settled(one.pk)
    assert Survey.objects.count() == 2


def _button(page: str) -> str:
    found = re.search(r'name="anyway" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_agent_is_asked_before_anything_more_is_sent_there(world: World, one: Conversation, client: Any):
    client.force_login(world.piotr.user)
    said = answer(world, one)
    hard(said)
    seen = {"text": "Jeszcze raz.", "seen": queries.thread(one)[-1].pk}
    where = f"/conversations/{one.number}/reply/"

    asked = client.post(where, seen)
    assert (asked.status_code, Delivery.objects.count()) == (409, 1)
    assert f"Poczta na adres {ANNA} wraca" in asked.content.decode()
    again = client.post(f"/messages/{said.pk}/resend/")
    assert (again.status_code, Delivery.objects.get().state) == (409, "failed")
    assert f'hx-post="/messages/{said.pk}/resend/"' in again.content.decode()

    assert client.post(f"/messages/{said.pk}/resend/", {"anyway": _button(again.content.decode())}).status_code == 200
    assert Delivery.objects.get().state == "queued"
    assert client.post(where, seen | {"anyway": _button(asked.content.decode())}).status_code == 200
    assert Delivery.objects.count() == 2


def test_a_copy_to_nobody_is_asked_about_and_a_scheduled_reply_too(
    world: World, inbox: Inbox, one: Conversation, client: Any
):
    client.force_login(world.piotr.user)
    recognise(world.shop, kind="email", value="maz@poczta.example")
    told(
        answer(world, one, copies=("maz@poczta.example",)),
        "failed",
        recipient="maz@poczta.example",
        no_such_address=True,
    )
    reply = {"text": "Kopia.", "seen": queries.thread(one)[-1].pk, "cc": ["maz@poczta.example"]}
    asked = client.post(f"/conversations/{one.number}/reply/", reply)
    assert asked.status_code == 409
    assert "maz@poczta.example wraca" in asked.content.decode()

    hard(answer(world, one))
    held = actions.schedule(
        one, "Później.", by=world.piotr, later=actions.Later(at=timezone.now() + timedelta(hours=1))
    )
    assert held is not None
    now = client.post(f"/scheduled/{held.pk}/send/")
    assert (now.status_code, Scheduled.objects.get(pk=held.pk).ended_at) == (409, None)
    assert client.post(f"/scheduled/{held.pk}/send/", {"anyway": _button(now.content.decode())}).status_code == 200
    assert Scheduled.objects.get(pk=held.pk).end == "sent"


def test_the_thread_says_why_it_is_open_again(world: World, one: Conversation, client: Any):
    client.force_login(world.piotr.user)
    hard(answer(world, one))

    page = client.get(f"/conversations/{one.number}/").content.decode()

    assert f"Odpowiedź nie dotarła na adres <b>{ANNA}</b>, więc rozmowa jest znów otwarta. 550 5.1.1" in page
