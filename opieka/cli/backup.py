"""`opieka backup FILE`: everything that would be missed, while the product runs."""

import argparse
from pathlib import Path

from opieka.cli.base import Command, Trouble, report, start_django
from opieka.plumbing.words import _


class Backup(Command):
    """The database and the files into FILE, the keys into FILE.keys."""

    help = _("write a backup: FILE, and FILE.keys to be kept apart from it")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        from opieka.plumbing.backup import CannotBackUp, back_up

        try:
            manifest = back_up(options.file)
        except CannotBackUp as trouble:
            raise Trouble(str(trouble)) from trouble
        rows, kept = sum(manifest["rows"].values()), manifest["files"]
        said = _("%(rows)d rows and %(files)d files were written to %(path)s; the keys to %(path)s.keys.")
        report(manifest, as_json=options.json, text=said % {"rows": rows, "files": kept, "path": options.file})
        return 0
