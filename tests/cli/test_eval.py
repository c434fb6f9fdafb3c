"""`opieka eval replies|threads` as an operator runs them."""

import json
import subprocess
import sys
from pathlib import Path

from opieka.cli.eval.threads import run_threads
from tests.databases import migrated_database

ROOT = Path(__file__).resolve().parents[2]
ANNA, STRANGER = "Anna Źródło <anna@poczta.example>", "obcy@poczta.example"


def measured(*arguments: str) -> dict:
    command = [sys.executable, "-m", "opieka.cli", "eval", *arguments, "--wrong", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def step(number: int, expect: str | None, **fields: str) -> dict:
    known = {
        "from": ANNA,
        "to": "pomoc@sklep.example",
        "subject": "Gdzie paczka?",
        "message_id": f"<{number}@poczta.example>",
        "in_reply_to": "",
        "references": "",
        "date": f"2026-10-{number + 1:02}T10:00:00+02:00",
        "text": f"Treść {number}",
        "expect": expect,
    }
    return known | fields


def played(tmp_path: Path, *scenarios: list[dict]) -> dict:
    file = tmp_path / "scenarios.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for name, steps in zip(("anna", "second"), scenarios, strict=False):
            lines.write(json.dumps({"id": name, "tokens": {"SK-1": 0}, "steps": steps}) + "\n")
    with migrated_database(tmp_path) as database:
        return run_threads(file, wrong=True, database=database)


def test_threads_are_played_by_the_real_actions_and_support_may_write_first(tmp_path):
    answer = {"from": "pomoc@sklep.example", "to": "anna@poczta.example", "message_id": "<s@sklep.example>"}

    figures = played(
        tmp_path,
        [
            step(0, "new"),
            step(1, None, in_reply_to="<0@poczta.example>", **answer),
            step(2, "joins:0", subject="Odp: Gdzie paczka?", in_reply_to="<s@sklep.example>"),
            step(3, "suggest", **{"from": STRANGER}, subject="Re: [#SK-1] Gdzie paczka?"),
            step(4, "joins:1", subject="Re: [#SK-1] Gdzie paczka?"),
            step(5, "suggest"),
            step(6, "new", subject="Faktura"),
        ],
        [step(0, None, **answer), step(1, "joins:0", in_reply_to="<s@sklep.example>")],
    )

    assert figures == {"n": 7, "accuracy": 1.0, "joined_wrongly": 0, "wrong": []}


def test_a_mail_that_came_out_otherwise_is_told(tmp_path):
    figures = played(tmp_path, [step(0, "new"), step(1, "new", in_reply_to="<0@poczta.example>")])

    assert figures["accuracy"] == 0.5
    assert figures["joined_wrongly"] == 1
    assert figures["wrong"] == ["anna step 1: expected new, came out joins:0"]


def test_replies_are_compared_but_for_white_space(tmp_path):
    mail = (
        "From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\nDziękuję,\n  to wszystko.\n\n> Gdzie paczka?\n"
    )
    for name, text in {"right": "Dziękuję, to wszystko.", "wrong": "Coś innego"}.items():
        (tmp_path / f"{name}.eml").write_text(mail, encoding="utf-8")
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")

    assert measured("replies", "--folder", str(tmp_path)) == {"n": 2, "exact": 0.5, "wrong": ["wrong"]}


def test_a_folder_without_mails_is_told_in_a_sentence(tmp_path):
    command = [sys.executable, "-m", "opieka.cli", "eval", "replies", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "x.eml" in done.stderr
    assert "Traceback" not in done.stderr


def test_scripted_threads_of_every_kind_come_out_right():
    """A sixth of the corpus; the README beside it says how to play all of it."""
    figures = measured("threads", "--scenarios", str(ROOT / "tests/mail/threads/threads-1.jsonl"))

    assert figures["n"] > 250
    assert figures["wrong"] == []
