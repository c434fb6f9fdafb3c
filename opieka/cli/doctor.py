"""`opieka doctor`: try every connection there is, reading only."""

import argparse
import sys

from opieka.cli.base import Command, report, start_django
from opieka.plumbing.words import _


class Doctor(Command):
    """Asks each inbox's channel whether its connection works."""

    help = _("try every connection, reading only")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        from opieka.channels.base import TryLater, WontWork
        from opieka.channels.queries import active_inboxes, channel_of

        rows = []
        for inbox in active_inboxes():
            try:
                ok, says = True, channel_of(inbox).check()
            except (TryLater, WontWork) as trouble:
                ok, says = False, str(trouble)
            rows.append({"inbox": inbox.name, "channel": inbox.kind, "ok": ok, "says": says})
        if options.json:
            report({"ok": all(row["ok"] for row in rows), "inboxes": rows}, as_json=True)
        else:
            for row in rows:
                sys.stdout.write(f"{'✓' if row['ok'] else '✗'} {row['inbox']}: {row['says'] or _('works')}\n")
        return 0 if all(row["ok"] for row in rows) else 1
