"""`opieka chaos delivery`: replies through an SMTP server that puts off, refuses, falls silent, and bounces later."""

import random
import time
from typing import Any

from opieka.cli.chaos.dovecot import Dovecot
from opieka.cli.chaos.letters import SUPPORT
from opieka.cli.chaos.mail import mail_server
from opieka.cli.chaos.moody import MoodyServer, Taken
from opieka.plumbing.trial import Failed, Trial, trial

SCENE = "opieka.cli.chaos.mail_scene"
MOODS = {"busy": 0.15, "cut": 0.05, "silent": 0.05}
REFUSED, BOUNCED = 0.08, 0.08
SETTLE_SECONDS = 900.0

BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.poczta.example
To: {support}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 16 Nov 2026 12:00:00 +0100
Message-ID: <{number}.bounce@mx.poczta.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.poczta.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: {recipient}
--b--
"""


def treat_delivery_badly(replies: int, *, seed: int, database: str = "") -> dict[str, Any]:
    """What became of so many replies: `lost` ones that nobody has and nothing says so, `doubled` in the recipients'
    mailboxes, `said_sent_too_soon`, `unseen_failures`, `stuck`, and `uncertain` ones, of which `unexplained`.
    """
    dice = random.Random(seed)
    recipients = [f"odbiorca{number}@poczta.example" for number in range(replies)]
    fates = {recipient: _fate(dice) for recipient in recipients} | {recipients[0]: "hang"}
    smtp = MoodyServer(random.Random(seed), moods=MOODS, fates=fates)
    with mail_server() as dovecot, trial(database=database) as product:
        product.play(SCENE, "prepare", str(dovecot.port), str(smtp.start()))
        product.play(SCENE, "reply", str(replies))
        product.start()
        began = time.monotonic()
        too_soon = _watch(product, smtp)
        bounced = [one for one in smtp.taken if fates.get(one.recipient) == "bounce"]
        _bounce(dovecot, bounced)
        outcome = _settled(product, failed=len({one.recipient for one in bounced} | set(smtp.refused)))
        took = time.monotonic() - began
        smtp.stop()
    states = {address: state for address, state, _error in outcome["deliveries"]}
    there = {one.recipient for one in smtp.taken} - {one.recipient for one in bounced}
    failing = set(smtp.refused) | {one.recipient for one in bounced}
    return {
        "replies": replies,
        "seconds": round(took, 1),
        "lost": sum(states[one] in {"accepted", "delivered"} and one not in there for one in recipients),
        "doubled": smtp.doubled(),
        "said_sent_too_soon": too_soon,
        "put_off": outcome["attempts"] - replies,
        "refused": len(smtp.refused),
        "bounced": len({one.recipient for one in bounced}),
        "unseen_failures": sum(states[one] != "failed" for one in failing),
        "without_a_reason": sum(state == "failed" and not error for _one, state, error in outcome["deliveries"]),
        "retriable": outcome["retriable"],
        "stuck": outcome["stuck"] + sum(state in {"queued", "sending"} for state in states.values()),
        "uncertain": sum(state == "uncertain" for state in states.values()),
        "unexplained": sum(state == "uncertain" and not error for _one, state, error in outcome["deliveries"]),
    }


def _fate(dice: random.Random) -> str:
    drawn = dice.random()
    return "refuse" if drawn < REFUSED else "bounce" if drawn < REFUSED + BOUNCED else ""


def _watch(product: Trial, smtp: MoodyServer) -> int:
    """Until nothing is on its way any more; how many were called sent while the server had not taken them."""
    end, too_soon = time.monotonic() + SETTLE_SECONDS, 0
    while True:
        said = product.count("SELECT count(*) FROM conversations_delivery WHERE state IN ('accepted', 'delivered')")
        # Asked in this order: what is taken meanwhile can only make the second figure larger.
        too_soon = max(too_soon, said - len({one.message_id for one in smtp.taken}))
        if not product.count("SELECT count(*) FROM conversations_delivery WHERE state IN ('queued', 'sending')"):
            return max(0, too_soon)
        if time.monotonic() > end:
            raise Failed(f"Replies were still on their way after {SETTLE_SECONDS:.0f} s.")
        time.sleep(0.2)


def _bounce(dovecot: Dovecot, taken: list[Taken]) -> None:
    """The reports that come minutes later: there is no such mailbox after all."""
    for number, one in enumerate(taken):
        values = {"support": SUPPORT, "number": number, "recipient": one.recipient, "message_id": one.message_id}
        dovecot.put(SUPPORT, BOUNCE.format(**values).replace("\n", "\r\n").encode())


def _settled(product: Trial, *, failed: int) -> dict[str, Any]:
    end = time.monotonic() + SETTLE_SECONDS
    while product.count("SELECT count(*) FROM conversations_delivery WHERE state = 'failed'") < failed:
        if time.monotonic() > end:
            break
        time.sleep(0.3)
    return product.play(SCENE, "deliveries")
