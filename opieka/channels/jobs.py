"""Fetching what comes in, for channels that are watched rather than called.

`Watchers` runs in every `opieka run` and `opieka work`: a thread for each inbox, the same one never twice, however many
processes run. `poll_inboxes` is the net under it: it fetches for an inbox that nobody watches.
"""

import logging
import os
import random
import secrets
import socket
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from opieka.channels.actions import keep_all, note_health, release_watch, take_watch
from opieka.channels.base import Polled, TryLater, Withdrawn, WontWork
from opieka.channels.models import Inbox
from opieka.channels.outages import catch_up
from opieka.channels.queries import channel_of, watched
from opieka.plumbing.jobs import Options, cron, enqueue, job

logger = logging.getLogger(__name__)

WATCH_LASTS = timedelta(seconds=60)
ROUND_SECONDS, RENEW_SECONDS = 5.0, 20.0
LOOKS_DEAD_AFTER = timedelta(minutes=15)
TROUBLE_AFTER = 3
FIRST_WAIT, LONGEST_WAIT, WAIT_FOR_A_PERSON = 1.0, 60.0, 120.0
HEALTH_EVERY = timedelta(seconds=60)


@cron(every=timedelta(minutes=1))
def poll_inboxes() -> None:
    """Fetch for every inbox that nobody watches now."""
    now = timezone.now()
    for inbox in watched():
        alive = inbox.watched_until is not None and inbox.watched_until > now
        if not alive:
            slot = f"poll:{inbox.pk}:{now:%Y%m%d%H%M}"
            options = Options(key=f"poll:{inbox.pk}", once=slot, organisation_id=inbox.organisation_id)
            enqueue(poll_inbox, options, inbox_id=inbox.pk)


@job(retries=3)
def poll_inbox(inbox_id: int) -> None:
    """Fetch everything new in one inbox, once."""
    inbox = Inbox.objects.filter(pk=inbox_id, active=True).first()
    me = name_of_watcher("poll")
    if inbox is None or not take_watch(inbox, watcher=me, lasts=WATCH_LASTS):
        return
    try:
        fetch_all(inbox, watcher=me)
    finally:
        release_watch(inbox, watcher=me)


def fetch_all(inbox: Inbox, *, watcher: str = "") -> int:
    """Take in everything that is new now. Returns how many items were; trouble is noted on the inbox."""
    taken = 0
    try:
        for polled in channel_of(inbox).listen(inbox.cursor, Event()):
            if inbox.trouble:
                note_health(inbox)
            if not polled.more:
                break
            taken += keep_all(inbox, polled.items, cursor=polled.cursor, left=polled.left)
            if watcher:
                take_watch(inbox, watcher=watcher, lasts=WATCH_LASTS)
    except (TryLater, WontWork) as trouble:
        note_health(inbox, trouble=str(trouble), withdrawn=isinstance(trouble, Withdrawn))
        return taken
    note_health(inbox)
    if inbox.catching_up:
        catch_up(inbox)
    return taken


def name_of_watcher(kind: str = "watch") -> str:
    """`host:process:…`: from its name a neighbour can tell whether the watcher still lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{kind}-{secrets.token_hex(4)}"


def is_gone(watcher: str, *, me: str) -> bool:
    """Whether a watcher of this very machine has died; of another machine's nobody can tell before its time is up."""
    host, _, rest = watcher.partition(":")
    number = rest.partition(":")[0]
    if host != me.partition(":")[0] or not number.isdigit() or watcher == me:
        return False
    if int(number) == os.getpid():
        # The same number in a new life: a container's first process always has it.
        return watcher not in _living
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


_living: set[str] = set()


class Watcher(Thread):
    """Follows one inbox until told to stop. Whatever goes wrong, it begins again from the cursor.

    One that hangs is left behind by `Watchers`; should it wake up, what it brings is known already and kept once.
    """

    def __init__(self, inbox: Inbox, *, name: str) -> None:
        super().__init__(name=f"watch-{inbox.pk}", daemon=True)
        self.inbox = inbox
        self.fingerprint = fingerprint(inbox)
        self.watcher = name
        self.over = Event()
        self.failures = 0
        self.failing_since: datetime | None = None
        self.heard_at = time.monotonic()

    def is_silent(self) -> bool:
        """Whether nothing has come of it for so long that it must hang; a quiet mailbox is read every nine minutes."""
        return time.monotonic() - self.heard_at > LOOKS_DEAD_AFTER.total_seconds()

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self._follow()
        finally:
            close_old_connections()

    def _follow(self) -> None:
        self.heard_at = time.monotonic()
        try:
            for polled in channel_of(self.inbox).listen(self.inbox.cursor, self.over):
                self._keep(polled)
        except (TryLater, WontWork) as trouble:
            self._fail(trouble)
        except OperationalError:
            logger.exception("The database did not answer the watcher of inbox %s.", self.inbox.pk)
            self._pause()

    def _keep(self, polled: Polled) -> None:
        self.heard_at = time.monotonic()
        close_old_connections()
        seen = self.inbox.last_seen_at
        if self.inbox.trouble or seen is None or seen < timezone.now() - HEALTH_EVERY:
            note_health(self.inbox)
        if polled.items or polled.cursor != self.inbox.cursor:
            keep_all(self.inbox, polled.items, cursor=polled.cursor, left=polled.left)
        self.failures, self.failing_since = 0, None
        if self.inbox.catching_up and not polled.more:
            catch_up(self.inbox)

    def _fail(self, trouble: TryLater | WontWork) -> None:
        """Say so after a few failures in a row, or at once when only a person can mend it."""
        self.failures += 1
        self.failing_since = self.failing_since or timezone.now()
        wait = WAIT_FOR_A_PERSON if isinstance(trouble, WontWork) else 0
        if (wait or self.failures >= TROUBLE_AFTER) and self.inbox.trouble != str(trouble):
            withdrawn = isinstance(trouble, Withdrawn)
            note_health(self.inbox, trouble=str(trouble), withdrawn=withdrawn, since=self.failing_since)
        logger.warning("Inbox %s: attempt %s to fetch failed.", self.inbox.pk, self.failures)
        self._pause(wait)

    def _pause(self, wait: float = 0) -> None:
        close_old_connections()
        backoff = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self.failures - 1, 10))
        self.over.wait((wait or max(FIRST_WAIT, backoff)) * random.uniform(0.8, 1.2))


def fingerprint(inbox: Inbox) -> tuple[Any, ...]:
    """Changes when the inbox is set up differently, and its watcher must begin anew."""
    settings: Mapping[str, Any] = inbox.settings
    return (
        tuple(sorted((name, str(value)) for name, value in settings.items())),
        inbox.sealed_secrets,
        inbox.hook_secret,
    )


class Watchers:
    """All watchers of this process. `start()` returns at once; `stop()` waits until they have let go."""

    def __init__(self) -> None:
        self.name = name_of_watcher()
        self.over = Event()
        self.threads: dict[int, Watcher] = {}
        self.renewed: dict[int, float] = {}
        self.supervisor = Thread(target=self._supervise, name="watchers", daemon=True)

    def start(self) -> None:
        _living.add(self.name)
        self.supervisor.start()

    def stop(self, *, timeout: float = 10.0) -> None:
        self.over.set()
        self.supervisor.join(timeout)
        _living.discard(self.name)

    def _supervise(self) -> None:
        try:
            while not self.over.is_set():
                close_old_connections()
                try:
                    self.look_round()
                except OperationalError:
                    logger.exception("The database did not answer the watchers.")
                self.over.wait(ROUND_SECONDS)
            self._let_go(list(self.threads))
        finally:
            close_old_connections()

    def look_round(self) -> None:
        """Begin what is not watched by anybody, keep what is ours, let go of what changed, hangs or was switched off."""
        inboxes = {inbox.pk: inbox for inbox in watched()}
        self._let_go([pk for pk, thread in self.threads.items() if self._is_over(thread, inboxes.get(pk))])
        for inbox in inboxes.values():
            if self._may_try(inbox):
                self._take(inbox)

    def _is_over(self, thread: Watcher, inbox: Inbox | None) -> bool:
        if inbox is None or not thread.is_alive() or thread.fingerprint != fingerprint(inbox):
            return True
        if thread.is_silent():
            logger.warning("Inbox %s: its watcher hangs, another one begins.", inbox.pk)
            return True
        return False

    def _may_try(self, inbox: Inbox) -> bool:
        """Renew our own watch in good time; leave a living neighbour's alone."""
        if inbox.pk in self.threads:
            return time.monotonic() - self.renewed.get(inbox.pk, 0) > RENEW_SECONDS
        free = inbox.watched_until is None or inbox.watched_until < timezone.now()
        return free or inbox.watched_by == self.name or is_gone(inbox.watched_by, me=self.name)

    def _take(self, inbox: Inbox) -> None:
        dead = [inbox.watched_by] if is_gone(inbox.watched_by, me=self.name) else []
        if take_watch(inbox, watcher=self.name, lasts=WATCH_LASTS, dead=dead):
            self.renewed[inbox.pk] = time.monotonic()
            if inbox.pk not in self.threads:
                self.threads[inbox.pk] = Watcher(inbox, name=self.name)
                self.threads[inbox.pk].start()
        elif inbox.pk in self.threads:
            # Somebody else took over while this process was asleep.
            self.threads.pop(inbox.pk).over.set()

    def _let_go(self, pks: list[int]) -> None:
        for pk in pks:
            self.threads[pk].over.set()
        for pk in pks:
            thread = self.threads.pop(pk)
            thread.join(0 if thread.is_silent() else 10)
            release_watch(thread.inbox, watcher=self.name)
