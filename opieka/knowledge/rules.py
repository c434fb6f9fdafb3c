"""Pure rules about articles."""

import re
import unicodedata
from collections.abc import Iterable

_STROKES = str.maketrans("łŁøđ", "lLod")


def fold(text: str) -> str:
    """The text without diacritics: "Żółć" becomes "Zolc"."""
    spread = unicodedata.normalize("NFKD", text.translate(_STROKES))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def questions_in(given: str | Iterable[str]) -> list[str]:
    """Customers' ways of asking, one a line, without doubles and empty lines."""
    lines = given.splitlines() if isinstance(given, str) else list(given)
    cleaned = (re.sub(r"\s+", " ", line).strip(" -•") for line in lines)
    return list(dict.fromkeys(line[:200] for line in cleaned if line))


def reading_minutes(body: str) -> int:
    """Minutes to read at 200 words a minute, at least one."""
    return max(1, round(len(body.split()) / 200))
