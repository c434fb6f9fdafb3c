"""`opieka import articles WHERE`: a folder of Markdown, a page of questions and answers, or a file of JSON lines."""

import argparse
from pathlib import Path

from opieka.cli.base import Command, Trouble, report, start_django
from opieka.plumbing.words import _


class Import(Command):
    """Brings in what another place holds; what cannot be read is named, and the rest goes on."""

    help = _("bring in articles from a folder, a page or a file")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["articles"])
        parser.add_argument("where", help=_("a folder, an address (https://…) or a .jsonl file"))
        parser.add_argument("--publish", action="store_true", help=_("publish at once instead of keeping drafts"))
        parser.add_argument("--organisation", default="", help=_("its short name, where there are several"))
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        from opieka.accounts.queries import organisation_named
        from opieka.knowledge.actions import bring_in
        from opieka.knowledge.sources.base import CannotRead

        organisation = organisation_named(options.organisation)
        if organisation is None:
            raise Trouble(_("There is no such organisation; `opieka owner` makes the first one."))
        try:
            done = bring_in(organisation, source_of(options.where), options.where, publish=options.publish)
        except CannotRead as problem:
            raise Trouble(str(problem)) from problem
        skipped = [{"what": one.key, "reason": one.reason} for one in done.skipped]
        figures = {"created": done.created, "changed": done.changed, "unchanged": done.unchanged}
        report({**figures, "skipped": skipped}, as_json=options.json)
        return 1 if skipped else 0


def source_of(where: str) -> str:
    """Which source reads this place."""
    if where.startswith(("http://", "https://")):
        return "page"
    return "folder" if Path(where).is_dir() else "jsonl"
