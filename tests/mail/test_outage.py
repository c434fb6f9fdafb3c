"""A mailbox that is out of reach for two days: people are told, everything is fetched in order, and people are told that too."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as letters
from django.test import Client

from opieka.channels.actions import reconfigure
from opieka.channels.email import oauth
from opieka.channels.email.fake import FakeProvider
from opieka.channels.models import Inbox, Outage
from opieka.channels.outages import sound_alarms
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow
from tests.channels.email.test_granting import there_and_back
from tests.mail.conftest import Post, mail
from tests.mail.servers import Dovecot
from tests.world import World

pytestmark = pytest.mark.mail


def at_desk(world: World, name: str) -> Client:
    client = Client()
    client.force_login(getattr(world, name).user)
    return client


def told(client: Client) -> str:
    return client.get("/alarms/").content.decode()


def test_two_days_without_the_mailbox_lose_nothing_and_are_said(post: Post, world: World, settings):
    settings.EMAIL_HOST = "smtp.example"
    own = Dovecot().start()
    Inbox.objects.filter(pk=post.inbox.pk).update(settings=post.inbox.settings | {"imap_port": own.port})
    post.dovecot = own
    start = datetime.now(UTC)
    ewa, piotr, rita = (at_desk(world, name) for name in ("ewa", "piotr", "rita"))
    post.fetch()

    own.stop()
    with time_machine.travel(start + timedelta(minutes=1)):
        post.fetch()
        sound_alarms()
        assert (told(piotr).count("banner"), EventRow.objects.filter(name="InboxLost").count()) == (0, 0)
    with time_machine.travel(start + timedelta(minutes=7)):
        for _again in range(3):
            post.fetch()
            sound_alarms()
        drain()
        assert "banner danger" in told(piotr)
        assert "Połącz ponownie" in told(ewa)
        assert "Połącz ponownie" not in told(piotr)
        assert rita.get("/alarms/").status_code == 403
        assert [(letter.to, "Poczta" in letter.subject) for letter in letters.outbox] == [
            ([world.ewa.user.email], True)
        ]
    own.resume()
    own.put(post.address, *(mail(f"Pytanie {number}") for number in range(300)))
    with time_machine.travel(start + timedelta(hours=48)):
        assert post.fetch() == 300

        assert [message.text for message in post.messages()] == [f"Pytanie {number}" for number in range(300)]
        assert post.fetch() == 0
        outage = Outage.objects.get()
        assert (outage.carried, outage.left, bool(outage.caught_up_at)) == (300, 0, True)
        assert "dociągnięto 300 wiadomości" in told(piotr)
        assert len(letters.outbox) == 2
        assert "300 wiadomości" in letters.outbox[1].body
    with time_machine.travel(start + timedelta(hours=49)):
        assert "banner" not in told(piotr)
    own.close()


def test_withdrawn_access_is_given_again_and_the_mailbox_is_read_on_from_its_place(
    post: Post, world: World, settings, monkeypatch
):
    settings.ALLOW_PRIVATE_ADDRESSES = settings.HTTP_INSIDE_TRANSACTIONS = True
    monkeypatch.setattr("opieka.channels.email.smtp.logged_in", lambda _connection: nullcontext())
    oauth._kept.clear()
    provider = FakeProvider(mint=lambda: post.dovecot.token(post.address)).start()
    at = {
        "oauth_authorize_url": f"{provider.url}/x/authorize",
        "oauth_token_url": f"{provider.url}/x/token",
        "oauth_client_id": provider.client_id,
        "oauth_client_secret": provider.client_secret,
    }
    given = post.inbox.settings | at | {"login": "oauth", "oauth_provider": "custom"}
    reconfigure(post.inbox, name="Poczta", cleaned=given)
    ewa = at_desk(world, "ewa")
    there_and_back(ewa, post.inbox)
    post.dovecot.put(post.address, mail("Przed"))
    assert post.fetch() == 1

    provider.revoke()
    oauth._kept.clear()
    post.dovecot.put(post.address, mail("W trakcie"))
    assert post.fetch() == 0
    assert "cofnięty" in told(ewa)
    there_and_back(ewa, post.inbox)
    assert post.fetch() == 1

    assert [message.text for message in post.messages()] == ["Przed", "W trakcie"]
    assert "banner danger" not in told(ewa)
    provider.close()
