"""Satisfaction surveys sent after settled conversations, and the answers people gave."""

from datetime import datetime, timedelta
from typing import Any

from opieka.demo.seeds import Weighted, id_for, rng_for
from opieka.demo.slots import Row
from opieka.demo.words import common, fill
from opieka.demo.working_time import utc

HAPPY = Weighted([(5, 74.0), (4, 17.0), (3, 5.0), (2, 2.0), (1, 2.0)])
CROSS = Weighted([(5, 22.0), (4, 20.0), (3, 18.0), (2, 18.0), (1, 22.0)])
REASONS = {
    True: ("fast", "solved", "clear", "kind", "knowledge", "easy"),
    False: ("slow", "unsolved", "unclear", "tone", "machine", "repeat"),
}
REST = timedelta(days=30)


def surveys(seed: int, anchor: datetime, talks: list[Row]) -> list[Row]:
    """One question per settled conversation, at most one per customer in 30 days, never to spam or silence."""
    last: dict[str, datetime] = {}
    found = []
    for number, talk in enumerate(talks):
        ended = datetime.fromisoformat(talk["messages"][-1]["at"])
        if not _due(talk) or ended - last.get(talk["customer"], ended - REST) < REST:
            continue
        last[talk["customer"]] = ended
        found.append(_survey(seed, anchor, number, talk))
    return found


def _due(talk: Row) -> bool:
    return talk["resolved_by"] in ("agent", "assistant") and "spam" not in talk["tags"]


def _survey(seed: int, anchor: datetime, number: int, talk: Row) -> Row:
    rng = rng_for(seed, "survey", number)
    asked = datetime.fromisoformat(talk["messages"][-1]["at"]) + timedelta(minutes=1)
    answered = asked + timedelta(minutes=int(rng.expovariate(1 / 300)) + 1)
    cross = talk["scenario"] in ("angry", "complaint", "missed") or talk["topic"] == "complaint"
    score = (CROSS if cross else HAPPY).pick(rng)
    row: dict[str, Any] = {
        "id": id_for(seed, "survey", number),
        "kind": "csat",
        "conversation": talk["id"],
        "customer": talk["customer"],
        "asked": utc(asked),
        "answered": None,
    }
    if rng.random() < 0.36 and answered < anchor:
        row |= {"answered": utc(answered), "score": score, "reasons": [rng.choice(REASONS[score >= 4])]}
        row["comment"] = _comment(rng, score) if rng.random() < 0.3 else ""
        row["wants_contact"] = score <= 2 and rng.random() < 0.5
    return row


def _comment(rng: Any, score: int) -> str:
    kind = "survey_good" if score >= 4 else "survey_fair" if score == 3 else "survey_bad"
    return fill(rng.choice(common()[kind]), {"gender": rng.choice("fm")}, rng)
