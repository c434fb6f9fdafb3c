"""Chance that can be repeated: every entity draws from its own generator, so a new table never shifts another."""

import random
import uuid
from bisect import bisect
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from typing import Generic, TypeVar

NAMESPACE = uuid.UUID("3f0a7a52-4f1c-5c0e-9d5b-7b0c5e7a5051")
Thing = TypeVar("Thing")


def rng_for(seed: int, kind: str, number: int | str) -> random.Random:
    """The generator of one entity, the same on every machine."""
    digest = blake2b(f"{seed}:{kind}:{number}".encode(), digest_size=16).digest()
    return random.Random(int.from_bytes(digest, "big"))


def id_for(seed: int, kind: str, number: int | str) -> str:
    """A UUIDv5 for one entity."""
    return str(uuid.uuid5(NAMESPACE, f"{seed}:{kind}:{number}"))


class Weighted(Generic[Thing]):
    """Things of which some are likelier. `pick` takes one; weights are any non-negative numbers."""

    def __init__(self, pairs: Sequence[tuple[Thing, float]]) -> None:
        self._things = [thing for thing, _ in pairs]
        self._sums = list(accumulate(weight for _, weight in pairs))

    def pick(self, rng: random.Random) -> Thing:
        place = bisect(self._sums, rng.random() * self._sums[-1])
        return self._things[min(place, len(self._things) - 1)]
