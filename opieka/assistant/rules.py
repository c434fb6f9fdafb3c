"""Pure decisions about when the assistant may speak at all."""

import hashlib
import re

from opieka.assistant.engines.base import Reason
from opieka.assistant.understanding.understood import Legal, Signal, Understood

# What the assistant itself says will reach a person, however it is typed.
_BARE = frozenset({"człowiek", "czlowiek", "konsultant", "person", "human", "agent", "людина"})


_HELLO = (
    r"(?:dzie[ńn] dobry|dobry(?: wiecz[óo]r)?|witam|cze[śs][ćc]|hej(?:ka)?|halo|siema|hello|hi|hey|"
    r"good (?:morning|afternoon|evening)|добр(?:ий|ого) (?:день|дня|вечір|вечора)|вітаю|привіт)"
)
_ONLY_HELLO = re.compile(rf"{_HELLO}(?: {_HELLO})*(?: (?:serdecznie|pa[ńn]stwu|wszystkim|there|all))*")


def only_greets(text: str) -> bool:
    """Whether the message is a greeting and nothing else, so that there is nothing to look for yet."""
    return bool(_ONLY_HELLO.fullmatch(" ".join(re.findall(r"\w+", text.lower()))))


def says_person(text: str) -> bool:
    """Whether the message is nothing but the word that calls a person."""
    return text.strip(" .!?„”\"'\n").lower() in _BARE


def chosen_number(text: str) -> int | None:
    """The number of a choice, when the message is nothing but that."""
    found = re.fullmatch(r"\s*([1-3])[.)]?\s*", text)
    return int(found[1]) if found else None


def takes_part(customer_id: int, share_percent: int) -> bool:
    """Whether this customer is among the share that meets the assistant; the same customer always gets the same answer."""
    digest = hashlib.blake2b(str(customer_id).encode(), digest_size=4).digest()
    return int.from_bytes(digest) % 100 < share_percent


def why_not(meant: Understood, *, people_only: list[str]) -> Reason | None:
    """Why a person must take this message whatever the articles say; None when the assistant may try."""
    if meant.wants_person:
        return Reason.ASKED_FOR_PERSON
    if meant.signal != Signal.NONE:
        return Reason(meant.signal.value)
    if meant.legal != Legal.NONE:
        return Reason.LEGAL
    return Reason.PEOPLE_ONLY if meant.topic in people_only else None
