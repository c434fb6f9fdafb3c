"""`opieka live`: live updates alone; as many as there are listeners for."""

import argparse

from opieka.cli.base import Command
from opieka.cli.run import add_address, add_preparation, prepare
from opieka.plumbing.words import _


class Live(Command):
    """WebSocket and server-sent events at /live."""

    help = _("serve live updates (/live) alone")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        add_address(parser, port=8001)
        add_preparation(parser)

    def run(self, options: argparse.Namespace) -> int:
        prepare(options)
        from opieka.asgi import Application
        from opieka.plumbing.server import serve

        serve(Application(only_live=True), host=options.host, port=options.port)
        return 0
