"""Write the tables of what works today from docs/capabilities.toml: `python -m tools.capabilities [--check]`."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "capabilities.toml"
STATES = ("works", "partly", "not yet")
WORDS = {
    "en": {"works": "works", "partly": "partly", "not yet": "not yet", "head": "| Area | works | partly | not yet |"},
    "pl": {
        "works": "działa",
        "partly": "częściowo",
        "not yet": "jeszcze nie",
        "head": "| Obszar | działa | częściowo | jeszcze nie |",
    },
}
AREAS_PL = {
    "A": "Asystent i boty", "B": "Kanały", "C": "Praca helpdesku", "D": "CRM operacyjny", "E": "CRM analityczny",
    "F": "Miary", "G": "Automatyzacja posprzedażowa i lojalność", "H": "Technologie przyszłości",
    "I": "Bezpieczeństwo i prywatność", "J": "Ludzie i wdrożenie", "L": "Dodane przy drugim czytaniu",
}  # fmt: skip


def read() -> dict[int, dict[str, Any]]:
    """Number to its title, section, state and, for what is partly there, what is missing."""
    return {int(number): row for number, row in tomllib.loads(SOURCE.read_text(encoding="utf-8")).items()}


def summary(language: str) -> str:
    """A line for each area with how many capabilities are in each state."""
    rows = read()
    lines = [WORDS[language]["head"], "|---|---:|---:|---:|"]
    for section in dict.fromkeys(row["section"] for row in rows.values()):
        title = AREAS_PL[section[0]] if language == "pl" else section[3:]
        numbers = [sum(r["state"] == s for r in rows.values() if r["section"] == section) for s in STATES]
        lines.append(f"| {title} | {' | '.join(map(str, numbers))} |")
    totals = [sum(row["state"] == state for row in rows.values()) for state in STATES]
    lines.append(f"| **{'Razem' if language == 'pl' else 'All'}** | {' | '.join(f'**{n}**' for n in totals)} |")
    return "\n".join(lines)


def full() -> str:
    """Every capability with its state."""
    lines = ["| No. | Capability | State | |", "|---:|---|---|---|"]
    for number, row in sorted(read().items()):
        lines.append(f"| {number} | {row['title']} | {row['state']} | {row.get('missing', '')} |")
    return "\n".join(lines)


def with_block(path: Path, block: str) -> str:
    """The file's text with the block between its two markers replaced."""
    text = path.read_text(encoding="utf-8")
    pattern = r"(<!-- capabilities -->\n).*?(\n<!-- /capabilities -->)"
    return re.sub(pattern, lambda found: found[1] + block + found[2], text, flags=re.DOTALL)


def wanted() -> dict[Path, str]:
    return {
        ROOT / "README.md": summary("en"),
        ROOT / "README.pl.md": summary("pl"),
        ROOT / "docs" / "understand" / "capabilities.md": full(),
    }


def main() -> int:
    stale = [path for path, block in wanted().items() if with_block(path, block) != path.read_text(encoding="utf-8")]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date; run `make readme`.")
        return bool(stale)
    for path, block in wanted().items():
        path.write_text(with_block(path, block), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
