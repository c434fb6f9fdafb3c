"""`opieka eval answers|understand|replies|threads`: how good the product is, on examples of your own."""

import argparse
from pathlib import Path
from typing import Any

from opieka.cli.base import Command, Trouble, report, start_django
from opieka.plumbing.words import _


class Eval(Command):
    """Measures; changes nothing."""

    help = _("measure the product on files of questions, utterances or mails")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True)
        answers = kinds.add_parser("answers", help=_("does the right article answer?"))
        answers.add_argument("--articles", type=Path, required=True)
        answers.add_argument("--questions", type=Path, required=True)
        understand = kinds.add_parser("understand", help=_("are topic, legal meaning, mood… understood?"))
        understand.add_argument("--test", type=Path, required=True)
        understand.add_argument("--train", type=Path)
        replies = kinds.add_parser("replies", help=_("is just the new text of each mail found?"))
        replies.add_argument("--folder", type=Path, required=True)
        threads = kinds.add_parser("threads", help=_("does each mail join the right conversation?"))
        threads.add_argument("--scenarios", type=Path, required=True)
        for kind in (replies, threads):
            kind.add_argument("--wrong", action="store_true", help=_("list those that came out wrong"))
        for kind in (answers, understand, replies, threads):
            kind.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        start_django()
        try:
            report(_figures(options), as_json=options.json)
        except (OSError, ValueError, KeyError) as error:
            raise Trouble(_("The files could not be read: %(why)s") % {"why": error}) from error
        return 0


def _figures(options: argparse.Namespace) -> dict[str, Any]:
    if options.what == "replies":
        from opieka.cli.eval.replies import run_replies

        return run_replies(options.folder, wrong=options.wrong)
    if options.what == "threads":
        from opieka.cli.eval.threads import run_threads

        return run_threads(options.scenarios, wrong=options.wrong)
    from opieka.assistant.evaluation import run_answers, run_understand

    if options.what == "answers":
        return run_answers(options.articles, options.questions)
    return run_understand(options.test, options.train)
