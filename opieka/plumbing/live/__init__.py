"""Live updates: "conversation 812 changed" to every page that shows it. Only ids travel; pages fetch what they show.

The event table is the truth and its ids are the sequence numbers. A driver only says "look now" sooner than the
table would be looked at anyway.
"""

from collections.abc import Callable

_served: list[Callable[[], dict[str, int]]] = []


def serve(state: Callable[[], dict[str, int]]) -> None:
    """This process serves live updates; `state` tells of them."""
    _served.append(state)


def serve_no_more(state: Callable[[], dict[str, int]]) -> None:
    _served.remove(state)


def states() -> list[dict[str, int]]:
    """What this process serves: `connections`, changes `told`, `seq`, and whether it is `fresh` (1) or stuck (0)."""
    return [state() for state in _served]


def wake() -> None:
    """Called after a commit that wrote events: whoever serves pages, here or elsewhere, should look at once."""
    from opieka.plumbing.live import drivers

    drivers.chosen().announce()
