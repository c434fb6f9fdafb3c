"""Deciding what to do with a question: one file per engine. `base.py` is the contract, `echo.py` the plainest."""

from functools import cache

from opieka.assistant.engines.base import Engine
from opieka.plumbing.extensions import find


@cache
def engines() -> dict[str, type[Engine]]:
    """Name to class."""
    return find("opieka.assistant.engines", Engine)  # type: ignore[type-abstract]
