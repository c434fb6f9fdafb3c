"""`kill -9` of the whole product while 500 mails come in: nothing lost, nothing doubled, no job stuck."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from threading import Thread

import pytest

from opieka.plumbing.trial import count_in
from tests.databases import migrated_database
from tests.mail.conftest import mail, settings_for
from tests.mail.moody import Moody
from tests.mail.servers import Dovecot, free_port

MAILS, ANSWERED_EACH = 500, 4
KILLED_AT = (60, 180, 330)
ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "pomoc398@lampa.example"

PREPARE = """
import json, sys
import django; django.setup()
from tests.world import make_world
from opieka.channels.actions import connect
print(connect(make_world().shop, "email", name="Poczta", cleaned=json.load(sys.stdin)).pk)
"""
TAKEN = "SELECT count(*) FROM channels_raw WHERE state <> 'new'"
TO_DO = "SELECT count(*) FROM plumbing_jobrow WHERE state IN ('ready', 'running')"
OUTCOME = """
import json
import django; django.setup()
from opieka.channels.models import Inbox, Raw
from opieka.conversations.models import Conversation, Delivery, Message
from opieka.plumbing.models import JobRow
said = Message.objects.filter(author="customer").order_by("id")
open_jobs = JobRow.objects.filter(state__in=["ready", "running", "dead"])
print(json.dumps({
    "raws": Raw.objects.count(),
    "left": Raw.objects.exclude(state="taken in").count(),
    "texts": [message.text for message in said],
    "conversations": Conversation.objects.count(),
    "jobs": [f"{job.name} {job.state} {job.last_error[-200:]}" for job in open_jobs],
    "uncertain": list(Delivery.objects.filter(state="uncertain").values_list("external_id", flat=True)),
    "trouble": Inbox.objects.get(kind="email").trouble,
}))
"""


class Product:
    """The product as its operator starts it, on a database of its own."""

    def __init__(self, home: Path, url: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPIEKA_")}
        self.environment = kept | {
            "OPIEKA_HOME": str(home),
            "OPIEKA_DATABASE_URL": url,
            "OPIEKA_ENCODER": "hashing",
            "DJANGO_SETTINGS_MODULE": "opieka.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, script: str, given: str = "") -> str:
        command = [sys.executable, "-c", script]
        done = subprocess.run(
            command, env=self.environment, input=given, capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().splitlines()[-1]

    def count(self, question: str) -> int:
        return count_in(self.environment["OPIEKA_DATABASE_URL"], question)

    def start(self) -> None:
        command = [sys.executable, "-m", "opieka.cli", "run", "--port", str(free_port()), "--no-backup"]
        self.log = Path(self.environment["OPIEKA_HOME"]) / "log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=log)

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process
        self.process.send_signal(number)
        self.process.wait(60)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with migrated_database(tmp_path) as url:
        yield Product(tmp_path, url)


@pytest.fixture
def smtp() -> Iterator[Moody]:
    server = Moody()
    server.start()
    yield server
    server.stop()


def _letter(number: int) -> bytes:
    """Every fourth mail is a question that the assistant answers; the others only have to be kept."""
    headers = {} if number % ANSWERED_EACH == 0 else {"precedence": "bulk"}
    return mail(f"Pytanie {number}", **headers)


def _deliver(dovecot: Dovecot) -> None:
    """500 mails, a few at a time, as they come on a busy morning."""
    for start in range(0, MAILS, 20):
        dovecot.put(ADDRESS, *(_letter(number) for number in range(start, start + 20)))
        time.sleep(0.15)


def _wait_until_taken(product: Product, count: int, *, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while product.count(TAKEN) < count:
        assert time.monotonic() < end, f"{product.ask(OUTCOME)[:2000]}\n{product.log.read_text()[-4000:]}"
        time.sleep(0.1)


@pytest.mark.mail
@pytest.mark.slow
def test_kill_during_500_mails_loses_and_doubles_nothing(product: Product, dovecot: Dovecot, smtp: Moody):
    product.ask(PREPARE, json.dumps(settings_for(ADDRESS, dovecot, smtp_port=smtp.controller.port)))
    product.start()
    sender = Thread(target=_deliver, args=(dovecot,))
    sender.start()
    try:
        for taken in KILLED_AT:
            _wait_until_taken(product, taken)
            product.kill()
            product.start()
        sender.join()
        _wait_until_taken(product, MAILS)
        outcome = _settled(product)
    finally:
        product.kill(signal.SIGTERM)

    assert sorted(outcome["texts"]) == sorted(f"Pytanie {number}" for number in range(MAILS))
    assert outcome["texts"] == [f"Pytanie {number}" for number in range(MAILS)]
    assert (outcome["raws"], outcome["left"], outcome["conversations"]) == (MAILS, 0, MAILS)
    assert (outcome["jobs"], outcome["trouble"]) == ([], "")
    # What the assistant answered left once at most; where a kill leaves doubt, the product says so.
    sent = [message_from_bytes(letter)["Message-ID"] for letter in smtp.taken]
    assert len(sent) == len(set(sent))
    assert len(sent) + len(outcome["uncertain"]) >= MAILS // ANSWERED_EACH
    assert len(outcome["uncertain"]) <= 3 * len(KILLED_AT)


def _settled(product: Product, *, seconds: float = 300) -> dict[str, list[str]]:
    """What is there once no job is left to run."""
    end = time.monotonic() + seconds
    while product.count(TO_DO) and time.monotonic() < end:
        time.sleep(0.2)
    outcome: dict[str, list[str]] = json.loads(product.ask(OUTCOME))
    return outcome
