"""What came along with a customer's message and is not its text."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from opieka.conversations.models import Conversation, Message
from tests.world import World

WARSAW = ZoneInfo("Europe/Warsaw")


def shown(client, one: Conversation) -> str:
    return client.get(f"/conversations/{one.number}/").content.decode()


def test_remarks_and_blocked_pictures_stand_beside_the_message(world: World, at_desk):
    one = world.ask(
        remarks=("Zapytano na stronie https://sklep.example/lampy <b>",),
        remote_pictures=("https://a.example/1.gif", "https://a.example/2.gif"),
    )

    page = shown(at_desk(world.piotr), one)

    assert "Zapytano na stronie <a" in page
    assert "&lt;b&gt;" in page
    assert "Zablokowano 2 obrazki z zewnątrz" in page
    assert "a.example/1.gif" not in page


def test_in_a_chat_the_same_page_is_told_once(world: World, at_desk):
    one = world.ask("Pierwsze", external_id="p1", remarks=("Na stronie A",))
    for text, remark in (("Drugie", "Na stronie A"), ("Trzecie", "Na stronie B")):
        second = Message.objects.get(conversation=world.ask(text, external_id=text, remarks=(remark,)))
        second.conversation = one
        second.save()

    page = shown(at_desk(world.piotr), one)

    assert (page.count("Na stronie A"), page.count("Na stronie B")) == (1, 1)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (datetime(2026, 11, 3, 14, 5, tzinfo=WARSAW), "Wysłano 3 listopada 14:05, dotarło 4 listopada 08:00"),
        (datetime(2025, 12, 31, 9, 0, tzinfo=WARSAW), "Wysłano 31 grudnia 2025 09:00, dotarło 4 listopada 2026 08:00"),
        (datetime(2026, 11, 4, 7, 30, tzinfo=WARSAW), ""),
        (datetime(2026, 11, 5, 7, 30, tzinfo=WARSAW), ""),
    ],
)
def test_a_message_long_on_its_way_says_so(world: World, at_desk, sent: datetime, words: str):
    one = world.ask(sent_at=sent)
    Message.objects.filter(conversation=one).update(created_at=datetime(2026, 11, 4, 8, 0, tzinfo=WARSAW))

    page = shown(at_desk(world.piotr), one)

    assert words in page
    assert ("dotarło" in page) == bool(words)


def test_a_mail_that_may_belong_elsewhere_links_there(world: World, at_desk):
    other, one = world.ask(subject="Zwrot lampy", external_id="o"), world.ask(external_id="n")
    Message.objects.filter(conversation=one).update(extra={"maybe": other.pk})

    page = shown(at_desk(world.piotr), one)

    assert "Może należeć do rozmowy" in page
    assert f'href="/conversations/{other.number}/"' in page.split('class="message-beside"')[1].split("</ul>")[0]
    assert f"#{other.number} Zwrot lampy" in page


def test_a_conversation_of_another_shop_is_never_named(world: World, at_desk):
    one = world.ask()
    other = world.ask(external_id="o", subject="Cudze")
    Conversation.objects.filter(pk=other.pk).update(organisation=world.stranger_shop, subject="Cudze")
    Message.objects.filter(conversation=one).update(extra={"maybe": other.pk})

    assert "Może należeć" not in shown(at_desk(world.piotr), one)
