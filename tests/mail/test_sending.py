"""What we send, and what we say about it: "sent" only when a server took it, "unknown" when nobody can tell."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from opieka.channels.base import File
from opieka.channels.models import Inbox
from opieka.conversations.actions import attach, reply, settle_uncertain
from opieka.conversations.models import Conversation, Delivery, Message
from opieka.customers.models import Identity
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import JobRow
from tests.mail.conftest import Post, mail
from tests.mail.moody import Moody
from tests.world import World

pytestmark = pytest.mark.mail

State = Delivery.State


@pytest.fixture
def moody(post: Post) -> Iterator[Moody]:
    server = Moody()
    _use(post, smtp_port=server.start())
    yield server
    server.stop()


def _use(post: Post, **settings: object) -> None:
    post.inbox.settings = post.inbox.settings | settings
    Inbox.objects.filter(pk=post.inbox.pk).update(settings=post.inbox.settings)


def _asked(post: Post, text: str = "Gdzie jest paczka?", **headers: str) -> Conversation:
    post.dovecot.put(post.address, mail(text, to=post.address, sender=f"Anna Kowalska <{post.customer}>", **headers))
    post.fetch()
    return post.conversations()[-1]


def _state(message: Message) -> tuple[str, str]:
    delivery = Delivery.objects.get(message=message)
    return delivery.state, delivery.error


def _again() -> None:
    """As if the wait for the next attempt were over."""
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    JobRow.objects.update(run_after=timezone.now())
    drain()


@pytest.mark.usefixtures("postfix")
def test_an_answer_reaches_the_customer_in_the_same_thread(post: Post, world: World):
    asked = _asked(
        post, "Gdzie paczka?\nProszę o odpowiedź.", subject="Paczka 1042", message_id="<pytanie@poczta.example>"
    )

    written = reply(asked, "Paczka jest w drodze.\n\nNumer: https://inpost.pl/123", by=world.piotr)
    drain()

    letter = post.arrived()[0]
    plain = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert _state(written) == (State.ACCEPTED, "")
    assert letter["In-Reply-To"] == "<pytanie@poczta.example>"
    assert letter["References"].split() == ["<pytanie@poczta.example>"]
    assert letter["Message-ID"] == Delivery.objects.get(message=written).external_id
    assert letter["Subject"] == "Re: Paczka 1042"
    assert letter["From"] == f"Sklep Lampa <{post.address}>"
    assert letter["Auto-Submitted"] is None
    assert plain.startswith("Paczka jest w drodze.\n\nNumer: https://inpost.pl/123\n\nPiotr Testowa\nSklep Lampa\n\n")
    assert "Anna Kowalska pisze:\n> Gdzie paczka?\n> Proszę o odpowiedź.\n" in plain
    html = letter.get_body(("html",)).get_content()
    assert '<a href="https://inpost.pl/123">' in html
    assert "<blockquote" in html


@pytest.mark.usefixtures("postfix")
def test_files_with_polish_names_and_copies_go_along(post: Post, world: World):
    second = "anna399@poczta.example"
    asked = _asked(post, cc=f"Jan <{second}>, {post.address}")
    paper = File(name="Potwierdzenie zwrotu żółć.pdf", content=b"%PDF-1.7 tresc", content_type="application/pdf")
    attached = attach(None, paper, organisation_id=world.shop.pk)

    written = reply(asked, "W załączniku potwierdzenie.", by=world.piotr, attachments=[attached])
    drain()

    letter = post.arrived()[0]
    file = next(letter.iter_attachments())
    assert (file.get_filename(), file.get_content()) == ("Potwierdzenie zwrotu żółć.pdf", b"%PDF-1.7 tresc")
    assert letter["Cc"] == second
    assert written.recipients == {"cc": [second]}
    assert len(post.dovecot.mails(second)) == 1


@pytest.mark.usefixtures("postfix")
def test_a_bounce_turns_the_message_red_and_marks_the_address(post: Post, world: World):
    sender = "Nikt <nie.ma.takiego@poczta.example>"
    post.dovecot.put(post.address, mail(to=post.address, sender=sender))
    post.fetch()

    written = reply(post.conversations()[0], "Odpowiedź", by=world.piotr)
    drain()
    assert _state(written)[0] == State.ACCEPTED
    post.wait_for_mail(lambda: None)

    state, error = _state(written)
    assert state == State.FAILED
    assert "550" in error
    assert Identity.objects.get(value="nie.ma.takiego@poczta.example").bounced_at
    assert len(post.conversations()) == 1


@pytest.mark.usefixtures("postfix")
def test_with_marked_addresses_an_answer_without_headers_finds_its_conversation(post: Post, world: World):
    _use(post, plus_addresses=True)
    asked = _asked(post)
    reply(asked, "Odpowiedź", by=world.piotr)
    drain()
    letter = post.arrived()[0]
    marked = letter["Reply-To"].addresses[0].addr_spec
    assert letter["Return-Path"] != f"<{post.address}>"

    post.dovecot.hand_in(marked, mail("Bez nagłówków", to=marked, sender=post.customer, subject="całkiem inny"))
    post.dovecot.hand_in(marked, mail("Ktoś obcy", to=marked, sender="obcy@poczta.example", subject="całkiem inny"))
    post.fetch()

    first, stranger = post.messages()[-2:]
    assert (first.text, first.conversation) == ("Bez nagłówków", asked)
    assert stranger.conversation != asked
    assert stranger.extra["maybe"] == asked.pk


@pytest.mark.usefixtures("postfix")
def test_a_token_opens_receiving_and_sending(post: Post, world: World, monkeypatch: pytest.MonkeyPatch):
    tokens = iter([post.dovecot.token(post.address, seconds=-60), post.dovecot.token(post.address)] * 2)
    last = {"token": next(tokens)}

    def token(_connection: object, *, renew: bool = False) -> str:
        if renew:
            last["token"] = next(tokens)
        return last["token"]

    monkeypatch.setattr("opieka.channels.email.imap.access_token", token)
    monkeypatch.setattr("opieka.channels.email.smtp.access_token", token)
    _use(post, login="oauth")
    asked = _asked(post)

    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()

    assert _state(written) == (State.ACCEPTED, "")
    assert len(post.arrived()) == 1


def test_refused_for_good_is_red_at_once_with_a_sentence(post: Post, world: World, moody: Moody):
    asked = _asked(post)
    moody.rcpt[post.customer] = "550 5.1.1 No such user here"

    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()

    state, error = _state(written)
    assert state == State.FAILED
    assert "550 5.1.1 No such user here" in error
    assert moody.taken == []


def test_refused_for_now_waits_and_then_goes_once(post: Post, world: World, moody: Moody):
    asked = _asked(post)
    moody.rcpt[post.customer] = "451 4.7.1 Greylisted"

    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()
    assert _state(written)[0] == State.QUEUED
    assert "451" in _state(written)[1]
    moody.rcpt.clear()
    _again()
    _again()

    assert _state(written) == (State.ACCEPTED, "")
    assert len(moody.taken) == 1


def test_a_connection_cut_after_the_mail_was_taken_is_unknown_and_nothing_is_sent_again(
    post: Post, world: World, moody: Moody
):
    asked = _asked(post)
    moody.data = "cut"

    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()
    _again()
    _again()

    assert _state(written)[0] == State.UNCERTAIN
    assert moody.tries == 1
    settle_uncertain(written, arrived=True)
    assert _state(written)[0] == State.DELIVERED


def test_an_answer_to_an_uncertain_message_settles_it(post: Post, world: World, moody: Moody):
    asked = _asked(post)
    moody.data = "cut"
    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()
    taken = message_from_bytes(moody.taken[0], policy=policy.default)

    post.dovecot.put(post.address, mail("Dziękuję", sender=post.customer, in_reply_to=str(taken["Message-ID"])))
    post.fetch()

    assert _state(written)[0] == State.DELIVERED
    assert post.messages()[-1].conversation == asked


def test_a_server_that_is_away_is_tried_again_and_given_up_in_the_end(post: Post, world: World):
    asked = _asked(post)

    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()
    assert _state(written)[0] == State.QUEUED
    for _attempt in range(8):
        _again()

    state, error = _state(written)
    assert state == State.FAILED
    assert "127.0.0.1" in error


def test_a_refused_copy_is_told_beside_what_was_sent(post: Post, world: World, moody: Moody):
    asked = _asked(post, cc="zla@poczta.example")
    moody.rcpt["zla@poczta.example"] = "550 5.1.1 unknown"

    written = reply(asked, "Odpowiedź", by=world.piotr)
    drain()

    state, error = _state(written)
    assert state == State.ACCEPTED
    assert "zla@poczta.example" in error


def test_too_large_for_the_server_is_known_before_it_is_sent(post: Post, world: World, moody: Moody):
    asked = _asked(post)
    big = attach(None, File(name="a.bin", content=b"x" * 1_900_000, content_type="x/y"), organisation_id=world.shop.pk)

    written = reply(asked, "Odpowiedź", by=world.piotr, attachments=[big])
    drain()

    assert _state(written)[0] == State.FAILED
    assert moody.tries == 0


def test_a_crash_between_sending_and_noting_it_is_unknown_not_twice(post: Post, world: World, moody: Moody):
    asked = _asked(post)
    written = reply(asked, "Odpowiedź", by=world.piotr)
    Delivery.objects.filter(message=written).update(state=State.SENDING)

    drain()

    assert _state(written)[0] == State.UNCERTAIN
    assert moody.tries == 0
