"""Staying small between bursts of work: what C libraries hold on to is handed back to the system (glibc only)."""

import ctypes
import gc
from functools import cache
from typing import Any

ARENA_MAX = -8
ARENAS = 2


@cache
def _libc() -> Any:
    try:
        found = ctypes.CDLL("libc.so.6")
    except OSError:
        return None
    return found if hasattr(found, "malloc_trim") and hasattr(found, "mallopt") else None


def stay_small() -> None:
    """Once, before threads are started: few pools of memory for many threads, which mostly wait."""
    if _libc():
        _libc().mallopt(ARENA_MAX, ARENAS)


def give_back() -> None:
    """Now and then: after a burst (an answer, an import, a report) nobody needs what it used."""
    gc.collect()
    if _libc():
        _libc().malloc_trim(0)
