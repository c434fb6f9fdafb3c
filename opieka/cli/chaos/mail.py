"""`opieka chaos mail`: mails good and bad through a real Dovecot, with cut lines and `kill -9` at random moments."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

from opieka.cli.chaos.cutter import Cutter
from opieka.cli.chaos.dovecot import Dovecot
from opieka.cli.chaos.letters import SUPPORT, Letter, Post
from opieka.cli.chaos.moody import MoodyServer
from opieka.plumbing.trial import Failed, Trial, trial

SCENE = "opieka.cli.chaos.mail_scene"
MAILS_A_BATCH = 25
KILLS, CUTS = 6, 12
SETTLE_SECONDS = 900.0
MOODS = {"busy": 0.05, "cut": 0.02, "silent": 0.02}


def treat_mail_badly(mails: int, *, seed: int, database: str = "") -> dict[str, Any]:
    """What became of so many mails: `lost`, `doubled` (here and in the recipients' mailboxes), `joined_wrongly`,
    `stuck` jobs, and `uncertain` replies, of which `unexplained` say nothing about why.
    """
    dice = random.Random(seed)
    letters = list(Post(random.Random(seed)).letters(mails))
    smtp = MoodyServer(random.Random(seed), moods=MOODS)
    with mail_server() as dovecot, wire(dovecot.port) as imap, trial(database=database) as product:
        product.play(SCENE, "prepare", str(imap.port), str(smtp.start()))
        product.start()
        began = time.monotonic()
        postman = Thread(target=_deliver, args=(dovecot, letters), daemon=True)
        postman.start()
        kills = _trouble(product, imap, dice, postman, expected=_arriving(letters))
        outcome = _settled(product, expected=_arriving(letters))
        took = time.monotonic() - began
        smtp.stop()
    numbers = {letter.number for letter in letters}
    return {
        "mails": mails,
        "different": len(numbers),
        "kills": kills,
        "cuts": imap.cuts,
        "seconds": round(took, 1),
        "lost": len(numbers - set(outcome["found"])),
        "doubled": outcome["doubled"] + smtp.doubled(),
        "joined_wrongly": outcome["joined_wrongly"],
        "stuck": outcome["stuck"],
        "sent": len(smtp.taken),
        "said_sent_and_was_not": len(set(outcome["accepted"]) - {one.message_id for one in smtp.taken}),
        "uncertain": outcome["uncertain"],
        "unexplained": outcome["unexplained"],
        "unclear": outcome["unclear"],
    }


@contextmanager
def mail_server() -> Iterator[Dovecot]:
    """A Dovecot of our own. Raises Failed where none is installed."""
    if not Dovecot.found():
        raise Failed("Dovecot is missing: apt-get install dovecot-imapd dovecot-lmtpd")
    server = Dovecot().start()
    try:
        yield server
    finally:
        server.close()


@contextmanager
def wire(port: int) -> Iterator[Cutter]:
    cutter = Cutter(port)
    try:
        yield cutter
    finally:
        cutter.close()


def _arriving(letters: Sequence[Letter]) -> int:
    """How many different raw mails there are to store."""
    return len({letter.raw for letter in letters})


def _deliver(dovecot: Dovecot, letters: Sequence[Letter]) -> None:
    """A few at a time, as they come on a busy morning, some while nobody listens."""
    for start in range(0, len(letters), MAILS_A_BATCH):
        dovecot.put(SUPPORT, *(letter.raw for letter in letters[start : start + MAILS_A_BATCH]))
        time.sleep(0.02)


def _trouble(product: Trial, imap: Cutter, dice: random.Random, postman: Thread, *, expected: int) -> int:
    """Kill and cut when so many mails are stored; the moments and what happens are the dice's."""
    planned = [
        (dice.randrange(expected // 20, max(expected // 20 + 1, expected * 9 // 10)), "kill") for _ in range(KILLS)
    ]
    planned += [(dice.randrange(0, max(1, expected * 9 // 10)), "cut") for _ in range(CUTS)]
    kills = 0
    for moment, what in sorted(planned):
        _wait_until_stored(product, moment)
        time.sleep(dice.uniform(0, 0.2))
        if what == "cut":
            imap.cut()
            continue
        product.kill()
        kills += 1
        time.sleep(dice.uniform(0, 1))
        product.start()
    postman.join()
    return kills


def _wait_until_stored(product: Trial, count: int) -> None:
    end = time.monotonic() + SETTLE_SECONDS
    while product.count("SELECT count(*) FROM channels_raw") < count:
        if time.monotonic() > end:
            raise Failed(f"Not even {count} mails were stored within {SETTLE_SECONDS:.0f} s.")
        time.sleep(0.1)


def _settled(product: Trial, *, expected: int) -> dict[str, Any]:
    """What is there once every mail is stored and nothing is left to do. Raises Failed when that takes too long."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        left = product.count("SELECT count(*) FROM plumbing_jobrow WHERE state IN ('ready', 'running')")
        stored = product.count("SELECT count(*) FROM channels_raw")
        if not left and stored >= expected:
            return product.play(SCENE, "count")
        if time.monotonic() > end:
            raise Failed(f"{left} jobs were left and {stored} of {expected} mails stored after {SETTLE_SECONDS:.0f} s.")
        time.sleep(0.5)
