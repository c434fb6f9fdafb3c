"""Kinds of survey: one file per kind."""

from functools import cache

from opieka.plumbing.extensions import find
from opieka.surveys.kinds.base import SurveyKind


@cache
def kinds() -> dict[str, type[SurveyKind]]:
    """Name to class."""
    return find("opieka.surveys.kinds", SurveyKind)
