"""Measures: one file per measure, with its formula."""

from functools import cache

from opieka.insight.measures.base import Measure
from opieka.plumbing.extensions import find

# One more whenever a measure counts other facts than before: everything is then counted afresh, once.
FORMULAS = 2


@cache
def measures() -> dict[str, type[Measure]]:
    """Name to class."""
    return find("opieka.insight.measures", Measure)
