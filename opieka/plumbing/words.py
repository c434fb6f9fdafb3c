"""Texts of the command line, from the product's own catalogue, before Django is there."""

import gettext as catalogue
import os
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "locale"


def language() -> str:
    """ "pl" or "en", by LC_ALL, LC_MESSAGES or LANG."""
    chosen = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "pl" if chosen.lower().startswith("pl") else "en"


@cache
def _texts() -> catalogue.NullTranslations:
    return catalogue.translation("django", localedir=FOLDER, languages=[language()], fallback=True)


def _(text: str) -> str:
    return _texts().gettext(text)
