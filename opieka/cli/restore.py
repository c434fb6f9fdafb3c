"""`opieka restore FILE`: put a backup in place. The product must not run meanwhile."""

import argparse
from pathlib import Path

from opieka.cli.base import Command, Trouble, report, start_django
from opieka.plumbing.words import _


class Restore(Command):
    """The database and the files from FILE, and the keys from FILE.keys where it lies beside it."""

    help = _("put a backup in place of an empty database")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--keys", type=Path, help=_("the keys; FILE.keys where it exists"))
        parser.add_argument("--replace", action="store_true", help=_("in place of a database that holds something"))
        parser.add_argument("--force", action="store_true", help=_("although something has the database open"))
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        from opieka.plumbing.backup import CannotBackUp, restore
        from opieka.plumbing.in_use import in_use

        if not options.force and in_use():
            raise Trouble(
                _(
                    "Something has the database open, perhaps Opieka itself. Stop every process of it first, or use --force."
                )
            )
        beside = options.file.with_name(options.file.name + ".keys")
        keys = options.keys or (beside if beside.exists() else None)
        try:
            manifest = restore(options.file, keys=keys, replace=options.replace)
        except CannotBackUp as trouble:
            raise Trouble(str(trouble)) from trouble
        rows = sum(manifest["rows"].values())
        said = _("%(rows)d rows and %(files)d files are back. Start Opieka again: opieka run")
        report(manifest, as_json=options.json, text=said % {"rows": rows, "files": manifest["files"]})
        return 0
