"""From a phrase with slots to what somebody really typed.

`<am|em>` is the feminine and the masculine ending, `(a|b)` one of the two, `{order}` a slot; " @tag+tag" at the end says
what the phrase is about: the slug of the article that answers it, or a word that pairs questions with replies.
"""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from opieka.demo.lists import HERE
from opieka.demo.seeds import Weighted

_TAGS = re.compile(r" @([\w+-]+)$")
_SLOT = re.compile(r"\{(\w+)\}|<([^<>|]*)\|([^<>|]*)>|\(([^()|]*(?:\|[^()|]*)+)\)")
_PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”", 'acelnoszzACELNOSZZ""')


@dataclass(frozen=True, slots=True)
class Phrase:
    text: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What people come with: how they ask, what agents reply.

    `parts` holds the phrases by their role; `products` how the names of things begin that this can be about.
    """

    key: str
    topic: str
    weight: int
    language: str
    people_only: bool
    legal: bool
    angry: bool
    spam: bool
    products: tuple[str, ...]
    subjects: tuple[str, ...]
    parts: Mapping[str, tuple[Phrase, ...]]

    @property
    def reason(self) -> str:
        """Why the assistant calls a person, as a word of `assistant.engines.base.Reason`."""
        if self.angry:
            return "angry"
        if self.legal and self.people_only:
            return "legal"
        return "people_only" if self.people_only else "nothing_found"

    def about(self, part: str, tag: str) -> list[Phrase]:
        """The phrases of a part that go with a question tagged so; untagged ones go with everything."""
        return [phrase for phrase in self.parts[part] if not phrase.tags or tag in phrase.tags]


PARTS = ("chat", "email", "more", "agent", "agent_more", "thanks", "note")


@lru_cache(maxsize=1)
def scenarios() -> Weighted[Scenario]:
    files = sorted((HERE / "phrases").glob("*.toml"))
    read = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    found = [_scenario(row) for content in read for row in content.get("scenario", ())]
    return Weighted([(scenario, float(scenario.weight)) for scenario in found])


def _scenario(row: dict[str, Any]) -> Scenario:
    return Scenario(
        key=row["key"],
        topic=row["topic"],
        weight=row["weight"],
        language=row.get("language", "pl"),
        people_only=row.get("people_only", False),
        legal=row.get("legal", False),
        angry=row.get("angry", False),
        spam=row.get("spam", False),
        products=tuple(row.get("products", ())),
        subjects=tuple(row["subjects"]),
        parts={part: tuple(_phrase(text) for text in row[part]) for part in PARTS},
    )


def _phrase(text: str) -> Phrase:
    found = _TAGS.search(text)
    return Phrase(text[: found.start()], frozenset(found[1].split("+"))) if found else Phrase(text, frozenset())


@lru_cache(maxsize=1)
def common() -> dict[str, list[str]]:
    """Greetings, signatures and the like."""
    return tomllib.loads((HERE / "phrases" / "common.toml").read_text(encoding="utf-8"))


def surrounding(name: str, language: str) -> list[str]:
    """The phrases of that name in a language."""
    return common()[name if language == "pl" else f"{name}_{language}"]


def fill(text: str, slots: Mapping[str, str], rng: random.Random) -> str:
    """The phrase with its slots, endings and alternatives settled."""

    def settle(found: re.Match[str]) -> str:
        if found[1]:
            return slots[found[1]]
        if found[4]:
            return str(rng.choice(found[4].split("|")))
        return found[2] if slots["gender"] == "f" else found[3]

    return _SLOT.sub(settle, text)


def typed(text: str, rng: random.Random, *, chat: bool, angry: bool = False) -> str:
    """The text as a hurried hand leaves it: no diacritics, a slip of the finger, capitals, a smiley."""
    if angry and rng.random() < 0.2:
        text = text.upper()
    if rng.random() < (0.3 if chat else 0.08):
        text = text.translate(_PLAIN)
    if rng.random() < (0.14 if chat else 0.05):
        text = _slip(text, rng)
    if chat and rng.random() < 0.3:
        text = text[:1].lower() + text[1:].rstrip(".")
    if chat and rng.random() < 0.06:
        text = f"{text} {common()['emoji'][4 if angry else rng.randrange(4)]}"
    return text


def _slip(text: str, rng: random.Random) -> str:
    """Two neighbouring letters swapped, or one lost, inside a longer word."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if not places:
        return text
    place = rng.choice(places)
    word, at = words[place], rng.randrange(1, len(words[place]) - 2)
    words[place] = word[:at] + (word[at + 1] + word[at] if rng.random() < 0.6 else word[at]) + word[at + 2 :]
    return " ".join(words)


def fitting(subjects: Sequence[str], body: str, rng: random.Random) -> str:
    """The subject that shares most words with the message; a plain one when none does."""
    stems = {word[:5] for word in re.findall(r"\w{4,}", body.lower())}
    scored = [(len(stems & {word[:5] for word in re.findall(r"\w{4,}", text.lower())}), text) for text in subjects]
    best = max(score for score, _ in scored)
    if best == 0:
        return rng.choice(common()["subjects"])
    return rng.choice([text for score, text in scored if score == best])
