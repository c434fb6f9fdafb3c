"""What `opieka eval answers` and `opieka eval understand` count. The keys are those of the design, section 9."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from opieka.assistant.engines.base import Answer, Offer, Thresholds, Verdict
from opieka.assistant.engines.quoting import Quoting
from opieka.assistant.measures import auroc, mean, ndcg_at, percentile, recall_at, reciprocal_rank, share
from opieka.knowledge.encoders.base import DEFAULT, named
from opieka.knowledge.finding.found import Document
from opieka.knowledge.finding.index import Index

_RANKED = 10


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one question brought."""

    expected: frozenset[str]
    ranking: tuple[str, ...]
    top_chance: float
    verdict: Verdict
    milliseconds: float

    @property
    def answered(self) -> bool:
        return isinstance(self.verdict.decision, Answer)

    @property
    def right(self) -> bool:
        return isinstance(self.verdict.decision, Answer) and self.verdict.decision.article_id in self.expected

    @property
    def shown(self) -> set[str]:
        """Articles the customer gets to see: the one quoted or those offered."""
        match self.verdict.decision:
            case Answer(article_id=quoted):
                return {quoted}
            case Offer(choices=choices):
                return {article_id for article_id, _ in choices}
            case _:
                return set()


def run_answers(articles_path: str | Path, questions_path: str | Path, *, encoder: str = DEFAULT) -> dict[str, Any]:
    """Asks every question of the default engine at the shipped thresholds.

    A figure that nothing was counted for is None (`precision` when nothing was answered,
    `auroc_answerable` when every question has an answer).
    """
    index = Index(named(encoder))
    index.add_all(
        Document(str(row["id"]), row.get("title", ""), row["body"], tuple(row.get("questions", ())))
        for row in _rows(articles_path)
    )
    index.find("rozgrzewka")  # The first question would pay for loading the model.
    return _figures([_asked(index, row) for row in _rows(questions_path)])


def run_understand(
    test_path: str | Path, train_path: str | Path | None = None, *, encoder: str = DEFAULT
) -> dict[str, Any]:
    """Reads every message with the shipped model, or with one fitted on the training file alone."""
    from opieka.assistant.understanding.figures import encoded, figures  # Late: numpy.

    model = None
    if train_path is not None:
        from opieka.assistant.understanding.training import fit  # Late: scikit-learn.

        taught = _rows(train_path)
        model = fit(taught, encoded(taught, named(encoder)))
    return figures(_rows(test_path), encoder=named(encoder), model=model)


def _rows(path: str | Path) -> list[dict[str, Any]]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def _asked(index: Index, row: dict[str, Any]) -> _Outcome:
    began = time.perf_counter()
    found = index.find(row["text"], _RANKED)
    verdict = Quoting().decide(row["text"], found, thresholds=Thresholds(), stop=None)
    return _Outcome(
        expected=frozenset(map(str, row["expected"])),
        ranking=tuple(one.article_id for one in found),
        top_chance=found[0].p_right if found else 0.0,
        verdict=verdict,
        milliseconds=(time.perf_counter() - began) * 1000,
    )


def _figures(outcomes: list[_Outcome]) -> dict[str, Any]:
    answerable = [one for one in outcomes if one.expected]
    unanswerable = [one for one in outcomes if not one.expected]
    answered = [one for one in outcomes if one.answered]
    recalls = {
        f"recall_at_{k}": mean([recall_at(one.ranking, one.expected, k) for one in answerable]) for k in (1, 3, 5)
    }
    return {
        "n": len(outcomes),
        **recalls,
        "mrr": mean([reciprocal_rank(one.ranking, one.expected) for one in answerable]),
        "ndcg_at_10": mean([ndcg_at(one.ranking, one.expected, _RANKED) for one in answerable]),
        "auroc_answerable": auroc([one.top_chance for one in answerable], [one.top_chance for one in unanswerable]),
        "coverage": share(sum(one.answered for one in answerable), len(answerable)),
        "precision": share(sum(one.right for one in answered), len(answered)),
        "offered_hit_at_3": share(sum(bool(one.shown & one.expected) for one in answerable), len(answerable)),
        "wrong_answers": sum(not one.right for one in answered),
        "answered_unanswerable": share(sum(one.answered for one in unanswerable), len(unanswerable)),
        "p50_ms": percentile([one.milliseconds for one in outcomes], 50) if outcomes else None,
        "p95_ms": percentile([one.milliseconds for one in outcomes], 95) if outcomes else None,
    }


def main() -> None:
    """`python -m opieka.assistant.evaluation answers --articles A --questions Q`, or `understand --test T`."""
    parser = argparse.ArgumentParser(prog="opieka eval")
    kinds = parser.add_subparsers(dest="kind", required=True)
    answers = kinds.add_parser("answers")
    answers.add_argument("--articles", required=True)
    answers.add_argument("--questions", required=True)
    understand = kinds.add_parser("understand")
    understand.add_argument("--test", required=True)
    understand.add_argument("--train")
    for kind in (answers, understand):
        kind.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.kind == "answers":
        report = run_answers(chosen.articles, chosen.questions)
    else:
        report = run_understand(chosen.test, chosen.train)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
