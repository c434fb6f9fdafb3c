"""`opieka run`: everything in one process."""

import argparse
import sys

from opieka.cli.base import Command, Trouble, start_django
from opieka.plumbing.words import _


def add_address(parser: argparse.ArgumentParser, *, port: int) -> None:
    """Where to listen: `--host`, `--port`."""
    parser.add_argument("--host", default="127.0.0.1", help=_("the address to listen on (127.0.0.1)"))
    parser.add_argument("--port", type=int, default=port, help=_("the port to listen on") + f" ({port})")


def add_preparation(parser: argparse.ArgumentParser) -> None:
    """What may happen to the database first: `--no-backup`."""
    parser.add_argument(
        "--no-backup",
        action="store_true",
        help=_("migrate without making a backup first, e.g. where pg_dump is missing"),
    )


def prepare(options: argparse.Namespace) -> None:
    """Start Django and bring the database up to date. Raises Trouble."""
    start_django()
    from django.db import OperationalError, connection

    from opieka.plumbing.backup import CannotBackUp
    from opieka.plumbing.logs import set_up
    from opieka.plumbing.preparing import CannotPrepare
    from opieka.plumbing.preparing import prepare as bring_up_to_date

    set_up()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        why = str(error).splitlines()[0]
        raise Trouble(_("OPIEKA_DATABASE_URL leads to no database: %(why)s") % {"why": why}) from error
    try:
        done = bring_up_to_date(with_backup=not options.no_backup)
    except (CannotPrepare, CannotBackUp) as trouble:
        raise Trouble(str(trouble)) from trouble
    if done:
        sys.stderr.write(_("The database was brought up to date.") + "\n")


class Run(Command):
    """Pages, live updates, workers and the clock."""

    help = _("start everything in one process: pages, live updates, workers and the clock")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        add_address(parser, port=8000)
        add_preparation(parser)

    def run(self, options: argparse.Namespace) -> int:
        prepare(options)
        return serve_everything(options.host, options.port)


def serve_everything(host: str, port: int) -> int:
    """Serve until a signal says stop; the database must be prepared."""
    from django.conf import settings

    from opieka.accounts.opening_word import opening_word
    from opieka.asgi import Application
    from opieka.channels.jobs import Watchers
    from opieka.plumbing.jobs.background import Background
    from opieka.plumbing.server import serve

    sys.stderr.write(_("Opieka listens on") + f" http://{host}:{port}/\n")
    if word := opening_word():
        sys.stderr.write(_("Nobody owns this Opieka yet. Begin here:") + f" {settings.PUBLIC_URL}/start/?word={word}\n")
    serve(Application(background=Background(workers=settings.WORKERS, beside=[Watchers()])), host=host, port=port)
    return 0
