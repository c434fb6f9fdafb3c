"""What `opieka eval threads` counts: mails that came into the right conversation."""

from pathlib import Path
from typing import Any

from opieka.plumbing.trial import Failed, trial

STAGE = "opieka.cli.eval.stage"


def run_threads(scenarios: Path, *, wrong: bool = False, database: str = "") -> dict[str, Any]:
    """Plays each scenario by the real actions, in a database of its own: an empty one, or a file that is cleared away.

    `n` steps that expect something, `accuracy` the share that came out right, `joined_wrongly` how many joined a
    conversation that they do not belong to. With `wrong` the others are listed. Raises ValueError when the file
    cannot be played.
    """
    lines = scenarios.read_text(encoding="utf-8")  # An unreadable file is told in our own words.
    if not lines.strip():
        raise ValueError(f"{scenarios} holds no scenario")
    with trial(database=database) as product:
        try:
            outcome = product.play(STAGE, str(scenarios.resolve()))
        except Failed as failure:
            raise ValueError(str(failure)) from failure
    steps, failed = outcome["steps"], outcome["wrong"]
    figures = {
        "n": steps,
        "accuracy": round(1 - len(failed) / max(1, steps), 4),
        "joined_wrongly": outcome["joined_wrongly"],
    }
    return figures | ({"wrong": failed} if wrong else {})
