"""`opieka chaos` and `opieka bench`: small runs of what an operator may run large."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
