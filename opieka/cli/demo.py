"""`opieka demo`: the demo shop "Trzy Sosny", loaded once; with `--run` the product is started with it."""

import argparse
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from opieka.cli.base import Command, report
from opieka.cli.run import add_address, add_preparation, prepare
from opieka.plumbing.words import _

if TYPE_CHECKING:
    from opieka.demo.load import DemoSummary


class Demo(Command):
    """Loads the demo shop. Nothing can leave it: its organisation is marked as a demo."""

    help = _("load the demo shop, and start the product with it when asked to")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        add_address(parser, port=8000)
        add_preparation(parser)
        parser.add_argument("--run", action="store_true", help=_("start the product with the demo shop"))
        parser.add_argument(
            "--anchor", choices=["today", "fixed"], default="today", help=_("the day the shop's story ends on")
        )
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        prepare(options)
        from opieka.demo.load import load

        summary = load(anchor=_anchor(options.anchor))
        base = f"http://{options.host}:{options.port}"
        report(summary.as_dict(), as_json=options.json, text=_welcome(base, summary))
        sys.stdout.flush()
        return start_anew(options.host, options.port) if options.run else 0


def start_anew(host: str, port: int) -> NoReturn:
    """Become `opieka run`: what loading took, some 150 MB, would otherwise stay with the process for good."""
    command = [sys.executable, "-m", "opieka.cli", "run", "--no-backup", "--host", host, "--port", str(port)]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, and no shell.


def _anchor(which: str) -> datetime:
    from opieka.demo.generate import ANCHOR
    from opieka.demo.working_time import WARSAW

    return datetime.now(WARSAW) if which == "today" else ANCHOR


def _welcome(base: str, summary: "DemoSummary") -> str:
    rows = [
        (_("Console"), f"{base}/"),
        (_("An agent"), f"{summary.agent} / {summary.password}"),
        (_("A manager"), f"{summary.manager} / {summary.password}"),
        (_("The owner"), f"{summary.owner} / {summary.password}"),
        (_("The shop with the chat"), f"{base}{summary.shop}"),
        (_("Help centre"), f"{base}/pomoc/"),
    ]
    width = max(len(name) for name, _value in rows)
    lines = [f"  {name.ljust(width)}  {value}" for name, value in rows]
    return "\n".join(["", _("The demo shop Trzy Sosny is ready."), "", *lines, ""])
