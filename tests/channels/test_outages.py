"""An inbox out of reach: people hear of it after five minutes, see how far it has been made up for, and hear of its end."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from opieka.channels.actions import connect, keep_all, note_health, switch
from opieka.channels.base import Hook, Outbound, Polled, Sent, TryLater
from opieka.channels.email import Email
from opieka.channels.jobs import TROUBLE_AFTER, Watcher
from opieka.channels.models import Inbox, Outage
from opieka.channels.outages import sound_alarms, warn_of_endings
from opieka.plumbing.jobs import drain
from opieka.plumbing.models import EventRow, JobRow
from tests.world import World, after

ADDRESS = "pomoc@lampa.example"


def mailbox(world: World, **more: Any) -> Inbox:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    name = more.pop("name", "Poczta")
    return connect(world.shop, "email", name=name, cleaned=cleaned | {"address": ADDRESS} | more)


@pytest.fixture
def inbox(world: World) -> Inbox:
    return mailbox(world)


def events(name: str) -> int:
    return EventRow.objects.filter(name=name).count()


def banners(member: Any) -> str:
    client = Client()
    client.force_login(member.user)
    return client.get("/alarms/").content.decode()


def items(*numbers: int) -> tuple[tuple[str, Hook], ...]:
    return tuple((f"k{number}", Hook(body=b"x")) for number in numbers)


def test_a_short_interruption_alarms_nobody(inbox: Inbox, world: World):
    note_health(inbox, trouble="Nie odpowiada.")
    with after(minutes=4):
        sound_alarms()
        note_health(inbox)
    with after(minutes=9):
        sound_alarms()

        assert (events("InboxLost"), banners(world.piotr).count("danger")) == (0, 0)


def test_the_alarm_sounds_once_and_not_for_an_inbox_that_rests(inbox: Inbox, world: World):
    resting = mailbox(world, name="Druga")
    for one in (inbox, resting):
        note_health(one, trouble="Nie odpowiada.")
    switch(resting, on=False)

    with after(minutes=6):
        sound_alarms()
        sound_alarms()
        assert events("InboxLost") == 1
        assert "Druga" not in banners(world.piotr)


def test_the_way_back_is_shown_as_it_goes(inbox: Inbox, world: World):
    note_health(inbox, trouble="Nie odpowiada.")
    with after(minutes=6):
        sound_alarms()
        note_health(inbox)
        assert "Sprawdzamy, co przyszło" in banners(world.piotr)
        keep_all(inbox, items(1, 2), cursor={"n": 2}, left=3)
        page = banners(world.piotr)

    assert "dociągnięto 2 z\xa05" in page
    assert '<progress max="5" value="2"' in page
    assert 'hx-trigger="every 5s"' in page


def test_trouble_on_the_way_back_is_the_same_outage(inbox: Inbox):
    note_health(inbox, trouble="Nie odpowiada.")
    note_health(inbox)
    keep_all(inbox, items(1), cursor={"n": 1}, left=1)
    note_health(inbox, trouble="Znów nie odpowiada.")

    outage = Outage.objects.get()
    assert (outage.ended_at, outage.carried, outage.trouble) == (None, 1, "Znów nie odpowiada.")


def test_a_watcher_opens_and_closes_an_outage_by_itself(inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    watcher = Watcher(inbox, name="a:1:x")
    monkeypatch.setattr(watcher, "_pause", lambda *_args: None)
    monkeypatch.setattr("opieka.channels.jobs.close_old_connections", lambda: None)
    moods: list[Any] = [TryLater("Nie odpowiada.")] * TROUBLE_AFTER + [None]

    def listen(_self: Email, cursor: dict[str, Any], _stop: object) -> Iterator[Polled]:
        if mood := moods.pop(0):
            raise mood
        yield Polled(items=items(1), cursor={"n": 1}, more=True, left=1)
        assert Outage.objects.get().left == 1
        yield Polled(items=items(2), cursor={"n": 2}, more=True)
        yield Polled(items=(), cursor={"n": 2})

    monkeypatch.setattr(Email, "listen", listen)
    began = timezone.now()
    for minutes in range(TROUBLE_AFTER):
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            watcher._follow()
    outage = Outage.objects.get()
    assert (outage.began_at, outage.ended_at) == (began, None)
    watcher._follow()

    outage = Outage.objects.get()
    inbox.refresh_from_db()
    assert (outage.carried, bool(outage.caught_up_at), inbox.catching_up, inbox.trouble) == (2, True, False, "")


def test_without_a_mail_server_of_the_system_another_mailbox_carries_the_alarm(
    inbox: Inbox, world: World, monkeypatch: pytest.MonkeyPatch
):
    other = mailbox(world, name="Biuro", address="biuro@lampa.example")
    sent: list[tuple[int, Outbound]] = []

    def send(self: Email, outbound: Outbound) -> Sent:
        if self.connection.id == other.pk and not sent:
            sent.append((self.connection.id, outbound))
            return Sent(external_id="<1@lampa.example>")
        raise TryLater("Nie odpowiada.")

    monkeypatch.setattr(Email, "send", send)
    note_health(inbox, trouble="Hasło wygasło.")
    with after(minutes=6):
        sound_alarms()
        drain()

    assert [(number, letter.recipient, letter.automatic) for number, letter in sent] == [
        (other.pk, world.ewa.user.email, True)
    ]
    assert "Hasło wygasło." in sent[0][1].text
    assert mail.outbox == []
    assert not JobRow.objects.filter(name__endswith="alarms.tell", state="dead").exists()


def test_an_alarm_that_time_has_overtaken_is_not_sent(inbox: Inbox, settings: Any):
    settings.EMAIL_HOST = "smtp.example"
    note_health(inbox, trouble="Nie odpowiada.")
    with after(minutes=6):
        sound_alarms()
        note_health(inbox)
        drain()

    assert mail.outbox == []


def test_what_only_a_person_can_mend_is_said_at_once(inbox: Inbox, world: World):
    note_health(inbox, trouble="Dostęp cofnięty.", withdrawn=True)

    assert "Dostęp cofnięty." in banners(world.piotr)


@pytest.mark.parametrize(("days", "shown"), [(15, False), (14, True), (1, True), (-1, True)])
def test_a_secret_that_ends_is_said_two_weeks_before(inbox: Inbox, world: World, settings: Any, days: int, shown: bool):
    settings.EMAIL_HOST = "smtp.example"
    Inbox.objects.filter(pk=inbox.pk).update(ends_on=timezone.localdate() + timedelta(days=days))

    warn_of_endings()
    warn_of_endings()
    drain()

    assert ("Wpisz nowy sekret" in banners(world.ewa), len(mail.outbox)) == (shown, int(shown))
    assert "sekret" not in banners(world.piotr).lower()


@time_machine.travel("2026-11-28 12:00+01:00")
def test_a_new_last_day_is_warned_of_anew(inbox: Inbox):
    for day in (date(2026, 12, 1), date(2026, 12, 5)):
        Inbox.objects.filter(pk=inbox.pk).update(ends_on=day)
        warn_of_endings()

    assert events("SecretEnding") == 2


def test_an_unchanged_banner_is_not_drawn_again(inbox: Inbox, world: World):
    note_health(inbox, trouble="Dostęp cofnięty.", withdrawn=True)
    client = Client()
    client.force_login(world.piotr.user)
    version = client.get("/alarms/").context["alarms"]["version"]

    assert client.get(f"/alarms/?known={version}").status_code == 204
    note_health(inbox)
    assert client.get(f"/alarms/?known={version}").status_code == 200


def test_the_figures_tell_how_long_an_inbox_is_lost(inbox: Inbox):
    note_health(inbox, trouble="Nie odpowiada.")
    with after(minutes=10):
        body = Client().get("/metrics").content.decode()

    assert f'opieka_inbox_lost_seconds{{inbox="{inbox.pk}",kind="email"}} 600' in body


def test_the_end_of_an_outage_is_kept_with_the_letter_of_its_count(inbox: Inbox, settings: Any):
    settings.EMAIL_HOST = "smtp.example"
    with after(minutes=-10):
        note_health(inbox, trouble="Nie odpowiada.")
    sound_alarms()
    drain()
    from opieka.channels.outages import catch_up

    note_health(inbox)
    keep_all(inbox, items(1, 2, 3), cursor={"n": 3})
    catch_up(inbox)
    catch_up(inbox)
    drain()

    assert [letter.subject for letter in mail.outbox] == [
        "Poczta nie przychodzi: Poczta",
        "Poczta znów przychodzi: Poczta",
    ]
    assert "Dociągnięto 3 wiadomości, które" in mail.outbox[1].body
