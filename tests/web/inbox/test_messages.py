"""Letters in their frame, files, and what became of a reply."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from opieka.channels.base import File, Inbound
from opieka.channels.console import Console
from opieka.conversations import actions
from opieka.conversations.models import Attachment, Conversation, Delivery, Message
from opieka.plumbing.jobs import drain
from tests.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
HOSTILE = (
    '<p onclick="alert(1)">Dzień dobry</p><script>alert(2)</script><img src="cid:logo@x"><img src="https://zly.example/x.gif">'
    '<form action="https://zly.example"><input name="haslo"></form><a href="javascript:alert(3)">link</a>'
)


def letter(world: World, **fields: object) -> Conversation:
    inbound = Inbound(external_id="letter", sender="anna", text="Dzień dobry", **fields)
    return actions.receive(world.inbox, inbound, customer=world.anna).conversation


def test_the_frame_of_a_letter_runs_and_loads_nothing(world: World, at_desk):
    one = letter(
        world, html=HOSTILE, files=(File(name="logo.png", content=PNG, content_type="image/png", cid="logo@x"),)
    )
    message = Message.objects.get(conversation=one)
    client = at_desk(world.piotr)

    page = client.get(f"/messages/{message.pk}/letter/")
    frame = client.get(f"/messages/{message.pk}/original/").content.decode()

    body, policy = page.content.decode(), page["Content-Security-Policy"]
    for wrong in ("<script", "onclick", "javascript:", "zly.example", "<form", "<input"):
        assert wrong not in body
    assert f"/files/{Attachment.objects.get().pk}/?shown=1" in body
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy + frame
    assert page["X-Frame-Options"] == "SAMEORIGIN"


def test_the_whole_text_is_fetched_when_wanted(world: World, at_desk):
    one = letter(world, full_text="Dzień dobry\n> dawny cytat")
    message = Message.objects.get(conversation=one)
    client = at_desk(world.piotr)

    assert "dawny cytat" not in client.get(f"/conversations/{one.number}/").content.decode()
    assert "dawny cytat" in client.get(f"/messages/{message.pk}/whole/").content.decode()


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [("a.png", PNG, True), ("a.html", b"<script>alert(1)</script>", False), ("a.svg", b"<svg onload='x'/>", False)],
)
def test_files_are_saved_never_run(world: World, at_desk, name: str, content: bytes, shown: bool):
    letter(world, files=(File(name=name, content=content, content_type="text/html"),))
    attachment = Attachment.objects.get()
    client = at_desk(world.piotr)

    saved, looked = client.get(f"/files/{attachment.pk}/"), client.get(f"/files/{attachment.pk}/?shown=1")

    assert b"".join(saved.streaming_content) == content
    assert saved["Content-Disposition"] == f'attachment; filename="{name}"'
    assert saved["Content-Type"] == "application/octet-stream"
    assert looked["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert looked["X-Content-Type-Options"] == "nosniff"
    assert looked["Content-Security-Policy"].startswith("sandbox")


def test_files_of_another_shop_are_not_there(world: World, at_desk):
    letter(world, files=(File(name="a.png", content=PNG, content_type="image/png"),))

    assert at_desk(world.olek).get(f"/files/{Attachment.objects.get().pk}/").status_code == 404


def failed_reply(world: World) -> Message:
    message = actions.reply(world.ask(), "[never] Numer przesyłki", by=world.piotr)
    drain()
    return message


def test_a_failed_reply_says_why_and_can_be_sent_again(world: World, at_desk):
    message = failed_reply(world)
    client = at_desk(world.piotr)
    page = client.get(f"/conversations/{message.conversation.number}/").content.decode()
    Message.objects.filter(id=message.pk).update(text="Numer przesyłki")

    client.post(f"/messages/{message.pk}/resend/")
    drain()

    assert "The console is asked to refuse." in page
    assert Console.sent[-1].text == "Numer przesyłki"


def test_a_failed_reply_can_be_deleted_and_a_sent_one_cannot(world: World, at_desk):
    failed = failed_reply(world)
    sent = actions.reply(world.ask("Druga", external_id="d"), "Poszło", by=world.piotr)
    drain()
    client = at_desk(world.piotr)

    client.post(f"/messages/{failed.pk}/discard/")
    client.post(f"/messages/{sent.pk}/discard/")

    failed.refresh_from_db()
    sent.refresh_from_db()
    assert failed.withdrawn_at
    assert sent.withdrawn_at is None


@pytest.mark.parametrize(("arrived", "state"), [("1", "delivered"), ("0", "failed")])
def test_a_person_settles_what_nobody_could_tell(world: World, at_desk, arrived: str, state: str):
    message = actions.reply(world.ask(), "Potwierdzam zwrot", by=world.piotr)
    Delivery.objects.filter(message=message).update(state="uncertain", error="Brak potwierdzenia")
    client = at_desk(world.piotr)
    page = client.get(f"/conversations/{message.conversation.number}/").content.decode()

    client.post(f"/messages/{message.pk}/settle/", {"arrived": arrived})

    assert "nie wiadomo" in page
    assert "Czy wiadomość dotarła?" in page
    assert Delivery.objects.get(message=message).state == state


def test_a_reply_put_off_says_why_and_when_it_is_tried_again(world: World, at_desk):
    message = actions.reply(world.ask(), "Potwierdzam zwrot", by=world.piotr)
    again = datetime(2026, 11, 4, 14, 5, tzinfo=ZoneInfo("Europe/Warsaw"))
    Delivery.objects.filter(message=message).update(error="450 4.2.0 Greylisted", attempts=1, not_before=again)

    page = at_desk(world.piotr).get(f"/conversations/{message.conversation.number}/").content.decode()

    assert "450 4.2.0 Greylisted" in page
    assert "ponowimy o 14:05" in page


def test_the_servers_words_about_an_accepted_reply_are_shown(world: World, at_desk):
    message = actions.reply(world.ask(), "Potwierdzam zwrot", by=world.piotr)
    Delivery.objects.filter(message=message).update(state="accepted", error="ola@x.example: skrzynka pełna", attempts=1)

    page = at_desk(world.piotr).get(f"/conversations/{message.conversation.number}/").content.decode()

    assert "ola@x.example: skrzynka pełna" in page
    assert "ponowimy" not in page
    assert "Spróbuj" not in page


def test_a_reply_that_only_waits_to_leave_says_nothing_of_trying_again(world: World, at_desk):
    message = actions.reply(world.ask(), "Potwierdzam zwrot", by=world.piotr)

    page = at_desk(world.piotr).get(f"/conversations/{message.conversation.number}/").content.decode()

    assert "ponowimy" not in page
