"""An installation as its operator has it: upgraded with a backup made first, put back, moved to another machine."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from opieka.plumbing.trial import Trial
from tests.databases import empty_database, migrated_database
from tests.plumbing.installation import SECRET

# Not as a part of `tests`, which gives whoever imports it a home and keys of its own.
SCENE, SCENES = "installation", {"PYTHONPATH": str(Path(__file__).parent)}


@contextmanager
def product(home: Path, *, migrated: bool = False) -> Iterator[Trial]:
    home.mkdir(exist_ok=True)
    with migrated_database(home) if migrated else empty_database() as database:
        made = Trial(home, database=database, settings=SCENES)
        try:
            yield made
        finally:
            made.kill()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A shop with a channel whose secret is sealed; each test leaves it as it was."""
    with product(tmp_path_factory.mktemp("installed"), migrated=True) as made:
        made.play(SCENE, "found")
        yield made


@pytest.fixture(scope="module")
def backup(installed: Trial, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "opieka.tar"
    opieka(installed, "backup", str(file))
    return file


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """A shop that was upgraded when it was started: `rows` as before, and the backup made first."""

    trial: Trial
    pending: list[str]
    rows: dict[str, int]
    backup: Path


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    home = tmp_path_factory.mktemp("upgraded")
    with product(home, migrated=True) as made:
        made.play(SCENE, "found")
        before = made.play(SCENE, "step_back")
        made.start(with_backup=True)
        made.kill()
        (backup,) = (home / "backups").glob("before-*.tar")
        yield Upgraded(trial=made, pending=before["pending"], rows=before["rows"], backup=backup)


def opieka(trial: Trial, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "opieka.cli", *arguments]
    return subprocess.run(command, env=trial.environment, capture_output=True, text=True, check=False)


@contextmanager
def connected(trial: Trial) -> Iterator[Any]:
    """Somebody has the database open, as a process of Opieka would."""
    address = trial.environment["OPIEKA_DATABASE_URL"]
    if address.startswith("sqlite"):
        somebody: Any = sqlite3.connect(address.removeprefix("sqlite:///"))
    else:
        import psycopg

        somebody = psycopg.connect(address, autocommit=True)
    somebody.execute("SELECT count(*) FROM accounts_organisation").fetchone()
    try:
        yield somebody
    finally:
        somebody.close()


@pytest.mark.slow
@pytest.mark.proves(206)
def test_an_upgrade_backs_up_first_and_the_backup_restores_to_the_rows_before(upgraded: Upgraded, tmp_path: Path):
    assert {"conversations.0002_counted_lists", "surveys.0001_initial"} <= set(upgraded.pending)

    with product(tmp_path / "there") as other:
        done = opieka(other, "restore", str(upgraded.backup), "--json")
        assert done.returncode == 0, done.stderr
        assert other.play(SCENE, "rows") == upgraded.rows


@pytest.mark.slow
def test_the_way_back_from_an_upgrade_is_its_backup_and_the_way_forth_is_open_again(upgraded: Upgraded):
    done = opieka(upgraded.trial, "restore", str(upgraded.backup), "--replace", "--json")

    assert done.returncode == 0, done.stderr
    assert upgraded.trial.play(SCENE, "rows") == upgraded.rows
    upgraded.trial.start()


@pytest.mark.slow
def test_a_sealed_secret_opens_after_a_move_to_another_machine(backup: Path, tmp_path: Path):
    with product(tmp_path / "there") as other:
        done = opieka(other, "restore", str(backup))
        assert done.returncode == 0, done.stderr
        assert other.play(SCENE, "unseal") == {"password": SECRET}


@pytest.mark.slow
def test_a_backup_whose_secrets_would_not_open_is_refused_before_anything_is_touched(
    installed: Trial, backup: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setitem(installed.environment, "OPIEKA_FIELD_KEY", "another")
        done = opieka(installed, "restore", str(backup), "--replace")

    assert (done.returncode, "OPIEKA_FIELD_KEY is set" in done.stderr) == (2, True), done.stderr
    assert installed.play(SCENE, "unseal") == {"password": SECRET}


@pytest.mark.slow
def test_nothing_is_restored_under_a_running_product(installed: Trial, backup: Path):
    installed.start()
    try:
        done = opieka(installed, "restore", str(backup), "--replace")
    finally:
        installed.kill()

    assert (done.returncode, "has the database open" in done.stderr) == (2, True), done.stderr


@pytest.mark.slow
def test_force_restores_although_somebody_is_connected(installed: Trial, backup: Path):
    with connected(installed):
        refused = opieka(installed, "restore", str(backup), "--replace")
        forced = opieka(installed, "restore", str(backup), "--replace", "--force")

    assert (refused.returncode, forced.returncode) == (2, 0), forced.stderr
