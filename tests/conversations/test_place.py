"""Which conversation a message joins, and that no stranger ever joins one."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opieka.channels.actions import connect, keep
from opieka.channels.base import Hook, Inbound
from opieka.channels.email import Email
from opieka.channels.models import Inbox, Raw
from opieka.conversations.actions import copies_for, place_of, receive, reply
from opieka.conversations.models import Conversation, Delivery, Message
from opieka.customers.actions import recognise
from opieka.plumbing.jobs import drain
from tests.world import World

_ids = count(1)


@pytest.fixture
def inbox(world: World) -> Inbox:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    return connect(world.shop, "email", name="Poczta", cleaned=cleaned | {"address": "pomoc@lampa.example"})


def letter(sender: str = "anna@poczta.example", **fields: Any) -> Inbound:
    given: dict[str, Any] = {"external_id": f"<{next(_ids)}@x>", "text": "Tekst", "subject": "Paczka"}
    return Inbound(sender=sender, **(given | fields))


def take(inbox: Inbox, inbound: Inbound) -> Message:
    """As take_in does with what a channel has read."""
    customer = recognise(inbox.organisation, kind="email", value=inbound.sender)
    place = place_of(inbox, inbound, customer)
    message = receive(inbox, inbound, customer=customer, conversation=place.conversation)
    message.extra = {**message.extra, "joined_by": place.by}
    message.save(update_fields=["extra"])
    return message


def answered(inbox: Inbox, world: World, message: Message, *, copies: list[str] | None = None) -> str:
    """The id of our answer."""
    written = reply(message.conversation, "Odpowiedź", by=world.piotr, copies=copies)
    Delivery.objects.filter(message=written).update(external_id=f"<odp.{written.pk}@lampa.example>")
    return f"<odp.{written.pk}@lampa.example>"


def test_an_answer_to_our_mail_joins_whatever_its_subject(inbox: Inbox, world: World):
    asked = take(inbox, letter())
    ours = answered(inbox, world, asked)

    joined = take(inbox, letter(thread=(ours,), subject="Zupełnie inny temat"))

    assert joined.conversation == asked.conversation


def test_an_answer_to_ones_own_mail_joins(inbox: Inbox):
    asked = take(inbox, letter(external_id="<moj@x>"))

    assert take(inbox, letter(thread=("<moj@x>",))).conversation == asked.conversation


def test_a_signed_mark_and_a_number_in_the_subject_join_for_those_who_take_part(inbox: Inbox):
    number = str(take(inbox, letter()).conversation.number)

    for fields in ({"proof": number}, {"hint": number}):
        assert take(inbox, letter(**fields)).conversation.number == int(number)
        stranger = take(inbox, letter("obcy@y.example", **fields))
        assert stranger.conversation.number != int(number)


def test_a_stranger_with_every_secret_of_the_thread_only_gets_a_hint_for_the_agent(inbox: Inbox, world: World):
    asked = take(inbox, letter(external_id="<tajny@x>"))
    ours = answered(inbox, world, asked)
    inbound = letter("obcy@y.example", thread=(ours, "<tajny@x>"), proof=str(asked.conversation.number))

    place = place_of(inbox, inbound, recognise(inbox.organisation, kind="email", value="obcy@y.example"))

    assert (place.conversation, place.maybe) == (None, asked.conversation.pk)


def test_whom_the_customer_copied_takes_part(inbox: Inbox, world: World):
    asked = take(inbox, letter(copies=("Mama@poczta.example",), recipients=("pomoc@lampa.example",)))
    ours = answered(inbox, world, asked)

    joined = take(inbox, letter("mama@poczta.example", thread=(ours,)))

    assert joined.conversation == asked.conversation
    assert take(inbox, letter("tata@poczta.example", thread=(ours,))).conversation != asked.conversation


def test_whom_an_agent_copied_takes_part(inbox: Inbox, world: World):
    asked = take(inbox, letter())
    ours = answered(inbox, world, asked, copies=["serwis@fabryka.example"])

    assert take(inbox, letter("serwis@fabryka.example", thread=(ours,))).conversation == asked.conversation


def test_who_came_in_by_a_guessed_number_brings_nobody_along(inbox: Inbox):
    asked = take(inbox, letter())
    forged = letter(hint=str(asked.conversation.number), copies=("zlodziej@y.example",))

    assert take(inbox, forged).conversation == asked.conversation

    assert "zlodziej@y.example" not in copies_for(asked.conversation)
    thief = take(inbox, letter("zlodziej@y.example", hint=str(asked.conversation.number)))
    assert thief.conversation != asked.conversation


def test_the_same_subject_is_only_suggested(inbox: Inbox):
    asked = take(inbox, letter())
    again = letter(subject="Odp: PACZKA")

    place = place_of(inbox, again, asked.conversation.customer)

    assert (place.conversation, place.maybe) == (None, asked.conversation.pk)


def test_ids_of_another_shop_mean_nothing_here(inbox: Inbox, world: World):
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    theirs = connect(world.stranger_shop, "email", name="Obca", cleaned=cleaned | {"address": "x@obcy.example"})
    foreign = take(theirs, letter(external_id="<obcy@x>"))

    ours = take(inbox, letter(thread=("<obcy@x>",), proof=str(foreign.conversation.number + 1)))

    assert ours.conversation.organisation_id == world.shop.pk


def test_an_answer_reaches_all_the_others_and_nobody_else(inbox: Inbox):
    asked = take(
        inbox,
        letter(
            recipients=("pomoc@lampa.example", "Jan@firma.example"),
            copies=("pomoc+c1.abc@lampa.example", "ANNA@poczta.example", "ksiegowa@firma.example", "jan@firma.example"),
        ),
    )

    assert copies_for(asked.conversation) == ["jan@firma.example", "ksiegowa@firma.example"]


addresses = st.sampled_from(
    ["anna@a.example", "Jan@b.example", "jan@b.example", "pomoc@lampa.example", "ola@c.example"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(addresses, max_size=4), st.lists(addresses, max_size=4))
def test_copies_are_the_others_of_the_mail_less_ourselves(inbox: Inbox, to: list[str], cc: list[str]):
    asked = take(inbox, letter("anna@a.example", recipients=tuple(to), copies=tuple(cc)))

    wanted = {one.lower() for one in (*to, *cc)} - {"anna@a.example", "pomoc@lampa.example"}
    found = copies_for(asked.conversation)
    assert {one.lower() for one in found} == wanted
    assert len(found) == len(wanted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 6), st.booleans()), min_size=3, max_size=14))
def test_however_threads_are_tangled_no_two_people_meet(inbox: Inbox, steps: list[tuple[str, int, bool]]):
    written: list[Message] = []
    for who, which, by_number in steps:
        pointed = written[which % len(written)] if written else None
        fields: dict[str, Any] = {}
        if pointed and by_number:
            fields = {"hint": str(pointed.conversation.number), "proof": str(pointed.conversation.number)}
        elif pointed:
            fields = {"thread": (str(pointed.external_id),)}
        written.append(take(inbox, letter(f"{who}@poczta.example", **fields)))

    for conversation in Conversation.objects.filter(inbox=inbox):
        senders = Message.objects.filter(conversation=conversation).values_list("recipients__from", flat=True)
        assert len(set(senders)) == 1


def test_a_mail_that_nobody_can_read_waits_for_a_person_and_the_next_is_taken(world: World):
    unreadable = Hook(body=b"to nie jest JSON")
    keep(world.inbox, unreadable, dedupe_key="zla")
    keep(world.inbox, Hook(body=b'{"id": "1", "from": "anna", "text": "Dobra"}'), dedupe_key="dobra")

    drain()

    assert [raw.state for raw in Raw.objects.order_by("id")] == ["unclear", "taken in"]
    assert Message.objects.filter(text="Dobra").count() == 1


def test_a_report_about_an_unknown_message_waits_for_a_person(inbox: Inbox):
    raw, _ = keep(inbox, Hook(body=REPORT, content_type="message/rfc822"), dedupe_key="raport")

    drain()

    raw.refresh_from_db()
    assert raw.state == Raw.State.UNCLEAR
    assert Message.objects.count() == 0


REPORT = b"""From: mailer-daemon@x.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Zwrot
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; x

Final-Recipient: rfc822; a@b.example
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

Message-ID: <nie.nasze@x.example>

--b--
"""
