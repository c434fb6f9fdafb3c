"""What `opieka eval replies` counts: mails whose new text was told from what they quote."""

from pathlib import Path
from typing import Any

from opieka.channels.base import Unreadable
from opieka.channels.email.keys import Seal
from opieka.channels.email.parse import parse


def run_replies(folder: Path, *, wrong: bool = False) -> dict[str, Any]:
    """`n` mails x.eml, each with its new text x.txt; `exact` is the share that came out right but for white space.

    With `wrong` the names of the others come too. Raises ValueError when the folder holds no such mail.
    """
    examples = sorted(path for path in folder.glob("*.eml") if path.with_suffix(".txt").exists())
    if not examples:
        raise ValueError(f"{folder} holds no x.eml with its x.txt")
    failed = [path.stem for path in examples if _found(path.read_bytes()) != _expected(path)]
    figures: dict[str, Any] = {"n": len(examples), "exact": round(1 - len(failed) / len(examples), 4)}
    return figures | ({"wrong": failed} if wrong else {})


def _found(raw: bytes) -> list[str]:
    try:
        read = parse(raw, {}, seal=Seal(secret="eval", address="eval@opieka.invalid"))  # noqa: S106 - Seals nothing real.
    except Unreadable:
        return []
    return read[0].text.split() if read else []


def _expected(path: Path) -> list[str]:
    return path.with_suffix(".txt").read_text(encoding="utf-8").split()
