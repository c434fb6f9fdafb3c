"""Merging two conversations and separating them again: nothing is lost, nobody reads what was not written to them."""

import threading
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from opieka.channels.actions import connect
from opieka.channels.base import Inbound
from opieka.channels.email import Email
from opieka.channels.models import Inbox
from opieka.conversations import actions, lists, queries
from opieka.conversations.actions.deliver import outbound_of
from opieka.conversations.actions.merge import CannotMerge
from opieka.conversations.lists import Listing
from opieka.conversations.merging import Refusal, merged_card
from opieka.conversations.models import Conversation, Delivery, Message, Status
from opieka.customers.actions import recognise
from opieka.plumbing.models import EventRow
from tests.conversations.test_place import answered, letter, take
from tests.conversations.test_undo import card
from tests.world import World, after


@pytest.fixture
def post(world: World) -> Inbox:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    return connect(world.shop, "email", name="Poczta", cleaned=cleaned | {"address": "pomoc@lampa.example"})


def wrote(post: Inbox, sender: str, text: str = "Gdzie paczka?", **fields: Any) -> Conversation:
    return take(post, letter(sender, text=text, **fields)).conversation


def texts(conversation: Conversation) -> list[str]:
    return [one.text for one in queries.thread(conversation) if one.kind == "reply"]


def unmoved(conversation: Conversation) -> dict[str, Any]:
    """The card without what grows with every change."""
    return card(conversation)


# --- one thread --------------------------------------------------------------
def test_the_messages_of_both_stand_in_one_thread_by_time(world: World):
    first = world.ask("Pierwsze")
    with after(minutes=5):
        second = world.ask("Drugie", external_id="d")
    with after(minutes=9):
        actions.reply(first, "Odpowiedź na pierwsze", by=world.piotr)

    actions.merge(first, into=second, by=world.ola)

    assert texts(second) == ["Pierwsze", "Drugie", "Odpowiedź na pierwsze"]


def test_the_number_of_the_other_leads_to_the_one_that_stays_and_the_list_shows_one(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")

    actions.merge(first, into=second, by=world.ola)

    assert queries.shown(world.piotr, first.number) == second
    assert [row.pk for row in lists.listed(world.piotr, "all")] == [second.pk]
    assert [row.pk for row in lists.page(world.piotr, Listing(view="all", search=f"#{first.number}")).rows] == [
        second.pk
    ]
    assert [row.pk for row in lists.page(world.piotr, Listing(view="all", search="Pierwsze")).rows] == [second.pk]
    assert lists.counts(world.piotr)["team"] == 1


def test_the_clock_that_began_first_goes_on_and_the_owner_stays(world: World):
    with after(hours=-3):
        first = world.ask("Pierwsze")
    second = world.ask("Drugie", external_id="d")
    actions.assign(first, by=world.ewa, to=world.ola)
    actions.change(first, by=world.ola, tags=["vip"])

    actions.merge(first, into=second, by=world.ola)

    first.refresh_from_db()
    second.refresh_from_db()
    assert second.waiting_since == first.waiting_since
    assert (second.assignee, second.tags, second.unread, second.status) == (world.ola, ["vip"], 2, Status.OPEN)


def test_the_rules_of_the_card():
    base: dict[str, Any] = dict.fromkeys(("snoozed_until", "resolved_at", "waiting_since", "assignee_id"))
    base |= {"team_id": 1, "asked_for_person_at": None, "person_joined_at": None, "first_reply_at": None, "topic": ""}
    base |= {"language": "", "tags": [], "unread": 0, "preview": "", "last_message_at": "2026-11-02", "resolved_by": ""}
    settled = base | {"status": "resolved", "speaker": "person", "resolved_at": "2026-11-02", "resolved_by": "agent"}
    snoozed = base | {"status": "snoozed", "speaker": "queue", "snoozed_until": "2026-12-01", "tags": ["vip"]}
    asked = base | {"status": "open", "speaker": "assistant", "waiting_since": "2026-11-01", "topic": "returns"}

    assert merged_card(settled, snoozed)["snoozed_until"] == "2026-12-01"
    assert merged_card(settled, settled)["resolved_by"] == "agent"
    assert merged_card(settled, asked)["status"] == "open"
    assert merged_card(settled, asked)["resolved_at"] is None
    assert merged_card(snoozed, asked)["snoozed_until"] is None
    assert merged_card(snoozed, asked)["tags"] == ["vip"]
    assert merged_card(asked, asked)["speaker"] == "queue"
    assert merged_card(settled, asked)["topic"] == "returns"


def test_what_is_in_quarantine_is_not_merged_with_anything(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    actions.mark_spam(first, by=world.piotr)

    first.refresh_from_db()
    assert actions.why_not_merge(first, second) == actions.why_not_merge(second, first) == Refusal.QUARANTINE


def test_what_was_being_typed_in_the_other_goes_along(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    actions.save_draft(first, "Zaczęte w pierwszej", by=world.piotr)
    actions.save_draft(second, "Zaczęte w drugiej", by=world.piotr)

    actions.merge(first, into=second, by=world.ola)

    assert queries.draft_of(second, world.piotr) == "Zaczęte w drugiej\n\nZaczęte w pierwszej"


def test_the_thread_says_who_merged_what_and_both_pages_hear_of_it(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")

    actions.merge(first, into=second, by=world.ola)

    line = queries.thread(second)[-1]
    heard = EventRow.objects.filter(name="ConversationMerged").get()
    assert (line.extra["verb"], line.extra["number"], line.member) == ("merged", first.number, world.ola)
    assert {f"conversation:{first.pk}", f"conversation:{second.pk}", "inbox"} == set(heard.topics)


# --- what is refused ---------------------------------------------------------
def refused(source: Conversation, into: Conversation, world: World, **how: bool) -> str:
    with pytest.raises(CannotMerge) as error:
        actions.merge(source, into=into, by=world.ola, **how)
    return str(error.value)


def test_different_customers_are_merged_only_where_that_is_said(world: World, post: Inbox):
    anna, jan = wrote(post, "anna@a.example"), wrote(post, "jan@b.example")

    assert refused(jan, anna, world) == Refusal.STRANGERS
    assert actions.merge(jan, into=anna, by=world.ola, strangers=True)


def test_neither_itself_nor_what_is_merged_nor_another_shops(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    inbox = connect(world.stranger_shop, "console", name="Obca", cleaned={"greeting": ""})
    somebody = recognise(world.stranger_shop, kind="console", value="x")
    foreign = actions.receive(inbox, Inbound(sender="x", text="?", external_id="f"), customer=somebody).conversation

    assert refused(first, first, world) == Refusal.ITSELF
    assert refused(first, foreign, world, strangers=True) == Refusal.ELSEWHERE
    actions.merge(first, into=second, by=world.ola)
    assert refused(first, second, world) == Refusal.MERGED
    assert refused(second, first, world) == Refusal.MERGED


def test_a_chat_that_goes_on_is_the_one_that_stays(world: World, post: Inbox):
    chat = connect(world.shop, "webchat", name="Czat", cleaned={"greeting": "", "origins": [], "shortcuts": []})
    visitor = recognise(world.shop, kind="webchat", value="v1")
    talk = actions.receive(chat, Inbound(sender="v1", text="Hej", external_id="c1"), customer=visitor).conversation
    mail = wrote(post, "anna@a.example")

    assert refused(talk, mail, world, strangers=True) == Refusal.LIVE_CHAT
    assert actions.merge(mail, into=talk, by=world.ola, strangers=True)
    assert [one.text for one in queries.public_thread(talk)] == ["Hej"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_both_ways_at_once_one_wins_and_the_other_is_told(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    start, outcomes = threading.Barrier(2), []

    def join(source: Conversation, into: Conversation) -> None:
        try:
            start.wait(timeout=20)
            actions.merge(source, into=into, by=world.ola)
            outcomes.append("merged")
        except CannotMerge as why:
            outcomes.append(str(why))
        finally:
            connection.close()

    both = [threading.Thread(target=join, args=pair) for pair in ((first, second), (second, first))]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=30)
    close_old_connections()

    assert sorted(outcomes) == ["merged", Refusal.MERGED]
    assert Conversation.objects.filter(status=Status.MERGED).count() == 1


# --- mail --------------------------------------------------------------------
def test_mail_for_the_old_one_joins_the_one_that_stays(world: World, post: Inbox):
    first, second = wrote(post, "anna@a.example", external_id="<1@a>"), wrote(post, "anna@a.example", subject="Zwrot")
    ours = answered(post, world, Message.objects.get(conversation=first))
    actions.merge(first, into=second, by=world.ola)

    for fields in (
        {"thread": (ours,)},
        {"thread": ("<1@a>",)},
        {"proof": str(first.number)},
        {"hint": str(first.number)},
    ):
        came = take(post, letter("anna@a.example", text="Nadal czekam", **fields))
        assert came.conversation.standing_id == second.pk
    second.refresh_from_db()
    assert (second.status, texts(second).count("Nadal czekam")) == (Status.OPEN, 4)


def test_an_answer_goes_to_whoever_wrote_the_message_and_shows_nothing_of_the_other(world: World, post: Inbox):
    anna = wrote(post, "anna@a.example", "Moje hasło to 1234", external_id="<1@a>", copies=("corka@a.example",))
    jan = wrote(post, "jan@b.example", "Gdzie zwrot?", external_id="<1@b>", subject="Zwrot")
    actions.merge(jan, into=anna, by=world.ola, strangers=True)

    to_jan = actions.reply(jan, "Zwrot jutro.", by=world.ola).delivery
    to_anna = actions.reply(anna, "Hasło zmienione.", by=world.ola).delivery

    letters = [outbound_of(Delivery.objects.get(id=one.pk)) for one in (to_jan, to_anna)]
    assert [(one.recipient, one.copies) for one in letters] == [
        ("jan@b.example", ()),
        ("anna@a.example", ("corka@a.example",)),
    ]
    assert "1234" not in letters[0].quoted
    assert (letters[0].references, letters[0].subject) == (("<1@b>",), "Zwrot")
    assert letters[0].conversation == str(jan.number)
    assert texts(anna)[-2:] == ["Zwrot jutro.", "Hasło zmienione."]


def test_a_stranger_does_not_come_into_the_others_conversation_by_its_number(world: World, post: Inbox):
    anna, jan = wrote(post, "anna@a.example", external_id="<1@a>"), wrote(post, "jan@b.example", external_id="<1@b>")
    actions.merge(jan, into=anna, by=world.ola, strangers=True)

    came = take(post, letter("jan@b.example", thread=("<1@a>",), proof=str(anna.number)))

    assert came.conversation.standing_id not in {anna.pk, jan.pk}
    assert "anna@a.example" not in actions.copies_for(jan)


def test_an_address_left_by_one_customer_is_not_where_the_other_is_answered(world: World, post: Inbox):
    anna, jan = wrote(post, "anna@a.example"), world.ask("Pytanie")
    actions.leave_contact(jan, "jan@b.example")
    actions.resolve(jan, by=world.ola)
    actions.merge(jan, into=anna, by=world.ola, strangers=True)

    assert queries.contact_of(anna) == "anna@a.example"


# --- back again --------------------------------------------------------------
def test_separating_gives_both_back_as_they_were(world: World, post: Inbox):
    with after(hours=-2):
        first = wrote(post, "anna@a.example", "Pierwsze")
        actions.reply(first, "Odpowiedź", by=world.piotr)
    second = wrote(post, "anna@a.example", "Drugie", subject="Inne")
    actions.change(second, by=world.ola, tags=["vip"])
    before, threads = [unmoved(one) for one in (first, second)], [texts(one) for one in (first, second)]
    actions.merge(first, into=second, by=world.ola)

    assert actions.separate(first, by=world.piotr)

    assert [unmoved(one) for one in (first, second)] == before
    assert [texts(one) for one in (first, second)] == threads
    assert actions.separate(first, by=world.piotr) is False


def test_undo_takes_a_merge_back_and_the_merge_after_it_again(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    before = [unmoved(one) for one in (first, second)]
    actions.merge(first, into=second, by=world.ola)

    assert actions.undo_last(world.ola).verb == "merge"

    assert [unmoved(one) for one in (first, second)] == before
    actions.merge(first, into=second, by=world.ola)
    actions.separate(first, by=world.ola)
    assert actions.undo_last(world.ola).verb == "unmerge"
    assert queries.shown(world.ola, first.number) == second


def test_what_came_since_goes_where_it_belongs(world: World, post: Inbox):
    first = wrote(post, "anna@a.example", external_id="<1@a>")
    actions.reply(first, "Wysłane", by=world.piotr)
    second = wrote(post, "anna@a.example", external_id="<2@a>", subject="Zwrot")
    actions.reply(second, "Zwrot jutro", by=world.piotr)
    actions.merge(first, into=second, by=world.ola)
    with after(minutes=1):
        take(post, letter("anna@a.example", text="Nie doszło", thread=("<1@a>",)))
        actions.note(second, "Sprawdzam", by=world.ola)
        actions.change(second, by=world.ola, tags=["vip"])

    with after(minutes=2):
        actions.separate(first, by=world.ola)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (texts(first)[-1], first.status, first.preview, first.unread) == (
        "Nie doszło",
        Status.OPEN,
        "Nie doszło",
        1 + 1,
    )
    assert (second.status, second.waiting_since, second.preview) == (Status.WAITING, None, "Zwrot jutro")
    assert second.tags == ["vip"]
    assert [one.text for one in queries.said_in(second).filter(kind="note")] == ["Sprawdzam"]


def test_a_matter_settled_together_stays_settled_where_it_was_settled(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    actions.merge(first, into=second, by=world.ola)
    actions.resolve(second, by=world.ola)

    actions.separate(first, by=world.ola)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.OPEN, Status.RESOLVED)


def test_a_chain_comes_apart_in_any_order(world: World):
    one, two, three = (world.ask(name, external_id=name) for name in ("Raz", "Dwa", "Trzy"))
    before = [unmoved(each) for each in (one, two, three)]
    actions.merge(one, into=two, by=world.ola)
    actions.merge(two, into=three, by=world.ola)
    assert texts(three) == ["Raz", "Dwa", "Trzy"]

    with pytest.raises(CannotMerge) as why:
        actions.separate(one, by=world.ola)
    actions.separate(two, by=world.ola)
    together = texts(two)
    actions.separate(one, by=world.ola)

    assert (str(why.value), together) == (Refusal.SEPARATE, ["Raz", "Dwa"])
    assert [unmoved(each) for each in (one, two, three)] == before


def test_of_two_merged_into_one_the_first_can_be_separated_first(world: World):
    with after(hours=-2):
        one = world.ask("Raz", external_id="Raz")
    two, three = (world.ask(name, external_id=name) for name in ("Dwa", "Trzy"))
    actions.change(one, by=world.ola, tags=["vip"])
    actions.change(two, by=world.ola, tags=["pilne"])
    before = [unmoved(each) for each in (one, two, three)]
    actions.merge(one, into=three, by=world.ola)
    actions.merge(two, into=three, by=world.ola)

    actions.separate(one, by=world.ola)
    three.refresh_from_db()
    meanwhile = (three.tags, three.waiting_since, three.unread)
    actions.separate(two, by=world.ola)

    assert meanwhile == (["pilne"], two.waiting_since, 2)
    assert [unmoved(each) for each in (one, two, three)] == before


def test_an_act_on_the_other_is_not_taken_back_in_the_one_that_stays(world: World):
    first, second = world.ask("Pierwsze"), world.ask("Drugie", external_id="d")
    actions.assign(first, by=world.piotr, to=world.piotr)
    actions.merge(first, into=second, by=world.ola)

    assert actions.undo_last(world.piotr) is None
    second.refresh_from_db()
    assert (second.assignee, timezone.now() > second.created_at) == (world.piotr, True)
