"""Where articles come from: one file per source."""

from functools import cache

from opieka.knowledge.sources.base import Source
from opieka.plumbing.extensions import find


@cache
def sources() -> dict[str, type[Source]]:
    """Name to class."""
    return find("opieka.knowledge.sources", Source)
