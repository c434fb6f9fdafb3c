"""Replies that do not leave: people see it, hear of it once, let everything leave again, and see that it has."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as letters
from django.test import Client
from django.utils import timezone

from opieka.channels.models import Inbox, Outage
from opieka.channels.outages import sound_alarms
from opieka.conversations import outbox
from opieka.conversations.actions import reply, watch_outbox
from opieka.conversations.models import Conversation, Delivery
from opieka.conversations.outbox import stuck
from opieka.plumbing.audit import entries
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow, JobRow
from tests.mail.conftest import Post, mail
from tests.mail.moody import Moody
from tests.mail.test_outage import at_desk, told
from tests.world import World, after

pytestmark = pytest.mark.mail

State = Delivery.State
BUSY = "421 4.3.2 Serwer zajęty"
SHUT = "554 5.7.1 Konto zablokowane"


@pytest.fixture
def moody(post: Post) -> Iterator[Moody]:
    server = Moody()
    post.inbox.settings = post.inbox.settings | {"smtp_port": server.start()}
    Inbox.objects.filter(pk=post.inbox.pk).update(settings=post.inbox.settings)
    yield server
    server.stop()


def asked(post: Post, count: int) -> list[Conversation]:
    for number in range(count):
        sender = f"k{number}@{post.customer.partition('@')[2]}"
        post.dovecot.put(
            post.address, mail(f"Pytanie {number}", to=post.address, sender=sender, subject=f"Nr {number}")
        )
    post.fetch()
    return post.conversations()[-count:]


def look() -> None:
    watch_outbox()
    sound_alarms()


def states() -> list[str]:
    return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def names_of(*events: str) -> list[str]:
    return list(EventRow.objects.filter(name__in=events).order_by("id").values_list("name", flat=True))


def test_an_outbox_that_is_stuck_is_said_once_and_drains_by_one_press(post: Post, world: World, moody: Moody, settings):
    settings.EMAIL_HOST = "smtp.example"
    ewa, piotr, rita = (at_desk(world, name) for name in ("ewa", "piotr", "rita"))
    moody.sender = BUSY
    threads = asked(post, 3)
    for thread in threads:
        reply(thread, "Odpowiedź", by=world.piotr)
    drain()
    start = timezone.now()

    with time_machine.travel(start + timedelta(minutes=1), tick=False):
        look()
        assert ("banner" in told(piotr), Outage.objects.count()) == (False, 0)
    with time_machine.travel(start + timedelta(minutes=3), tick=False):
        drain()
        look()
        page = told(piotr)
        assert "3 odpowiedzi ze skrzynki „Poczta” nie wychodzą" in page
        assert "421 4.3.2" in page
        assert all(f"/conversations/{thread.number}/" in page for thread in threads)
        assert rita.get("/alarms/").status_code == 403
        assert names_of("OutboxStuck") == []
    with time_machine.travel(start + timedelta(minutes=11), tick=False):
        drain()
        look()
        look()
        drain()
        assert names_of("OutboxStuck") == ["OutboxStuck"]
        assert [(letter.to, letter.subject) for letter in letters.outbox] == [
            ([world.ewa.user.email], "Odpowiedzi nie wychodzą: Poczta")
        ]
        assert "/outbox/" in letters.outbox[0].body
        waiting = piotr.get("/outbox/").content.decode()
        assert [f"#{thread.number} Nr" in waiting for thread in threads] == [True] * 3

        moody.sender = ""
        answer = piotr.post(f"/outbox/{post.inbox.pk}/retry/", follow=True)
        assert "Wysyłamy ponownie 3 odpowiedzi" in answer.content.decode()
        drain()
        assert (states(), len(moody.taken)) == ([State.ACCEPTED] * 3, 3)
        look()
        drain()
        assert "Wyszły 3 odpowiedzi" in told(ewa)
        assert "Wszystko wyszło" in piotr.get("/outbox/").content.decode()
    with time_machine.travel(start + timedelta(minutes=30), tick=False):
        assert "banner" not in told(ewa)
        assert names_of("OutboxStuck", "OutboxDrained") == ["OutboxStuck", "OutboxDrained"]
        assert [letter.subject for letter in letters.outbox][1:] == ["Odpowiedzi znów wychodzą: Poczta"]
        outage = Outage.objects.get()
        assert (outage.side, outage.carried, outage.left, bool(outage.caught_up_at)) == ("out", 3, 0, True)
        assert "retried outbox" in [entry.verb for entry in entries(world.shop.pk)]


def test_a_server_that_refuses_one_after_another_is_an_outage_and_one_address_is_none(
    post: Post, world: World, moody: Moody
):
    threads = asked(post, 4)
    for thread in threads[:3]:
        moody.rcpt["k0@poczta.example"] = moody.rcpt["k1@poczta.example"] = "550 5.1.1 Nie ma takiej skrzynki"
        reply(thread, "Odpowiedź", by=world.piotr)
    drain()
    assert (stuck(), states().count(State.FAILED)) == ([], 2)

    moody.sender = SHUT
    for number, thread in enumerate(threads[1:]):
        assert len(stuck()) == 0, number
        reply(thread, "Jeszcze raz", by=world.piotr)
        drain()
    found = stuck()
    assert [(one.inbox, one.count) for one in found] == [(post.inbox, 3)]
    assert "554 5.7.1" in found[0].why
    look()

    piotr = at_desk(world, "piotr")
    assert "3 odpowiedzi" in told(piotr)
    moody.sender = ""
    moody.rcpt.clear()
    piotr.post(f"/outbox/{post.inbox.pk}/retry/")
    drain()
    look()
    assert (stuck(), len(moody.taken), Outage.objects.get().left) == ([], 4, 0)


def test_what_is_refused_again_and_again_for_one_customer_calls_nobody(post: Post, world: World, moody: Moody):
    thread = asked(post, 1)[0]
    moody.sender = SHUT
    reply(thread, "Odpowiedź", by=world.piotr)
    drain()
    for _press in range(4):
        client = at_desk(world, "piotr")
        client.post(f"/messages/{Delivery.objects.get().message_id}/resend/")
        drain()

    assert (states(), stuck(), moody.tries) == ([State.FAILED], [], 0)


def test_a_server_that_stays_away_is_an_outage_until_it_takes_something(post: Post, world: World):
    reply(asked(post, 1)[0], "Odpowiedź", by=world.piotr)
    for hour in range(12):
        with after(hours=hour):
            JobRow.objects.filter(state="ready").update(run_after=timezone.now())
            Delivery.objects.filter(state="queued").update(not_before=timezone.now())
            drain()

    assert states() == [State.FAILED]
    assert [one.count for one in stuck()] == [1]


def test_nobody_running_jobs_is_seen_on_the_pages_all_the_same(post: Post, world: World, moody: Moody):
    thread = asked(post, 1)[0]
    reply(thread, "Odpowiedź", by=world.piotr)

    with after(minutes=3):
        page = told(at_desk(world, "piotr"))
    assert "1 odpowiedź ze skrzynki „Poczta” nie wychodzi" in page
    assert "Żaden program się nimi nie zajął" in page


def test_a_job_that_was_given_up_is_done_after_all(post: Post, world: World, moody: Moody):
    message = reply(asked(post, 1)[0], "Odpowiedź", by=world.piotr)
    JobRow.objects.filter(name__endswith="deliver.deliver").update(state="dead")

    with after(minutes=5):
        assert outbox.stuck_for(world.piotr, post.inbox) == [message.delivery]
        at_desk(world, "piotr").post(f"/outbox/{post.inbox.pk}/retry/")
        drain()
    assert (states(), len(moody.taken)) == ([State.ACCEPTED], 1)


def test_only_whoever_answers_there_lets_things_leave(post: Post, world: World, moody: Moody):
    reply(asked(post, 1)[0], "Odpowiedź", by=world.piotr)
    with after(minutes=3):
        stranger = at_desk(world, "olek")
        assert stranger.post(f"/outbox/{post.inbox.pk}/retry/").status_code == 404
        assert "Odpowiedź" not in stranger.get("/outbox/").content.decode()
        assert at_desk(world, "rita").get("/outbox/").status_code == 403
        assert at_desk(world, "rita").post(f"/outbox/{post.inbox.pk}/retry/").status_code == 403
        assert Client().get("/outbox/").status_code == 302


def test_the_settings_page_leads_to_the_outages_so_far(post: Post, world: World, moody: Moody):
    ewa = at_desk(world, "ewa")
    where = f"/settings/inboxes/{post.inbox.pk}/outages/"
    assert where in ewa.get(f"/settings/inboxes/{post.inbox.pk}/").content.decode()
    assert "Jeszcze żadnej przerwy" in ewa.get(where).content.decode()

    now = timezone.now()
    at = {"organisation": world.shop, "inbox": post.inbox, "trouble": "Nie odpowiada."}
    for hours, side in ((30, "in"), (5, "out")):
        began = now - timedelta(hours=hours)
        ended = began + timedelta(hours=2)
        Outage.objects.create(**at, side=side, began_at=began, ended_at=ended, caught_up_at=ended, carried=hours)
    Outage.objects.create(**at, began_at=now - timedelta(minutes=3))
    page = ewa.get(where).content.decode()

    told_of = [
        "Poczta nie przychodz",
        "wciąż trwa",
        "potem wyszło 5 odpowiedzi",
        "2:00",
        "potem przyszło 30 wiadomości",
    ]
    places = [page.index(words) for words in told_of]
    assert places == sorted(places)
    assert at_desk(world, "piotr").get(where).status_code == 403
    assert at_desk(world, "olek").get(where).status_code == 404
