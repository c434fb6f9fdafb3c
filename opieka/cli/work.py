"""`opieka work`: run jobs, as many processes as the work needs."""

import argparse
import signal
import threading

from opieka.cli.base import Command
from opieka.cli.run import add_preparation, prepare
from opieka.plumbing.words import _


def until_signal() -> threading.Event:
    """An event that is set when the process is asked to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


class Work(Command):
    """Workers without pages."""

    help = _("run jobs")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        add_preparation(parser)
        parser.add_argument("--workers", type=int, default=0, help=_("how many at a time (OPIEKA_WORKERS)"))

    def run(self, options: argparse.Namespace) -> int:
        prepare(options)
        from django.conf import settings

        from opieka.channels.jobs import Watchers
        from opieka.plumbing.jobs import drivers

        stop = until_signal()
        watchers = Watchers()
        watchers.start()
        try:
            drivers.chosen().work(stop, workers=options.workers or settings.WORKERS)
        finally:
            watchers.stop()
        return 0
