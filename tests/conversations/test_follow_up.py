"""An answer in a chat that nobody reads there goes on by e-mail."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from opieka.channels.actions import connect, keep
from opieka.channels.base import File, Hook, Inbound, Report
from opieka.channels.email import Email
from opieka.channels.models import Inbox
from opieka.conversations import actions
from opieka.conversations.models import Attachment, Author, Conversation, Kind, Message, Status
from opieka.customers.actions import recognise
from opieka.plumbing import files
from opieka.plumbing.jobs import drain
from tests.mail.moody import Moody
from tests.world import World, after


@pytest.fixture
def smtp() -> Iterator[Moody]:
    server = Moody()
    server.port = server.start()  # type: ignore[attr-defined]
    yield server
    server.stop()


@pytest.fixture
def mailbox(world: World, smtp: Moody) -> Inbox:
    given = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    given |= {"address": "pomoc@lampa.example", "smtp_host": "127.0.0.1", "smtp_security": "none"}
    given |= {"smtp_port": smtp.port}  # type: ignore[attr-defined]
    return connect(world.shop, "email", name="Poczta", cleaned=given)


@pytest.fixture
def asked(world: World) -> Conversation:
    """A visitor asked in the chat, left an address, and was answered."""
    chat = connect(world.shop, "webchat", name="Czat", cleaned={})
    visitor = recognise(world.shop, kind="webchat", value="v1")
    inbound = Inbound(external_id="v1:1", sender="v1", text="Gdzie jest paczka?")
    conversation = actions.receive(chat, inbound, customer=visitor).conversation
    actions.leave_contact(conversation, "anna@poczta.example")
    actions.reply(conversation, "Będzie jutro.", by=world.ola)
    return conversation


def follow_up() -> None:
    actions.email_unread_answers()
    drain()


def notes(conversation: Conversation) -> list[str]:
    said = Message.objects.filter(conversation=conversation, kind=Kind.NOTE).order_by("id")
    return [message.text for message in said]


def became_of(conversation: Conversation) -> list[str | None]:
    """What each of the agent's answers says about its letter."""
    said = Message.objects.filter(conversation=conversation, author=Author.AGENT).order_by("id")
    return [message.extra.get("emailed") for message in said]


@pytest.mark.proves(46)
def test_an_unread_answer_is_sent_by_e_mail_once(asked: Conversation, mailbox: Inbox, smtp: Moody, world: World):
    actions.reply(asked, "Między 10 a 12.", by=world.ola)
    with after(minutes=4):
        follow_up()
        follow_up()

    [taken] = smtp.taken
    letter = message_from_bytes(taken, policy=policy.default)
    body = letter.get_body(("plain",))
    assert letter["To"].addresses[0].addr_spec == "anna@poczta.example"
    assert body
    assert "Będzie jutro.\n\nMiędzy 10 a 12." in body.get_content().replace("\r\n", "\n")
    assert "anna@poczta.example" in notes(asked)[-1]


def answer_with(asked: Conversation, world: World, *, text: str, file: str, size: int = 9) -> Attachment:
    sent = actions.attach(
        None, File(name=file, content=b"%PDF-1.4\n" + b"0" * size, content_type=""), organisation_id=world.shop.pk
    )
    actions.reply(asked, text, by=world.ola, attachments=[sent])
    return sent


def names_in(letter: bytes) -> list[str | None]:
    return [part.get_filename() for part in message_from_bytes(letter, policy=policy.default).iter_attachments()]


def test_the_letter_carries_the_files_of_every_answer(asked: Conversation, mailbox: Inbox, smtp: Moody, world: World):
    answer_with(asked, world, text="Umowa", file="umowa.pdf")
    actions.reply(asked, "Proszę.", by=world.ola)
    with after(minutes=4):
        follow_up()

    [taken] = smtp.taken
    assert names_in(taken) == ["umowa.pdf"]


def test_files_too_large_for_one_letter_go_in_several(
    asked: Conversation, mailbox: Inbox, smtp: Moody, world: World, monkeypatch
):
    monkeypatch.setattr(Email, "traits", replace(Email.traits, max_attachment_bytes=1000))
    for number in range(3):
        answer_with(asked, world, text=f"Skan {number}", file=f"{number}.pdf", size=400)
    with after(minutes=4):
        follow_up()

    assert [names_in(taken) for taken in smtp.taken] == [["0.pdf", "1.pdf"], ["2.pdf"]]


def test_a_missing_file_is_told_to_the_agents_and_the_other_answers_go(
    asked: Conversation, mailbox: Inbox, smtp: Moody, world: World
):
    lost = answer_with(asked, world, text="Umowa", file="umowa.pdf")
    actions.reply(asked, "Proszę.", by=world.ola)
    files.store().delete(lost.file)
    with after(minutes=4):
        follow_up()

    assert became_of(asked) == ["sent", "failed", "sent"]
    assert len(smtp.taken) == 2
    assert "nie udało się wysłać" in notes(asked)[-2]


def test_a_letter_cut_off_while_sending_is_told_as_unknown_and_not_sent_again(
    asked: Conversation, mailbox: Inbox, smtp: Moody
):
    smtp.data = "cut"
    with after(minutes=4):
        follow_up()
        follow_up()

    assert len(smtp.taken) == 1
    assert became_of(asked) == ["uncertain"]
    assert "anna@poczta.example" in notes(asked)[-1]


def test_a_process_that_died_while_sending_is_owned_up_to_by_the_next(asked: Conversation, mailbox: Inbox, smtp: Moody):
    with after(minutes=4):
        actions.email_unread_answers()
        Message.objects.filter(conversation=asked, author=Author.AGENT).update(extra={"emailed": "sending"})
        drain()

    assert smtp.taken == []
    assert became_of(asked) == ["uncertain"]
    assert "anna@poczta.example" in notes(asked)[-1]


def test_an_answer_read_while_the_letter_was_written_stays_in_the_chat(
    asked: Conversation, mailbox: Inbox, smtp: Moody
):
    with after(minutes=4):
        actions.email_unread_answers()
        actions.see(asked, up_to=Message.objects.latest("id").pk)
        drain()

    assert smtp.taken == []


@pytest.mark.parametrize(("sender", "joins"), [("anna@poczta.example", True), ("obca@poczta.example", False)])
def test_an_answer_to_the_letter_comes_back_from_the_address_that_was_left(
    asked: Conversation, mailbox: Inbox, smtp: Moody, sender: str, joins: bool
):
    with after(minutes=4):
        follow_up()
    ours = message_from_bytes(smtp.taken[0], policy=policy.default)["Message-ID"]
    back = f"From: {sender}\nTo: pomoc@lampa.example\nMessage-ID: <b@x>\nIn-Reply-To: {ours}\nSubject: Re\n\nTak"
    keep(mailbox, Hook(body=back.encode(), content_type="message/rfc822"), dedupe_key="b")
    drain()

    arrived = Message.objects.get(external_id="<b@x>")
    assert (arrived.conversation == asked) is joins
    assert recognise(asked.organisation, kind="email", value=sender) != asked.customer


def test_whoever_still_reads_gets_no_letter(asked: Conversation, mailbox: Inbox, smtp: Moody):
    with after(minutes=2):
        follow_up()
        actions.see(asked, up_to=Message.objects.latest("id").pk)
    with after(minutes=10):
        follow_up()

    assert smtp.taken == []


def test_without_an_address_the_answer_waits_in_the_chat(world: World, mailbox: Inbox, smtp: Moody):
    chat = connect(world.shop, "webchat", name="Czat", cleaned={})
    visitor = recognise(world.shop, kind="webchat", value="v2")
    asked = actions.receive(chat, Inbound(external_id="v2:1", sender="v2", text="Halo"), customer=visitor).conversation
    actions.reply(asked, "Dzień dobry", by=world.ola)
    with after(minutes=4):
        follow_up()

    assert smtp.taken == []


def test_a_refused_letter_is_told_to_the_agents_and_not_repeated(asked: Conversation, mailbox: Inbox, smtp: Moody):
    smtp.rcpt["anna@poczta.example"] = "550 5.1.1 No such user"
    with after(minutes=4):
        follow_up()
        follow_up()

    assert "anna@poczta.example" in notes(asked)[-1]
    assert len(notes(asked)) == 2
    asked.refresh_from_db()
    assert (asked.status, asked.waiting_since) == (Status.OPEN, question(asked).created_at)


def question(conversation: Conversation) -> Message:
    return Message.objects.filter(conversation=conversation, author=Author.CUSTOMER).earliest("id")


def bounce(world: World, mailbox: Inbox, smtp: Moody) -> bool:
    """What the mail server of the customer sends back about the letter."""
    own = str(message_from_bytes(smtp.taken[-1], policy=policy.default)["Message-ID"])
    why = {"reason": "550 5.1.1 Nie ma takiej skrzynki.", "no_such_address": True}
    report = Report(external_id=own, state="failed", recipient="anna@poczta.example", **why)
    found = actions.note_report(report, inbox_id=mailbox.pk)
    drain()
    return found


def test_a_letter_that_comes_back_opens_the_chat_with_the_reason_and_its_clock(
    asked: Conversation, mailbox: Inbox, smtp: Moody, world: World
):
    actions.reply(asked, "Między 10 a 12.", by=world.ola)
    with after(minutes=4):
        follow_up()
        actions.resolve(asked, by=world.ola)
        assert bounce(world, mailbox, smtp)
        follow_up()

    asked.refresh_from_db()
    assert (asked.status, asked.waiting_since) == (Status.OPEN, question(asked).created_at)
    assert became_of(asked) == ["failed", "failed"]
    assert "550 5.1.1 Nie ma takiej skrzynki." in notes(asked)[-1]
    line = Message.objects.filter(conversation=asked, extra__verb="came back").get()
    assert line.extra["address"] == "anna@poczta.example"
    assert len(smtp.taken) == 1


def test_what_was_read_in_the_chat_meanwhile_is_answered_whatever_became_of_the_letter(
    asked: Conversation, mailbox: Inbox, smtp: Moody, world: World
):
    with after(minutes=4):
        follow_up()
        Message.objects.filter(conversation=asked, author=Author.AGENT).update(seen_at=timezone.now())
        assert bounce(world, mailbox, smtp)

    asked.refresh_from_db()
    assert (asked.status, became_of(asked)) == (Status.WAITING, ["failed"])


def test_a_report_about_a_letter_of_another_shop_finds_nothing(
    asked: Conversation, mailbox: Inbox, smtp: Moody, world: World
):
    with after(minutes=4):
        follow_up()
    strange = connect(world.stranger_shop, "email", name="Obca", cleaned={"address": "x@obcy.example"})

    assert not bounce(world, strange, smtp)
    assert became_of(asked) == ["sent"]


def test_a_letter_put_off_is_tried_again(asked: Conversation, mailbox: Inbox, smtp: Moody):
    smtp.rcpt["anna@poczta.example"] = "451 4.7.1 Later"
    with after(minutes=4):
        follow_up()
    smtp.rcpt.clear()
    with after(minutes=5):
        follow_up()

    assert len(smtp.taken) == 1


def test_a_letter_that_never_gets_through_is_told_at_last(asked: Conversation, mailbox: Inbox, smtp: Moody):
    smtp.rcpt["anna@poczta.example"] = "451 4.7.1 Later"
    with after(hours=1):
        follow_up()
    with after(days=2, hours=1):
        follow_up()

    assert "anna@poczta.example" in notes(asked)[-1]
    assert len(notes(asked)) == 2


def test_nothing_leaves_the_demo_shop(asked: Conversation, mailbox: Inbox, smtp: Moody, world: World):
    world.shop.demo = True
    world.shop.save(update_fields=["demo"])
    with after(minutes=4):
        follow_up()

    assert smtp.taken == []
