"""`opieka clock`: what recurs, what was left behind. One is enough; more do no harm."""

import argparse

from opieka.cli.base import Command
from opieka.cli.run import add_preparation, prepare
from opieka.cli.work import until_signal
from opieka.plumbing.words import _


class Clock(Command):
    """The clock without pages and workers."""

    help = _("queue what recurs, and bring back what stopped workers left")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        add_preparation(parser)

    def run(self, options: argparse.Namespace) -> int:
        prepare(options)
        from opieka.plumbing.jobs.clock import Clock as Ticking

        Ticking().run(until_signal())
        return 0
