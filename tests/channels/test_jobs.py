"""Who fetches an inbox's mail: one watcher at a time, and a poll where nobody watches."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Semaphore
from typing import Any

import pytest
from django.utils import timezone

from opieka.channels.actions import connect, keep_all, release_watch, take_watch
from opieka.channels.base import Hook, Polled, WontWork
from opieka.channels.email import Email
from opieka.channels.jobs import (
    LOOKS_DEAD_AFTER,
    TROUBLE_AFTER,
    WATCH_LASTS,
    Watcher,
    Watchers,
    fingerprint,
    is_gone,
    name_of_watcher,
    poll_inboxes,
)
from opieka.channels.models import Inbox, Raw
from opieka.channels.queries import channel_of, watched
from opieka.plumbing.models import EventRow, JobRow
from tests.world import World


@pytest.fixture
def inbox(world: World) -> Inbox:
    cleaned: dict[str, Any] = {name: field.initial or "" for name, field in Email.Form.base_fields.items()}
    return connect(world.shop, "email", name="Poczta", cleaned=cleaned | {"address": "pomoc@lampa.example"})


def polls() -> int:
    return JobRow.objects.filter(name__endswith="poll_inbox").count()


def test_of_two_watchers_one_gets_the_inbox_until_its_time_is_up(inbox: Inbox):
    assert take_watch(inbox, watcher="a:1:x", lasts=WATCH_LASTS)
    assert take_watch(inbox, watcher="a:1:x", lasts=WATCH_LASTS)
    assert not take_watch(inbox, watcher="b:2:y", lasts=WATCH_LASTS)

    Inbox.objects.update(watched_until=timezone.now() - timedelta(seconds=1))
    assert take_watch(inbox, watcher="b:2:y", lasts=WATCH_LASTS)
    assert not take_watch(inbox, watcher="a:1:x", lasts=WATCH_LASTS)

    release_watch(inbox, watcher="a:1:x")
    assert not take_watch(inbox, watcher="a:1:x", lasts=WATCH_LASTS)
    release_watch(inbox, watcher="b:2:y")
    assert take_watch(inbox, watcher="a:1:x", lasts=WATCH_LASTS)


def test_a_dead_neighbour_of_this_machine_need_not_be_waited_for(inbox: Inbox):
    me = name_of_watcher()
    host = me.partition(":")[0]
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead, alive, elsewhere = f"{host}:{gone.pid}:watch", f"{host}:{os.getppid()}:watch", f"inny:{gone.pid}:watch"

    assert [is_gone(name, me=me) for name in (dead, alive, elsewhere, me, "")] == [True, False, False, False, False]
    assert is_gone(f"{host}:{os.getpid()}:w-z-poprzedniego-zycia", me=me)
    take_watch(inbox, watcher=dead, lasts=WATCH_LASTS)
    assert take_watch(inbox, watcher=me, lasts=WATCH_LASTS, dead=[dead])


def test_an_inbox_that_nobody_watches_is_polled_once_a_minute(inbox: Inbox):
    poll_inboxes()
    poll_inboxes()
    assert polls() == 1

    JobRow.objects.all().delete()
    take_watch(inbox, watcher="a:1:x", lasts=WATCH_LASTS)
    poll_inboxes()
    assert polls() == 0


def test_a_batch_is_kept_once_with_its_cursor(inbox: Inbox):
    items = [("a", Hook(body=b"1")), ("b", Hook(body=b"2" * 400_000)), ("a", Hook(body=b"1"))]

    assert keep_all(inbox, items, cursor={"uid": 2}) == 2
    assert keep_all(inbox, [*items, ("c", Hook(body=b"3"))], cursor={"uid": 3}) == 1

    inbox.refresh_from_db()
    assert inbox.cursor == {"uid": 3}
    assert [raw.size for raw in Raw.objects.order_by("id")] == [1, 400_000, 1]
    assert Raw.objects.get(dedupe_key="b").body_file


def test_changed_settings_are_noticed_and_the_cursor_is_not_a_setting(inbox: Inbox):
    before = fingerprint(inbox)
    keep_all(inbox, (), cursor={"uid": 9})
    assert fingerprint(Inbox.objects.get(pk=inbox.pk)) == before

    inbox.settings = inbox.settings | {"imap_port": 143}
    assert fingerprint(inbox) != before


def test_a_channel_knows_what_is_stored_and_keeps_a_renewed_secret(inbox: Inbox):
    keep_all(inbox, [("abc.1", Hook(body=b"1"))], cursor={})
    connection = channel_of(inbox).connection

    assert connection.known(["abc", "xyz"]) == {"abc"}
    connection.keep_secrets({"oauth_refresh_token": "nowy"})
    assert channel_of(Inbox.objects.get(pk=inbox.pk)).connection.secrets["oauth_refresh_token"] == "nowy"


def test_only_inboxes_that_must_be_fetched_are_watched(inbox: Inbox, world: World):
    assert watched() == [inbox]
    world.shop.demo = True
    world.shop.save(update_fields=["demo"])
    assert watched() == []


@pytest.fixture
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watcher has a thread and a connection of its own; here it shares those of the test, which must stay open."""
    monkeypatch.setattr("opieka.channels.jobs.close_old_connections", lambda: None)


@pytest.mark.usefixtures("one_connection")
def test_a_watcher_says_trouble_after_some_failures_and_takes_it_back(inbox: Inbox):
    inbox.settings = inbox.settings | {"imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "none"}
    watcher = Watcher(inbox, name="a:1:x")
    watcher.over.set()  # Its pauses end at once.

    for attempt in range(TROUBLE_AFTER):
        assert not inbox.trouble, attempt
        watcher._follow()
    watcher._follow()

    said = EventRow.objects.filter(name="InboxTroubled")
    assert said.count() == 1
    assert "127.0.0.1" in said.get().payload["trouble"]
    watcher._keep(Polled(items=(), cursor={"uid": 1}))
    inbox.refresh_from_db()
    assert (inbox.trouble, inbox.cursor) == ("", {"uid": 1})
    assert said.count() == 2


@pytest.mark.usefixtures("one_connection")
def test_what_only_a_person_can_mend_is_said_at_once(inbox: Inbox, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object) -> None:
        raise WontWork("Skrzynka nie przyjmuje hasła.")

    monkeypatch.setattr(Email, "listen", refuse)
    watcher = Watcher(inbox, name="a:1:x")
    watcher.over.set()

    watcher._follow()

    assert inbox.trouble == "Skrzynka nie przyjmuje hasła."


@pytest.mark.usefixtures("one_connection")
def test_a_watcher_that_hangs_is_replaced_though_its_process_holds_the_watch(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
):
    begun, wakes = Semaphore(0), Event()

    def hang(*_args: object) -> Iterator[Polled]:
        begun.release()
        wakes.wait(20)
        yield from ()

    monkeypatch.setattr(Email, "listen", hang)
    watchers = Watchers()
    watchers.look_round()
    first = watchers.threads[inbox.pk]
    assert begun.acquire(timeout=20)
    watchers.look_round()
    assert watchers.threads[inbox.pk] is first

    first.heard_at -= LOOKS_DEAD_AFTER.total_seconds()
    watchers.look_round()

    second = watchers.threads[inbox.pk]
    assert second is not first
    assert first.over.is_set()
    assert begun.acquire(timeout=20)
    assert Inbox.objects.get(pk=inbox.pk).watched_by == watchers.name
    second.over.set()
    wakes.set()
    first.join(20)
    second.join(20)
