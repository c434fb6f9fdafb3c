"""The one door: `understand(message)` says what a customer's message means.

Two linear classifiers and a few rules. Rules only ever make us more careful: they start a legal
clock, call a person, mark haste; none of them silences the classifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from opieka.assistant.understanding import words
from opieka.assistant.understanding.language import language_of
from opieka.assistant.understanding.understood import PERSONAL, Legal, Mood, Signal, Topic, Understood

if TYPE_CHECKING:
    from opieka.assistant.understanding.model import Model
    from opieka.knowledge.encoders.base import Encoder

_LONGEST = 4_000  # Characters read for meaning; entities are looked for in the whole message.
_LETTERS_TRAINED_ON = ("pl", "en")
_LEGAL_FROM = 0.35  # Recall .96 at precision .78: a clock too many is stopped by one click.
_LEGAL_FROM_WHEN_ONLY_ASKED = 0.55  # "Czy naprawiacie rowery?" is no complaint about one.
_LEGAL_FROM_WHEN_RAISED = 0.15
URGENT_FROM = 0.6
_SIGNAL_FROM = 0.6


def understand(text: str, *, encoder: Encoder | None = None, model: Model | None = None) -> Understood:
    """Reads one message, about 25 ms. Without an `encoder` only letters and rules speak, in 2 ms."""
    from opieka.assistant.understanding.entities import entities_of  # Late: its checksums load 7 MB.

    language = language_of(text)
    chances = chances_of(text, language, encoder=encoder, model=model)
    topic, topic_chance = _most_likely(chances["topic"])
    legal, legal_chance, rules = legal_meaning(text, chances["legal"])
    mood, mood_chance = _most_likely(chances["mood"])
    hurry = chances["urgent"]["true"]
    entities = entities_of(text)
    return Understood(
        language=language,
        topic=Topic(topic),
        legal=legal,
        mood=Mood(mood),
        urgent=words.is_urgent(text) or hurry >= URGENT_FROM,
        signal=_signal(text, chances["signal"], Mood(mood)),
        wants_person=topic == Topic.PERSON or words.wants_person(text),
        entities=entities,
        personal=tuple(sorted({entity.names for entity in entities if entity.names in PERSONAL})),
        confidence={
            "topic": round(topic_chance, 4),
            "legal": round(legal_chance, 4),
            "mood": round(mood_chance, 4),
            "urgent": round(hurry, 4),
        },
        rules=rules,
    )


def chances_of(
    text: str, language: str, *, encoder: Encoder | None = None, model: Model | None = None
) -> dict[str, dict[str, float]]:
    """Probability of each label of each head of the model."""
    from opieka.assistant.understanding.model import shipped  # Late: brings numpy and the weights.

    vector = None if encoder is None else encoder.encode_queries([as_read(text, language)])[0]
    letters_too = encoder is None or language in _LETTERS_TRAINED_ON
    return (model or shipped()).chances(text[:_LONGEST], vector, letters_too=letters_too)


def as_read(text: str, language: str) -> str:
    """What the encoder gets: Polish without diacritics has them restored."""
    from opieka.knowledge.finding.index import with_diacritics

    return with_diacritics(text[:_LONGEST]) if language == "pl" else text[:_LONGEST]


def legal_meaning(text: str, chances: Mapping[str, float]) -> tuple[Legal, float, tuple[str, ...]]:
    """Meaning, P(any legal meaning) and the rules that spoke. When in doubt it is not none."""
    any_legal = 1.0 - chances.get(Legal.NONE, 0.0)
    said = words.legal_said(text)
    if said is not None:
        return said, any_legal, (f"legal:{said}:says",)
    raised = words.legal_raised(text)
    if words.only_asks(text):
        bar = _LEGAL_FROM_WHEN_ONLY_ASKED
    else:
        bar = _LEGAL_FROM_WHEN_RAISED if raised else _LEGAL_FROM
    if any_legal < bar:
        return Legal.NONE, any_legal, ()
    meanings = [legal for legal in Legal if legal is not Legal.NONE]
    likeliest = max(meanings, key=lambda legal: chances.get(legal, 0.0) + 0.25 * (legal in raised))
    return likeliest, any_legal, tuple(f"legal:{legal}:raises" for legal in raised)


def _signal(text: str, chances: Mapping[str, float], mood: Mood) -> Signal:
    """Words first; the classifier may add anger and the like to a message that is not friendly."""
    spoken = words.signal_in(text)
    if spoken is not Signal.NONE:
        return spoken
    likeliest, chance = _most_likely(chances)
    return Signal(likeliest) if chance >= _SIGNAL_FROM and mood is not Mood.POSITIVE else Signal.NONE


def _most_likely(chances: Mapping[str, float]) -> tuple[str, float]:
    return max(chances.items(), key=lambda pair: pair[1])
