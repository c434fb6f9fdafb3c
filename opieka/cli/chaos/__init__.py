"""`opieka chaos jobs|mail|delivery`: treat a product of its own badly, and count what became of everything."""

import argparse
from collections.abc import Callable
from typing import Any

from opieka.cli.base import Command, Trouble, report
from opieka.plumbing.words import _

NEVER = ("lost", "doubled", "joined_wrongly", "stuck", "said_sent_too_soon", "said_sent_and_was_not", "unseen_failures", "unexplained")  # fmt: skip
DEFAULTS = {"jobs": 500, "mail": 500, "delivery": 100}


class Chaos(Command):
    """In a home of its own; your data is not touched."""

    help = _("treat a product of its own badly, and count what was lost")

    @classmethod
    def arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "what",
            choices=list(DEFAULTS),
            help=_(
                "jobs: kill -9 while messages come in; mail: bad mails, cut lines and kill -9, with a real Dovecot; "
                "delivery: replies through a mail server that puts off, refuses, falls silent and bounces"
            ),
        )
        parser.add_argument("--mails", type=int, metavar="N", help=_("how many messages (500; replies: 100)"))
        parser.add_argument("--seed", type=int, default=1, help=_("the same seed kills at the same messages (1)"))
        parser.add_argument("--database", default="", metavar="URL", help=_("an empty database (a new SQLite file)"))
        parser.add_argument("--json", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        from opieka.plumbing.trial import Failed

        mails = options.mails or DEFAULTS[options.what]
        try:
            outcome = _treatment(options.what)(mails, seed=options.seed, database=options.database)
        except Failed as failure:
            raise Trouble(str(failure)) from failure
        report(outcome, as_json=options.json)
        return 1 if any(outcome.get(name) for name in NEVER) else 0


def _treatment(what: str) -> Callable[..., dict[str, Any]]:
    if what == "mail":
        from opieka.cli.chaos.mail import treat_mail_badly

        return treat_mail_badly
    if what == "delivery":
        from opieka.cli.chaos.delivery import treat_delivery_badly

        return treat_delivery_badly
    from opieka.cli.chaos.jobs import kill_while_messages_come

    return kill_while_messages_come
