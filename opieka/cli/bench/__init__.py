"""`opieka bench live|ingest`: how fast this machine is, measured on a product of its own."""

import argparse
from typing import Any

from opieka.cli.base import Command, Trouble, report
from opieka.plumbing.words import _


class Bench(Command):
    """In a home of its own; your data is not touched."""

    help = _("measure how fast this machine is")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "what",
            choices=["live", "ingest"],
            help=_("live: from a customer's message to all agents; ingest: from a mail's bytes to its conversation"),
        )
        parser.add_argument("--agents", type=int, default=100, metavar="A", help=_("how many agents listen (100)"))
        parser.add_argument("--visitors", type=int, default=500, metavar="V", help=_("how many visitors listen (500)"))
        parser.add_argument("--messages", type=int, default=40, metavar="M", help=_("how many messages are sent (40)"))
        parser.add_argument("--mails", type=int, default=5000, metavar="N", help=_("how many mails come in (5000)"))
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        from opieka.plumbing.trial import Failed

        try:
            figures = _figures(options)
        except Failed as failure:
            raise Trouble(str(failure)) from failure
        report(figures, as_json=options.json)
        return 0


def _figures(options: argparse.Namespace) -> dict[str, Any]:
    if options.what == "ingest":
        from opieka.cli.bench import ingest

        return ingest.measure(mails=options.mails)
    from opieka.cli.bench import live

    return live.measure(agents=options.agents, visitors=options.visitors, messages=options.messages)
