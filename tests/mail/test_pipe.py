"""A real Postfix hands its mail to `opieka mail`: while Opieka is away the mail waits in the queue, then it comes."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from smtplib import SMTP

import pytest

from opieka.channels.models import Raw
from opieka.channels.queries import channel_of, hook_of
from tests.channels.email.test_relay import Door, hand_in, key_of, mailbox
from tests.mail.conftest import mail
from tests.mail.servers import Dovecot, Postfix
from tests.world import World

pytestmark = pytest.mark.mail

ROOT = Path(__file__).resolve().parents[2]
MAIN = {
    "virtual_transport": "opieka",
    "smtpd_relay_restrictions": "reject_unauth_destination",
    "minimal_backoff_time": "300s",
}
MASTER = """
opieka unix - n n - 1 pipe
  flags=q user=nobody directory={root}
  argv={python} -m opieka.cli mail --inbox {url} --key-file {key} --sender=${{sender}} --recipient=${{recipient}}
"""


def soon(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.05)


def python_for_nobody() -> str:
    """An interpreter that the pipe's user may run, and that finds this checkout; the command needs no more."""
    for python in (sys.executable, "/usr/bin/python3"):
        command = ["runuser", "-u", "nobody", "--", python, "-c", "import opieka.cli.mail"]
        if subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 0:
            return python
    return ""


@pytest.mark.skipif(not Postfix.found(), reason="Postfix is not installed, or may not be started by this user")
def test_a_mail_waits_in_postfix_while_we_are_away_and_then_comes(world: World, dovecot: Dovecot):
    python = python_for_nobody()
    if not python:
        pytest.skip("The user nobody may not read this checkout")
    inbox, door = mailbox(world, receives="sent", imap_host=""), Door()
    door.status = 503
    postfix = Postfix(dovecot, main=MAIN)
    key = postfix.home / "mail.key"
    key.write_text(key_of(inbox))
    url = f"{door.url}/hooks/email/{inbox.key}"
    postfix.master = MASTER.format(root=ROOT, python=python, url=url, key=key)
    postfix.start()
    try:
        with SMTP("127.0.0.1", postfix.port) as server:
            server.sendmail("anna@poczta.example", ["pomoc@lampa.example"], mail("Z Postfiksa. Żółta koperta."))
        soon(lambda: len(door.asked) == 1)
        soon(lambda: postfix.waiting() == 1)
        door.status = 202
        postfix.flush()
        soon(lambda: len(door.asked) == 2 and postfix.waiting() == 0)
    finally:
        postfix.close()
        door.server.shutdown()
        door.server.server_close()

    for headers, body in door.asked:
        proof = {name: headers[name] for name in ("x-opieka-signature", "x-envelope-to")}
        hand_in(inbox, body, authorization="", **proof)
    raw = Raw.objects.get()
    assert raw.headers["x-envelope-to"] == "pomoc@lampa.example"
    assert [message.text for message in channel_of(inbox).parse(hook_of(raw))] == ["Z Postfiksa. Żółta koperta."]
