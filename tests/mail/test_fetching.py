"""Mail is fetched from a real IMAP server: at once, after an outage, and after the server has numbered it anew."""

import socket
import time
from threading import Event

import pytest
from imapclient import IMAPClient

from opieka.channels.actions import keep_all
from opieka.channels.base import Connection, WontWork
from opieka.channels.email import Email
from opieka.channels.email.imap import opened
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of
from opieka.plumbing.models import EventRow
from tests.mail.conftest import Post, mail
from tests.mail.servers import Dovecot

pytestmark = pytest.mark.mail


def test_a_mail_is_taken_in_while_we_wait_and_nothing_is_marked_on_the_server(post: Post):
    started = time.monotonic()

    post.wait_for_mail(lambda: post.dovecot.hand_in(post.address, mail("Gdzie jest paczka? Żółta koperta.")))

    assert [message.text for message in post.messages()] == ["Gdzie jest paczka? Żółta koperta."]
    assert post.dovecot.flags(post.address) == [()]
    # Where the server cannot call, mail is fetched every 30 seconds.
    assert time.monotonic() - started < 25


def test_what_lay_in_the_mailbox_before_it_was_connected_is_left_alone(post: Post):
    with post.dovecot.mailbox(post.address) as client:
        client.append("INBOX", mail("Stara sprawa"), msg_time=post.inbox.created_at.replace(year=2020))
    post.dovecot.put(post.address, mail("Nowa sprawa"))

    post.fetch()

    assert [message.text for message in post.messages()] == ["Nowa sprawa"]


def test_each_batch_says_how_many_mails_still_wait(post: Post, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("opieka.channels.email.sync.BATCH_MAILS", 50)
    post.fetch()
    post.dovecot.put(post.address, *(mail(f"Pytanie {number}") for number in range(120)))
    stop, left = Event(), []

    for polled in channel_of(post.inbox).listen(Inbox.objects.get(pk=post.inbox.pk).cursor, stop):
        left.append((len(polled.items), polled.left))
        if not polled.more:
            break

    assert left == [(50, 70), (50, 20), (20, 0), (0, 0)]


def test_a_mailbox_that_is_numbered_anew_is_read_again_without_doubling(post: Post):
    post.dovecot.put(post.address, *(mail(f"Przed {number}") for number in range(70)))
    post.fetch()
    with post.dovecot.mailbox(post.address) as client:
        client.create_folder("Kopia")
        client.select_folder("INBOX")
        client.copy("1:*", "Kopia")
        client.append("Kopia", mail("W międzyczasie"))
        before = client.folder_status("INBOX", ["UIDVALIDITY"])
        after = client.folder_status("Kopia", ["UIDVALIDITY"])
    assert before != after
    # The same mails under new numbers, as after a move of the mailbox.
    cursor = post.inbox.cursor
    cursor["folders"]["Kopia"] = cursor["folders"].pop("INBOX")
    Inbox.objects.filter(pk=post.inbox.pk).update(cursor=cursor, settings=post.inbox.settings | {"folders": "Kopia"})

    assert post.fetch() == 1

    assert post.messages()[-1].text == "W międzyczasie"
    assert len(post.messages()) == 71


def test_several_folders_are_read(post: Post):
    with post.dovecot.mailbox(post.address) as client:
        client.create_folder("Reklamacje")
    post.inbox.settings["folders"] = "INBOX, Reklamacje"
    post.inbox.save(update_fields=["settings"])
    post.fetch()
    post.dovecot.put(post.address, mail("Do skrzynki"))
    post.dovecot.put(post.address, mail("Do reklamacji"), folder="Reklamacje")

    post.fetch()

    assert {message.text for message in post.messages()} == {"Do skrzynki", "Do reklamacji"}


def test_the_same_mail_in_two_folders_is_one_message(post: Post):
    with post.dovecot.mailbox(post.address) as client:
        client.create_folder("Etykieta")
    post.inbox.settings["folders"] = "INBOX, Etykieta"
    post.inbox.save(update_fields=["settings"])
    letter = mail("Raz")
    post.dovecot.put(post.address, letter)
    post.dovecot.put(post.address, letter, folder="Etykieta")

    post.fetch()

    assert [message.text for message in post.messages()] == ["Raz"]


def test_an_empty_or_used_message_id_loses_nothing(post: Post):
    letters = [
        mail("Pierwszy", message_id="<raz@poczta.example>"),
        mail("Drugi", message_id="<raz@poczta.example>"),
        mail("Trzeci", message_id="<raz@poczta.example>", date="Mon, 16 Nov 2026 09:13:00 +0100"),
        mail("Trzeci", message_id="<raz@poczta.example>", date="Mon, 16 Nov 2026 09:13:00 +0100"),
        mail("Bez", message_id="<>"),
        mail("Bez innego", message_id="<>"),
        mail("Bez niczego").replace(b"Message-ID", b"X-Nothing").replace(b"Date:", b"X-Date:"),
    ]
    post.dovecot.put(post.address, *letters)

    post.fetch()

    texts = [message.text for message in post.messages()]
    assert texts == ["Pierwszy", "Drugi", "Trzeci", "Bez", "Bez innego", "Bez niczego"]


def test_a_mail_too_large_to_take_shows_its_beginning(post: Post, settings: object):
    settings.MAX_MAIL_BYTES = 300_000  # type: ignore[attr-defined]
    letter = mail("Początek listu").rstrip() + b"\r\n" + b"x" * 70 + b"\r\n" * 5
    post.dovecot.put(post.address, letter + b"Y" * 400_000)

    post.fetch()

    message = post.messages()[0]
    assert message.text.startswith("Początek listu")
    assert message.extra["remarks"]


def test_trouble_with_the_mailbox_is_said_once_and_its_end_too(post: Post):
    good = dict(post.inbox.settings)
    Inbox.objects.filter(pk=post.inbox.pk).update(settings=good | {"imap_user": "nikogo@lampa.example"})

    post.fetch()
    post.fetch()
    post.inbox.refresh_from_db()
    assert "nie przyjmuje" in post.inbox.trouble or "does not accept" in post.inbox.trouble
    Inbox.objects.filter(pk=post.inbox.pk).update(settings=good)
    post.fetch()
    post.inbox.refresh_from_db()

    assert post.inbox.trouble == ""
    said = EventRow.objects.filter(name="InboxTroubled").order_by("id")
    assert [bool(row.payload["trouble"]) for row in said] == [True, False]


def test_the_cursor_and_the_mails_are_kept_together_or_not_at_all(post: Post, monkeypatch: pytest.MonkeyPatch):
    post.fetch()
    before = dict(post.inbox.cursor)
    post.dovecot.put(post.address, mail("Nie zgub mnie"))

    class Stopped(Exception):
        pass

    def stop(*_args: object, **_fields: object) -> None:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr("opieka.channels.actions.publish_all", stop)
        with pytest.raises(Stopped):
            post.fetch()
    post.inbox.refresh_from_db()
    assert (post.inbox.cursor, Raw.objects.filter(inbox=post.inbox).count()) == (before, 0)

    post.fetch()

    assert [message.text for message in post.messages()] == ["Nie zgub mnie"]


def test_the_check_says_what_works_and_what_does_not(post: Post):
    connection = channel_of(post.inbox).connection
    wrong = Connection(**{**vars(connection), "secrets": {"imap_password": "zle"}})

    with pytest.raises(WontWork) as nothing_sends:
        Email(connection).check()
    with pytest.raises(WontWork) as nothing_works:
        Email(wrong).check()

    assert "0" in str(nothing_sends.value)
    assert "127.0.0.1" in str(nothing_sends.value)
    assert str(nothing_works.value) != str(nothing_sends.value)


def test_a_missing_folder_is_said_by_its_name(post: Post):
    post.inbox.settings["folders"] = "Nie ma takiego"
    post.inbox.save(update_fields=["settings"])

    post.fetch()
    post.inbox.refresh_from_db()

    assert "Nie ma takiego" in post.inbox.trouble


def test_a_connection_that_the_server_ends_is_noticed_while_waiting(post: Post):
    own = Dovecot().start()
    post.inbox.settings["imap_port"] = own.port
    post.inbox.save(update_fields=["settings"])
    started = time.monotonic()

    from opieka.channels.base import TryLater

    with pytest.raises(TryLater):
        post.wait_for_mail(own.close)

    assert time.monotonic() - started < 25
    assert keep_all(post.inbox, (), cursor={}) == 0


def test_a_line_that_is_cut_without_a_word_is_noticed_within_a_minute(post: Post):
    with opened(channel_of(post.inbox).connection) as client:
        line = client.socket()
        waits = [
            line.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        ]
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    assert waits[0] + waits[1] * waits[2] <= 60


def test_a_mail_that_comes_in_the_very_moment_we_begin_to_wait_is_not_overlooked(
    post: Post, monkeypatch: pytest.MonkeyPatch
):
    idle = IMAPClient.idle

    def just_before(client: IMAPClient) -> None:
        if not post.dovecot.mails(post.address, count=0, seconds=0):
            post.dovecot.hand_in(post.address, mail("W ostatniej chwili"))
            time.sleep(0.3)
        idle(client)
        time.sleep(0.3)

    monkeypatch.setattr(IMAPClient, "idle", just_before)
    started = time.monotonic()

    post.wait_for_mail(lambda: None)

    assert [message.text for message in post.messages()] == ["W ostatniej chwili"]
    assert time.monotonic() - started < 25
