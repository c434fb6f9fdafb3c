"""`opieka chaos` and `opieka bench`: small runs of what an operator may run large."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from opieka.cli.bench.mails import Post
from opieka.cli.bench.vocabulary import FEWEST, vocabulary
from tests.cli.test_commands import ROOT
from tests.databases import migrated_database


@pytest.mark.slow
def test_messages_that_come_in_while_the_product_is_killed_are_kept_once(tmp_path: Path):
    with migrated_database(tmp_path) as database:
        command = [sys.executable, "-m", "opieka.cli", "chaos", "jobs", "--mails", "80", "--seed", "7", "--json"]
        done = subprocess.run([*command, "--database", database], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert (outcome["acknowledged"], outcome["kills"]) == (80, 4)
    assert outcome["repeated"] > 0
    assert [outcome[what] for what in ("lost", "doubled", "joined_wrongly", "stuck")] == [0, 0, 0, 0]


@pytest.mark.slow
def test_every_agent_hears_of_every_message_while_visitors_are_connected():
    command = [sys.executable, "-m", "opieka.cli", "bench", "live", "--agents", "30", "--visitors", "60"]
    command += ["--messages", "8", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["missed"], figures["messages"]) == (0, 8)
    assert figures["kib_per_connection"] < 60


@pytest.mark.slow
def test_how_fast_mail_is_taken_in_is_measured_on_a_database_of_its_own():
    server = os.environ.get("OPIEKA_DATABASE_URL", "")
    before = databases_on(server)
    command = [sys.executable, "-m", "opieka.cli", "bench", "ingest", "--mails", "250", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["database"] == ("postgresql" if server.startswith("postgres") else "sqlite")
    assert figures["mails"] == 250
    # Two groups, each kept, taken in and struck off the queue in a few transactions.
    assert figures["commits"] < 16
    assert figures["cpu_us"] > 0
    assert (
        0
        < figures["ratio_to_limit"]
        == pytest.approx(figures["per_second"] / figures["limit_per_second"], rel=0.05, abs=0.0001)
    )
    assert databases_on(server) == before


def databases_on(server: str) -> set[str]:
    """The names of what benches have left on this PostgreSQL."""
    if not server.startswith("postgres"):
        return set()
    with psycopg.connect(server, autocommit=True) as connection:
        names = {str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")}
    return {name for name in names if name.startswith("opieka_bench_")}


def test_the_trial_mails_are_of_every_shape_and_a_third_of_them_answer():
    words = vocabulary(random.Random(1))
    mails = Post(random.Random(1), words, writers=400).mails(1000)

    assert len(set(words.forms)) == len(words.forms) >= FEWEST
    assert 250 < sum(b"\r\nIn-Reply-To: " in mail for mail in mails) < 420
    shapes = (b"windows-1250", b"quoted-printable", b"multipart/alternative", b"multipart/mixed", b"DKIM-Signature")
    assert all(sum(shape in mail for mail in mails) > 50 for shape in shapes)
    assert mails == Post(random.Random(1), vocabulary(random.Random(1)), writers=400).mails(1000)
