"""`opieka check`: is everything set up so that Opieka can work? Each thing that is not, in a sentence."""

import argparse
import shutil
import sys
from collections.abc import Callable
from datetime import datetime

from opieka.cli.base import Command, report, start_django
from opieka.plumbing.environment import BadSetting
from opieka.plumbing.words import _

LEAST_FREE_BYTES = 1024**3
MOST_SECONDS_APART = 2.0


class Check(Command):
    """Looks; changes nothing."""

    help = _("say whether Opieka can work here, and what is missing")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        results = [(name, *_try(look)) for name, look in LOOKS.items()]
        if options.json:
            rows = {name: {"ok": ok, "says": says} for name, ok, says in results}
            report({"ok": all(ok for _name, ok, _says in results), **rows}, as_json=True)
        else:
            for name, ok, says in results:
                sys.stdout.write(f"{'✓' if ok else '✗'} {name}: {says}\n")
        return 0 if all(ok for _name, ok, _says in results) else 1


class NotRight(Exception):
    """One thing is not as it must be; the text is a sentence with what to do."""


def _try(look: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, look()
    except (NotRight, BadSetting) as trouble:
        return False, str(trouble)


def _settings() -> str:
    from django.conf import settings

    local = settings.PUBLIC_HOST in {"127.0.0.1", "localhost"}
    if not settings.HTTPS and not local:
        raise NotRight(_("OPIEKA_PUBLIC_URL begins with http://; customers' letters would travel open. Use https://."))
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        raise NotRight(
            _(
                "OPIEKA_PUBLIC_URL begins with https://, so a proxy stands in front; set OPIEKA_TRUSTED_PROXIES=1, "
                "or all visitors count as one."
            )
        )
    return settings.PUBLIC_URL


def _database() -> str:
    from django.db import DatabaseError, connection

    from opieka.plumbing.preparing import pending

    try:
        connection.ensure_connection()
        missing = pending()
    except DatabaseError as error:
        why = str(error).splitlines()[0]
        raise NotRight(_("OPIEKA_DATABASE_URL leads to no database: %(why)s") % {"why": why}) from error
    if missing:
        raise NotRight(_("The database is not up to date. `opieka run` brings it up to date by itself."))
    return connection.vendor


def _jobs() -> str:
    from django.conf import settings

    from opieka.plumbing.jobs import drivers

    try:
        drivers.chosen().check()
    except OSError as error:
        raise NotRight(_("OPIEKA_JOBS_URL leads to no broker: %(why)s") % {"why": error}) from error
    return str(settings.JOBS_URL.split(":", 1)[0])


def _live() -> str:
    from django.conf import settings

    from opieka.plumbing.live import drivers

    try:
        drivers.chosen().check()
    except OSError as error:
        raise NotRight(_("OPIEKA_LIVE_URL leads to no Redis: %(why)s") % {"why": error}) from error
    return str(settings.LIVE_URL.split(":", 1)[0])


def _clock() -> str:
    """Leases and deadlines compare the clock of this machine with rows that others wrote."""
    from django.db import DatabaseError, connection
    from django.utils import timezone

    if connection.vendor == "sqlite":
        return _("the database is on this machine")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs((timezone.now() - cursor.fetchone()[0]).total_seconds())
    except DatabaseError:
        return "–"
    if apart > MOST_SECONDS_APART:
        raise NotRight(
            _("The clocks of this machine and of the database are %(seconds)d s apart. Set them by NTP.")
            % {"seconds": apart}
        )
    return _("%(seconds).1f s apart from the database") % {"seconds": apart}


def _files() -> str:
    from django.conf import settings

    from opieka.plumbing import files

    try:
        store = files.store()
        key = store.put(b"check", folder="check")
        store.delete(key)
    except OSError as error:
        raise NotRight(_("Files cannot be written where OPIEKA_FILES_URL says: %(why)s") % {"why": error}) from error
    return str(settings.FILES_URL.split(":", 1)[0])


def _backup() -> str:
    """An upgrade makes a backup first, so what cannot be backed up cannot be upgraded either."""
    from django.db import DatabaseError

    from opieka.plumbing.backup import CannotBackUp, check_tools

    try:
        return check_tools()
    except DatabaseError:
        return "–"
    except CannotBackUp as error:
        raise NotRight(str(error)) from error


def _disk() -> str:
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    gigabytes = f"{free / 1024**3:.1f} GB"
    if free < LEAST_FREE_BYTES:
        raise NotRight(_("Only %(free)s are free where OPIEKA_HOME is.") % {"free": gigabytes})
    return gigabytes


def _encoder() -> str:
    from django.conf import settings

    from opieka.knowledge.encoders.base import Encoder
    from opieka.plumbing.extensions import find

    known = find("opieka.knowledge.encoders", Encoder)  # type: ignore[type-abstract]
    if settings.ENCODER not in known:
        words = {"name": settings.ENCODER, "known": ", ".join(known)}
        raise NotRight(_("OPIEKA_ENCODER is %(name)s; it must be one of: %(known)s.") % words)
    return str(settings.ENCODER)


def _letters() -> str:
    from django.conf import settings

    if not settings.EMAIL_HOST:
        return _("invitations and password letters are printed on the console; set OPIEKA_SMTP_HOST to send them")
    return str(settings.EMAIL_HOST)


def _inboxes() -> str:
    from django.db import DatabaseError

    from opieka.channels.queries import troubled

    try:
        names = [f"{inbox.name}: {inbox.trouble} ({_since(inbox.trouble_since)})" for inbox in troubled()]
    except DatabaseError:
        return "–"
    if names:
        raise NotRight("; ".join(names))
    return _("none is in trouble")


def _since(when: datetime | None) -> str:
    from django.utils import timezone

    return _("since %(when)s") % {"when": f"{timezone.localtime(when):%Y-%m-%d %H:%M}"} if when else "–"


def _outbox() -> str:
    from datetime import timedelta

    from django.db import DatabaseError

    from opieka.conversations.outbox import overdue

    try:
        count = overdue(older_than=timedelta(minutes=30)).count()
    except DatabaseError:
        return "–"
    if count:
        words = {"count": count}
        raise NotRight(
            _("Replies that should have left half an hour ago: %(count)d. Look at jobs and inboxes.") % words
        )
    return _("nothing is stuck")


LOOKS: dict[str, Callable[[], str]] = {
    "settings": _settings,
    "database": _database,
    "jobs": _jobs,
    "live": _live,
    "clock": _clock,
    "files": _files,
    "backup": _backup,
    "disk": _disk,
    "encoder": _encoder,
    "letters": _letters,
    "inboxes": _inboxes,
    "outbox": _outbox,
}
