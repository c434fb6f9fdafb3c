"""How well messages are understood: accuracy and macro F1 for each label a test file carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opieka.assistant.measures import accuracy, macro_f1, share
from opieka.assistant.understanding import words
from opieka.assistant.understanding.language import language_of
from opieka.assistant.understanding.understand import URGENT_FROM, as_read, chances_of, legal_meaning
from opieka.assistant.understanding.understood import Legal

if TYPE_CHECKING:
    from opieka.assistant.understanding.model import Model
    from opieka.knowledge.encoders.base import Encoder, Vectors

Row = Mapping[str, Any]

_LABELS = ("topic", "legal", "mood", "urgent", "language")


def figures(rows: Sequence[Row], *, encoder: Encoder, model: Model | None = None) -> dict[str, Any]:
    """The report of `opieka eval understand`.

    Decisions are those of the product, rules included. A label the model was never taught is left out.
    """
    given = [read(str(row["text"]), encoder=encoder, model=model) for row in rows]
    report: dict[str, Any] = {"n": len(rows)}
    for label in _LABELS:
        pairs = [
            (str(row[label]).lower(), one[label])
            for row, one in zip(rows, given, strict=True)
            if label in row and label in one
        ]
        if pairs:
            expected, answered = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
            report[label] = {"accuracy": accuracy(expected, answered), "macro_f1": macro_f1(expected, answered)}
            if label == "legal":
                report[label] |= _any_legal(expected, answered)
    return report


def _any_legal(expected: Sequence[str], answered: Sequence[str]) -> dict[str, float | None]:
    """How many of the legal messages were caught as anything but none, and how many of the caught were legal."""
    both = sum(Legal.NONE not in {e, a} for e, a in zip(expected, answered, strict=True))
    return {
        "recall_any": share(both, sum(e != Legal.NONE for e in expected)),
        "precision_any": share(both, sum(a != Legal.NONE for a in answered)),
    }


def read(text: str, *, encoder: Encoder, model: Model | None) -> dict[str, str]:
    """Label name to the product's decision, for the labels the model knows."""
    language = language_of(text)
    chances = chances_of(text, language, encoder=encoder, model=model)
    decided = {name: max(labels, key=lambda label: labels[label]) for name, labels in chances.items()}
    decided["language"] = language
    if Legal.NONE in chances.get("legal", {}):
        decided["legal"] = legal_meaning(text, chances["legal"])[0]
    if "urgent" in chances:
        hurry = chances["urgent"].get("true", 0.0)
        decided["urgent"] = str(words.is_urgent(text) or hurry >= URGENT_FROM).lower()
    return decided


def encoded(rows: Sequence[Row], encoder: Encoder) -> Vectors:
    """Vectors of the texts as the product reads them, [rows, dimensions]."""
    texts = [str(row["text"]) for row in rows]
    return encoder.encode_queries([as_read(text, language_of(text)) for text in texts])
