"""The help articles: Markdown with a YAML head in `articles/pl` and `articles/en`."""

import re
import tomllib
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import yaml

from opieka.demo.lists import HERE
from opieka.demo.seeds import id_for, rng_for

Row = dict[str, Any]
WRITTEN = date(2026, 11, 16)
_HEAD = re.compile(r"\A---\n(.*?)\n---\n\n?(.*)\Z", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?”])\s+(?=[A-ZĄĆĘŁŃÓŚŹŻ„])")


@lru_cache(maxsize=1)
def categories() -> tuple[Row, ...]:
    read = tomllib.loads((HERE / "articles" / "categories.toml").read_text(encoding="utf-8"))
    return tuple({"position": place, **row} for place, row in enumerate(read["category"]))


@lru_cache(maxsize=1)
def _files() -> tuple[Row, ...]:
    found = []
    for language in ("pl", "en"):
        for path in sorted((HERE / "articles" / language).glob("*.md")):
            split = _HEAD.match(path.read_text(encoding="utf-8"))
            if split is None:
                raise ValueError(f"{path.name} has no YAML head.")
            found.append({"language": language, "body": split[2].rstrip() + "\n", **yaml.safe_load(split[1])})
    return tuple(found)


@lru_cache(maxsize=1)
def _votes() -> dict[str, list[int]]:
    return tomllib.loads((HERE / "articles" / "votes.toml").read_text(encoding="utf-8"))


def _judged(seed: int, row: Row) -> Row:
    """How many readers an article helped and did not; the English ones have a tenth of the readers."""
    rng = rng_for(seed, "votes", row["slug"])
    yes, no = _votes().get(row["slug"], [rng.randrange(9, 40), rng.randrange(2, 12)])
    share = 1 if row["language"] == "pl" else 10
    return {"helpful": yes // share, "unhelpful": no // share}


def articles(seed: int, anchor: datetime) -> list[Row]:
    """All articles; their dates, written for the default anchor, move with it."""
    moved = anchor.date() - WRITTEN
    return [
        {
            **row,
            **_judged(seed, row),
            "id": id_for(seed, "article", f"{row['language']}/{row['slug']}"),
            **{name: _shift(row[name], moved) for name in ("updated", "review_on", "valid_to") if name in row},
        }
        for row in _files()
    ]


def _shift(day: date, by: timedelta) -> str:
    return (day + by).isoformat()


@lru_cache(maxsize=1)
def answers() -> dict[str, Row]:
    """For each Polish article the quotation that answers its question: {"text", "start", "end", "title", "updated"}.

    `text` is exactly `body[start:end]`: the opening paragraph.
    """
    found = {}
    for row in _files():
        if row["language"] == "pl":
            text = row["body"].split("\n\n", 1)[0].rstrip("\n")
            found[row["slug"]] = {
                "text": text,
                "start": 0,
                "end": len(text),
                "title": row["title"],
                "updated": row["updated"].isoformat(),
            }
    return found


def first_sentence(text: str) -> str:
    return _SENTENCE_END.split(text, maxsplit=1)[0]
