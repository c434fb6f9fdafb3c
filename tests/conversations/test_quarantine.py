"""Quarantine and blocking: nothing is dropped, nobody is answered, no clock runs, and everything can be taken back."""

from importlib import import_module

import pytest
from django.apps import apps

from opieka.channels.actions import keep
from opieka.channels.base import Hook
from opieka.channels.models import Inbox, Raw
from opieka.conversations import actions, lists
from opieka.conversations.actions.work import CannotDo
from opieka.conversations.models import Conversation, Delivery, Message, Speaker, Status
from opieka.customers.actions import CannotBlock, block, unblock
from opieka.customers.models import Block
from opieka.customers.rules import blocked_as
from opieka.insight.actions import count_new
from opieka.insight.models import Fact
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import AuditEntry
from tests.world import World, after, mail, mailbox_of

SPAMMER = "oferta@spam.example"


@pytest.fixture
def mailbox(world: World) -> Inbox:
    return mailbox_of(world.shop)


def card(message: Message) -> Conversation:
    drain()
    return Conversation.objects.get(id=message.conversation_id)


def test_what_is_in_quarantine_can_be_neither_resolved_nor_snoozed_nor_handed_over(world: World):
    one = world.ask()
    actions.mark_spam(one, by=world.piotr)

    assert not actions.resolve(one, by=world.piotr)
    assert not actions.reopen(one, by=world.piotr)
    assert not actions.ask_for_person(one)
    with pytest.raises(CannotDo):
        actions.snooze(one, until=one.created_at, by=world.piotr)
    one.refresh_from_db()
    assert (one.status, one.waiting_since, one.speaker) == (Status.SPAM, None, Speaker.ASSISTANT)


def test_an_agent_may_answer_from_quarantine_which_takes_it_out(world: World):
    one = world.ask()
    actions.mark_spam(one, by=world.piotr)

    actions.reply(one, "Dziękujemy, nie.", by=world.piotr)

    one.refresh_from_db()
    assert (one.status, one.quarantine) == (Status.WAITING, {"cleared": True})


def test_no_spam_waits_since_the_first_message_that_nobody_answered(world: World, mailbox: Inbox):
    with after(hours=-30):
        answered = mail(mailbox, "Pierwsze", sender="a@x.pl", external_id="<1@x>")
        actions.reply(answered.conversation, "Odpowiedź", by=world.piotr)
    with after(hours=-20):
        second = mail(mailbox, "Drugie", sender="a@x.pl", thread=("<1@x>",))
    actions.mark_spam(answered.conversation, by=world.ola)
    mail(mailbox, "Trzecie", sender="a@x.pl", thread=("<1@x>",))

    actions.not_spam(answered.conversation, by=world.ola)

    back = card(answered)
    assert (back.status, back.waiting_since, back.speaker) == (Status.OPEN, second.created_at, Speaker.PERSON)
    assert back.unread >= 1


def test_taking_it_out_can_be_taken_back(world: World):
    one = world.ask()
    actions.mark_spam(one, by=world.piotr)
    one.refresh_from_db()
    before = (one.status, one.quarantine, one.waiting_since, one.speaker)

    actions.not_spam(one, by=world.piotr)
    undone = actions.undo_last(world.piotr)

    one.refresh_from_db()
    assert undone
    assert (one.status, one.quarantine, one.waiting_since, one.speaker) == before


def test_spam_is_counted_in_no_figure_until_it_is_found_to_be_none(world: World):
    one = world.ask()
    actions.mark_spam(one, by=world.piotr)
    count_new(world.shop)
    before = Fact.objects.filter(conversation_id=one.pk).count()

    actions.not_spam(one, by=world.piotr)
    count_new(world.shop)

    assert (before, Fact.objects.filter(conversation_id=one.pk).count() > 0) == (0, True)


def test_an_upgrade_puts_away_what_was_tagged_as_spam(world: World):
    old, other = world.ask(external_id="a"), world.ask(external_id="b")
    Conversation.objects.filter(id=old.pk).update(status=Status.RESOLVED, tags=["vip", "spam"])
    Conversation.objects.filter(id=other.pk).update(status=Status.RESOLVED, tags=["antyspam"])

    import_module("opieka.conversations.migrations.0006_quarantine").put_away_what_was_tagged(apps, None)

    kept = dict(Conversation.objects.values_list("id", "status"))
    old.refresh_from_db()
    assert kept == {old.pk: Status.SPAM, other.pk: Status.RESOLVED}
    assert (old.tags, old.quarantine) == (["vip"], {"by": "agent"})


# --- blocking ----------------------------------------------------------------
def test_a_blocked_senders_mail_is_kept_seen_and_never_answered(world: World, mailbox: Inbox):
    first = mail(mailbox, "Kiedy dojdzie paczka?", sender=SPAMMER)
    actions.block_sender(first.conversation, by=world.piotr)

    later = card(mail(mailbox, "Kiedy dojdzie moja paczka?", sender=SPAMMER.upper()))

    assert card(first).quarantine == {"by": "block", "name": "Piotr Testowa", "value": SPAMMER}
    assert (later.status, later.waiting_since, later.quarantine) == (
        Status.SPAM,
        None,
        {"by": "block", "value": SPAMMER},
    )
    assert later in lists.listed(world.piotr, "spam")
    assert not Delivery.objects.exists()


def test_a_mail_of_a_blocked_domain_is_taken_in_like_any_other_and_kept_whole(world: World, mailbox: Inbox):
    block(world.piotr, kind="email", value="@spam.example")
    raw = f"From: Oferta <{SPAMMER}>\r\nTo: pomoc@lampa.example\r\nSubject: Zysk\r\n\r\nKliknij teraz"

    kept, _is_new = keep(mailbox, Hook(body=raw.encode()), dedupe_key="1")
    drain()

    kept.refresh_from_db()
    message = Message.objects.get(inbox=mailbox)
    assert (kept.state, message.text, message.raw) == (Raw.State.TAKEN_IN, "Kliknij teraz", kept)
    assert card(message).quarantine == {"by": "block", "value": "@spam.example"}


def test_a_blocked_sender_stays_out_of_what_is_going_on(world: World, mailbox: Inbox):
    """Also where the customer's other conversation is open: the new mail is kept beside it, with a link."""
    open_one = mail(mailbox, "Reklamuję lampę", sender=SPAMMER, external_id="<1@x>")
    block(world.piotr, kind="email", value=SPAMMER)

    message = mail(mailbox, "Dopisek", sender=SPAMMER, thread=("<1@x>",))
    again = mail(mailbox, "Jeszcze jeden", sender=SPAMMER, thread=(str(message.external_id),))

    assert card(open_one).status == Status.OPEN
    assert message.conversation_id != open_one.conversation_id
    assert again.conversation_id == message.conversation_id
    assert card(message).status == Status.SPAM


def test_legal_meaning_is_looked_for_in_what_a_blocked_sender_writes(world: World, mailbox: Inbox):
    block(world.piotr, kind="email", value=SPAMMER)

    message = mail(mailbox, "Odstępuję od umowy sprzedaży.", sender=SPAMMER)

    found = card(message)
    message.refresh_from_db()
    assert (found.status, found.tags) == (Status.SPAM, ["withdrawal"])
    assert message.extra["legal"] == {"meaning": "withdrawal"}


def test_a_domain_holds_everybody_below_it_and_nobody_beside_it(world: World, mailbox: Inbox):
    actions.block_sender(mail(mailbox, "x", sender=SPAMMER).conversation, by=world.piotr, whole_domain=True)

    states = [
        card(mail(mailbox, "x", sender=sender)).status
        for sender in ("b@spam.example", "b@poczta.spam.example", "b@niespam.example", "b@example")
    ]

    assert states == [Status.SPAM, Status.SPAM, Status.OPEN, Status.OPEN]
    assert blocked_as("email", "A@b.c.pl") == ["a@b.c.pl", "@b.c.pl", "@c.pl"]


def test_undo_takes_the_block_back_too(world: World, mailbox: Inbox):
    message = mail(mailbox, "Kiedy dojdzie paczka?", sender=SPAMMER)
    actions.block_sender(message.conversation, by=world.piotr)

    undone = actions.undo_last(world.piotr)

    assert undone
    assert undone.verb == "block"
    back = card(message)
    assert (back.status, back.waiting_since, back.quarantine) == (Status.OPEN, message.created_at, None)
    assert not Block.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))[-2:] == [
        "blocked sender",
        "unblocked sender",
    ]


def test_unblocked_mail_comes_in_again(world: World, mailbox: Inbox):
    kept = block(world.piotr, kind="email", value=SPAMMER)
    assert block(world.ola, kind="email", value=f" {SPAMMER} ") == kept

    assert unblock(kept.pk, by=world.ola)
    assert not unblock(kept.pk, by=world.ola)

    assert card(mail(mailbox, "Dzień dobry", sender=SPAMMER)).status == Status.OPEN


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("@gmail.com", "everybody"),
        ("@wp.pl", "everybody"),
        ("@pl", "nobody"),
        ("", "nobody"),
        ("pomoc@lampa.example", "ours"),
        ("@lampa.example", "ours"),
    ],
)
def test_nobody_blocks_the_country_or_the_shop(world: World, mailbox: Inbox, value: str, why: str):
    with pytest.raises(CannotBlock) as refusal:
        block(world.piotr, kind="email", value=value)

    assert refusal.value.why == why
    assert block(world.piotr, kind="email", value="ktos@gmail.com").value == "ktos@gmail.com"


def test_another_shop_goes_on_hearing_whom_we_have_blocked(world: World, mailbox: Inbox):
    block(world.piotr, kind="email", value=SPAMMER)
    theirs = mailbox_of(world.stranger_shop, address="pomoc@obcy.example")

    assert card(mail(theirs, "Dzień dobry", sender=SPAMMER)).status == Status.OPEN
    assert not unblock(Block.objects.get().pk, by=world.olek)
