"""Spam: learnt from agents, put away and never lost, and never at the price of a customer or of a legal deadline."""

from itertools import count

import pytest
from django.utils import timezone

from opieka.accounts.models import Organisation
from opieka.assistant.models import Decision
from opieka.channels.actions import connect
from opieka.channels.base import Inbound
from opieka.channels.models import Inbox
from opieka.commerce.models import Order
from opieka.conversations import actions, lists
from opieka.conversations.actions import receive
from opieka.conversations.events import MessageReceived, ReplyWritten
from opieka.conversations.models import Conversation, Message, Status
from opieka.customers.actions import recognise
from opieka.flow import FLOW
from opieka.helpdesk.models import SpamFilter
from opieka.helpdesk.rules import may_quarantine
from opieka.helpdesk.spam import Letter, learn, suspicion_of, tokens
from opieka.plumbing.events import use_flow
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow
from tests.world import World, after, mail, mailbox_of

SPAM = [
    "Zarabiaj na kryptowalutach! Bonus bez depozytu czeka, kliknij http://zysk.example/start",
    "Kryptowaluty i szybki zysk. Odbierz bonus powitalny, kliknij http://zysk.example",
    "Twoj bonus w kasynie online czeka, szybki zysk gwarantowany, kliknij",
    "Inwestycja w kryptowaluty: gwarantowany zysk, bonus na start, kliknij teraz",
    "Kasyno online: bonus, kryptowaluty, szybki zysk. Kliknij http://zysk.example",
    "Gwarantowany zysk z kryptowalut, odbierz bonus, kliknij zanim przepadnie",
]
GOOD = [
    "Dzień dobry, kiedy dojdzie moja paczka z lampą? Numer zamówienia podałam w formularzu.",
    "Czy lampa stojąca będzie jeszcze dostępna w kolorze czarnym?",
    "Proszę o fakturę na firmę do zamówienia sprzed tygodnia.",
    "Paczka przyszła, ale żarówka nie pasuje do oprawki. Jaka powinna być?",
    "Dzień dobry, chciałabym zmienić adres dostawy zamówienia.",
    "Czy można odebrać zamówienie w paczkomacie? Dziękuję",
]
OFFER = "Odbierz bonus: kryptowaluty, kasyno online i gwarantowany szybki zysk. Kliknij http://zysk.example"


def letters(texts: list[str], sender: str) -> list[Letter]:
    return [Letter(sender=sender, text=text) for text in texts]


@pytest.fixture
def mailbox(world: World) -> Inbox:
    return mailbox_of(world.shop)


@pytest.fixture
def taught(world: World, mailbox: Inbox) -> Inbox:
    """The mailbox after agents have called six letters spam and answered six."""
    # What the assistant thinks of the lessons, and what becomes of the answers, is no matter here.
    use_flow({**FLOW, MessageReceived: [], ReplyWritten: []})
    try:
        for number, text in enumerate(SPAM):
            actions.mark_spam(mail(mailbox, text, sender=f"a{number}@zysk.example").conversation, by=world.piotr)
        for number, text in enumerate(GOOD):
            actions.reply(mail(mailbox, text, sender=f"klient{number}@x.pl").conversation, "Tak.", by=world.piotr)
        learnt()
    finally:
        use_flow(FLOW)
    return mailbox


_minutes = count(2, step=4)


def learnt() -> None:
    """The filter learns once a minute, so each time a later one."""
    now = next(_minutes)
    for minutes in (now, now + 2):
        with after(minutes=minutes):
            drain()


def status_of(message: Message) -> str:
    drain()
    return Conversation.objects.get(id=message.conversation_id).status


# --- the filter itself -------------------------------------------------------
def test_it_tells_spam_from_a_question_and_says_by_which_words():
    lessons = learn(letters(SPAM, "a@zysk.example"), letters(GOOD, "klient@x.pl"))
    assert lessons

    spam = suspicion_of(Letter(sender="nowy@reklama.example", text=OFFER), lessons)

    assert spam
    assert spam.chance >= 0.95
    assert {"bonus", "zysk"} <= set(spam.words)
    assert suspicion_of(Letter(sender="ewa@y.pl", text="Kiedy dojdzie paczka z lampą?"), lessons) is None


def test_what_it_has_never_seen_it_cannot_tell():
    lessons = learn(letters(SPAM, "a@zysk.example"), letters(GOOD, "klient@x.pl"))
    assert lessons

    assert suspicion_of(Letter(sender="", text=""), lessons) is None
    assert suspicion_of(Letter(sender="a@b.example", text="Guten Tag, haben Sie Stehlampen?"), lessons) is None


def test_a_word_of_both_sorts_tells_nothing():
    lessons = learn(letters(SPAM, "a@x.pl"), letters([*GOOD, *SPAM], "a@x.pl"))
    assert lessons

    assert suspicion_of(Letter(sender="a@x.pl", text="bonus zysk kliknij kryptowaluty"), lessons) is None


@pytest.mark.parametrize(("spam", "good"), [(4, 6), (6, 4), (0, 0)])
def test_too_few_lessons_teach_nothing(spam: int, good: int):
    assert learn(letters(SPAM[:spam], "a@x.pl"), letters(GOOD[:good], "b@x.pl")) is None


def test_polish_letters_left_out_are_no_disguise():
    assert tokens(Letter(sender="A@B.PL", text="Zarób, ŻÓŁĆ")) == {"zarob", "zolc", "from:b.pl"}


# --- what is done about it ---------------------------------------------------
def test_a_new_shop_has_no_filter_and_puts_nothing_away(world: World, mailbox: Inbox):
    assert status_of(mail(mailbox, OFFER)) == Status.OPEN
    assert not EventRow.objects.filter(name="StrangerWrote").exists()


def test_a_strangers_spam_is_kept_in_quarantine_with_the_words_and_nobody_is_answered(world: World, taught: Inbox):
    message = mail(taught, OFFER)

    assert status_of(message) == Status.SPAM
    card = Conversation.objects.get(id=message.conversation_id)
    assert card.quarantine
    assert card.quarantine["by"] == "filter"
    assert "bonus" in card.quarantine["words"]
    assert card.waiting_since is None
    assert not Message.objects.filter(conversation=card, author="assistant").exists()
    assert Decision.objects.get(about=message).outcome == "silent"
    assert card in lists.listed(world.piotr, "spam")
    assert card not in lists.listed(world.piotr, "team")


def test_a_newsletter_is_looked_at_too(taught: Inbox):
    assert status_of(mail(taught, OFFER, automatic=True)) == Status.SPAM


def test_a_question_of_a_stranger_stays(taught: Inbox):
    assert status_of(mail(taught, "Dzień dobry, czy lampa przyjdzie w paczce do piątku?")) == Status.OPEN


def test_nobody_whom_the_shop_knows_is_put_away(world: World, taught: Inbox):
    buyer = recognise(world.shop, kind="email", value="ola@x.pl")
    Order.objects.create(
        organisation=world.shop, number="Z-1", customer=buyer, state="paid", total_minor=1, placed_at=timezone.now()
    )
    asked = mail(taught, "Jakie są godziny otwarcia?", sender="jan@x.pl")
    drain()
    actions.resolve(asked.conversation, by=world.piotr)

    assert status_of(mail(taught, OFFER, sender="ola@x.pl")) == Status.OPEN
    assert status_of(mail(taught, OFFER, sender="jan@x.pl")) == Status.OPEN
    assert status_of(mail(taught, OFFER, sender="klient1@x.pl")) == Status.OPEN


@pytest.mark.parametrize("known", ["written_to", "has_orders", "resolved_before", "cleared_before"])
def test_one_thing_the_shop_has_had_to_do_with_them_is_enough(known: str):
    strangers = dict.fromkeys(["written_to", "has_orders", "resolved_before", "cleared_before"], False)

    assert may_quarantine(**strangers)
    assert not may_quarantine(**(strangers | {known: True}))


def test_what_may_have_a_legal_meaning_stays_in_the_inbox_with_a_remark(taught: Inbox):
    message = mail(taught, f"{OFFER} Odstępuję od umowy sprzedaży.")

    assert status_of(message) == Status.OPEN
    message.refresh_from_db()
    assert message.extra["legal"]["meaning"] == "withdrawal"
    assert message.extra["legal"]["chance"] >= 0.95
    assert "withdrawal" in Conversation.objects.get(id=message.conversation_id).tags


def test_a_legal_word_brings_back_what_the_filter_has_put_away(taught: Inbox):
    first = mail(taught, OFFER, external_id="<pierwszy@x>")
    assert status_of(first) == Status.SPAM

    second = mail(taught, "Składam reklamację: lampa nie działa.", thread=("<pierwszy@x>",))

    assert second.conversation_id == first.conversation_id
    assert status_of(second) == Status.OPEN
    assert Conversation.objects.get(id=first.conversation_id).waiting_since == first.created_at


def test_no_spam_teaches_and_its_sender_is_never_put_away_again(world: World, taught: Inbox):
    message = mail(taught, OFFER, sender="gazetka@x.pl")
    assert status_of(message) == Status.SPAM

    actions.not_spam(message.conversation, by=world.piotr)

    card = Conversation.objects.get(id=message.conversation_id)
    assert (card.status, card.waiting_since, card.speaker) == (Status.OPEN, message.created_at, "queue")
    assert status_of(mail(taught, OFFER, sender="gazetka@x.pl")) == Status.OPEN
    learnt()
    assert SpamFilter.objects.get().good == len(GOOD) + 1


def test_what_is_taken_back_was_no_lesson(world: World, taught: Inbox):
    actions.mark_spam(mail(taught, "Zapytanie o lampy", sender="b@y.pl").conversation, by=world.ola)
    learnt()
    before = SpamFilter.objects.get().spam

    actions.undo_last(world.ola)
    learnt()

    assert (before, SpamFilter.objects.get().spam) == (len(SPAM) + 1, len(SPAM))


def test_when_too_little_is_left_to_learn_from_the_filter_is_gone(world: World, taught: Inbox):
    for card in Conversation.objects.filter(status=Status.SPAM)[:2]:
        actions.not_spam(card, by=world.piotr)
    learnt()

    assert not SpamFilter.objects.exists()
    assert not Organisation.objects.get(id=world.shop.pk).sifts_mail


def test_one_shops_spam_teaches_no_other(world: World, taught: Inbox):
    theirs = mailbox_of(world.stranger_shop, address="pomoc@obcy.example")

    assert status_of(mail(theirs, OFFER)) == Status.OPEN


def test_a_chat_is_never_looked_through(world: World, taught: Inbox):
    chat = connect(world.shop, "webchat", name="Czat", cleaned={})
    chat.organisation.refresh_from_db()
    visitor = recognise(world.shop, kind="webchat", value="gosc")

    asked = receive(chat, Inbound(external_id="1", sender="gosc", text=OFFER), customer=visitor)

    assert status_of(asked) == Status.OPEN
    assert not EventRow.objects.filter(name="StrangerWrote", payload__message_id=asked.pk).exists()
