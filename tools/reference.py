"""Write the reference pages from the code itself, so that they cannot drift: `python -m tools.reference [--check]`."""

import dataclasses
import importlib
import inspect
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = "<!-- Written by `make readme` from the code; change the docstrings there. -->\n"


def first_line(thing: object) -> str:
    text = inspect.getdoc(thing) or ""
    return " ".join(text.split("\n\n")[0].split())


def events() -> str:
    """Every event with its fields and what happens after it."""
    from opieka.flow import FLOW, GIVEN_UP
    from opieka.plumbing.jobs.registry import name_of

    lines = [HEAD, "# Events\n", "What happens after what is decided in one place, `opieka/flow.py`.\n"]
    lines += ["| Event | Fields | What it means | Then |", "|---|---|---|---|"]
    for event, reactions in sorted(FLOW.items(), key=lambda item: (item[0].__module__, item[0].__name__)):
        fields = ", ".join(f"`{f.name}`" for f in dataclasses.fields(event) if f.name != "organisation_id")
        said = inspect.getdoc(event) or ""
        meaning = "" if said.startswith(f"{event.__name__}(") else " ".join(said.split("\n\n")[0].split())
        then = ", ".join(f"`{name_of(reaction).removeprefix('opieka.')}`" for reaction in reactions)
        lines.append(f"| `{event.__name__}` | {fields} | {meaning} | {then or 'nothing'} |")
    lines.append("\nWhat is done instead when one of these has failed for the last time:\n")
    for reaction, instead in GIVEN_UP.items():
        lines.append(f"- `{reaction.__name__}`: `{instead.__name__}`. {first_line(instead)}")
    return "\n".join(lines) + "\n"


def extensions() -> str:
    """Every extension point, its contract and the files that fulfil it."""
    from opieka.plumbing.extensions import OWN_FILES

    lines = [HEAD, "# Extension points\n"]
    lines.append("An extension point is a folder; an extension is one file in it; `base.py` is the contract.\n")
    for base in sorted((ROOT / "opieka").rglob("base.py")):
        folder = base.parent
        dotted = ".".join(folder.relative_to(ROOT).parts)
        lines += [
            f"## `{folder.relative_to(ROOT).as_posix()}/`\n",
            first_line(importlib.import_module(f"{dotted}.base")) + "\n",
        ]
        for path in sorted(folder.iterdir()):
            name = path.stem if path.suffix == ".py" else path.name
            is_module = path.suffix == ".py" or (path / "__init__.py").exists()
            if is_module and name not in OWN_FILES | {"__init__", "__pycache__"}:
                about = first_line(importlib.import_module(f"{dotted}.{name}"))
                lines.append(f"- `{folder.relative_to(ROOT / 'opieka').as_posix()}/{name}`: {about}")
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    return {
        ROOT / "docs" / "understand" / "events.md": events(),
        ROOT / "docs" / "extend" / "reference.md": extensions(),
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"OPIEKA_HOME": home, "DJANGO_SETTINGS_MODULE": "opieka.settings"}
        import django

        django.setup()
        wanted = pages()
    if "--check" in sys.argv:
        stale = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date; run `make readme`.")
        return bool(stale)
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
