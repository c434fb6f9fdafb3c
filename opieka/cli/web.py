"""`opieka web`: pages and the API alone, served by granian."""

import argparse
import os
import tempfile

from opieka.cli.base import Command, Trouble
from opieka.cli.run import add_address, add_preparation, prepare
from opieka.plumbing.words import _


class Web(Command):
    """Django under WSGI in several processes."""

    help = _("serve pages and the API alone, in several processes")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        add_address(parser, port=8000)
        add_preparation(parser)
        parser.add_argument("--processes", type=int, default=2, help=_("how many processes (2)"))

    def run(self, options: argparse.Namespace) -> int:
        prepare(options)
        from django.conf import settings
        from django.db import connections

        try:
            from granian import Granian
            from granian.constants import Interfaces
        except ImportError as error:
            raise Trouble(_('"opieka web" needs the extra "scaled": pip install "opieka[scaled]"')) from error
        connections.close_all()
        # Each process counts for itself; this folder is where the counts come together.
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="opieka-metrics-"))
        Granian(
            "opieka.asgi:pages",
            factory=True,
            address=options.host,
            port=options.port,
            interface=Interfaces.WSGI,
            workers=options.processes,
            blocking_threads=settings.WEB_THREADS,
            websockets=False,
            log_access=False,
        ).serve()
        return 0
