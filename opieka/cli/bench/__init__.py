"""`opieka bench live`: how fast this machine is, measured on a product of its own."""

import argparse

from opieka.cli.base import Command, Trouble, report
from opieka.plumbing.words import _


class Bench(Command):
    """In a home of its own; your data is not touched."""

    help = _("measure how fast this machine is")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["live"], help=_("live: from a customer's message to all agents"))
        parser.add_argument("--agents", type=int, default=100, metavar="A", help=_("how many agents listen (100)"))
        parser.add_argument("--visitors", type=int, default=500, metavar="V", help=_("how many visitors listen (500)"))
        parser.add_argument("--messages", type=int, default=40, metavar="M", help=_("how many messages are sent (40)"))
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        from opieka.cli.bench.live import measure
        from opieka.plumbing.trial import Failed

        try:
            figures = measure(agents=options.agents, visitors=options.visitors, messages=options.messages)
        except Failed as failure:
            raise Trouble(str(failure)) from failure
        report(figures, as_json=options.json)
        return 0
