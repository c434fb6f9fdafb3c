"""Makes the shipped weights anew: `python training/understand.py`, about a minute on one core.

Reads `training/corpus/seed/{utterances,moods,asked}.jsonl`, writes `weights.npz` beside the code that uses
it and `weights.json` with the checksum of both and with honest scores: five-fold, so that no text was
seen by the model that judged it, through the same decisions as in the product.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from opieka.assistant.understanding.figures import encoded, figures  # noqa: E402
from opieka.assistant.understanding.model import SHIPPED  # noqa: E402
from opieka.assistant.understanding.training import fit  # noqa: E402
from opieka.knowledge.encoders.base import named  # noqa: E402

CORPUS = ROOT / "training" / "corpus" / "seed"
FILES = ("utterances.jsonl", "moods.jsonl", "asked.jsonl")


def main() -> None:
    rows = [json.loads(line) for name in FILES for line in (CORPUS / name).read_text("utf-8").splitlines()]
    vectors = encoded(rows, named())
    scores = cross_validated(rows, vectors)
    model = fit(rows, vectors)
    model.save(SHIPPED)
    record = {
        "made_by": "training/understand.py",
        "corpus_sha256": {name: checksum(CORPUS / name) for name in FILES},
        "weights_sha256": checksum(SHIPPED),
        "texts": len(rows),
        "five_fold": scores,
    }
    SHIPPED.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


def cross_validated(rows: list[dict[str, object]], vectors: np.ndarray) -> dict[str, object]:
    strata = [str(row.get("topic", row.get("mood", row.get("legal")))) for row in rows]
    judged = []
    for learnt, tested in StratifiedKFold(5, shuffle=True, random_state=7).split(rows, strata):
        model = fit([rows[place] for place in learnt], vectors[learnt])
        judged.append(figures([rows[place] for place in tested], encoder=named(), model=model))
    return mean_of(judged)


def mean_of(folds: list[dict[str, object]]) -> dict[str, object]:
    """The folds' figures averaged, key by key."""
    first = folds[0]
    return {
        key: mean_of([one[key] for one in folds])  # type: ignore[misc]
        if isinstance(first[key], dict)
        else round(float(np.mean([one[key] for one in folds])), 4)
        for key in first
        if key != "n"
    }


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
