"""The architecture as failing tests: sizes, names, doors, the flow, and that everything is documented."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opieka.flow import FLOW
from opieka.plumbing.events import KNOWN

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "opieka"
DOCS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md")))
BANNED = {"utils", "helpers", "common", "misc", "core", "base_service", "manager", "handlers"}
DOORS = ("web", "portal", "api")
LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS = 300, 60, 6


def sources(folder: Path = HOUSE) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts and "node_modules" not in path.parts:
            yield path


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def test_files_are_small():
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}

    assert {path: lines for path, lines in long.items() if lines > LONGEST_FILE} == {}


def test_functions_are_small_and_take_few_parameters():
    def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        names = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]]
        return len([name for name in names if name not in {"self", "cls"}])

    bad = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, node in functions()
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION or parameters(node) > MOST_PARAMETERS
    ]

    assert bad == []


def test_no_file_has_a_name_that_says_nothing():
    assert [str(path) for path in sources() if path.stem in BANNED] == []


def test_doors_fetch_through_the_person_who_asks():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for door in DOORS
        for path in sources(HOUSE / door)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\b[A-Z]\w*\.(_default_manager|objects)\b", line)
    ]

    assert found == []


def test_nothing_happens_behind_your_back():
    overrides = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, node in functions()
        if path.name == "models.py" and node.name in {"save", "delete"}
    ]
    signals = [str(path) for path in sources() if "django.dispatch" in path.read_text(encoding="utf-8")]

    assert (overrides, signals) == ([], [])


def test_only_the_job_runner_catches_everything():
    broad = [
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
    ]

    assert [path for path in broad if not path.startswith("opieka/plumbing/jobs/")] == []


def test_every_event_is_heard_or_deliberately_unheard():
    leaves = {
        event for event in KNOWN.values() if not event.__subclasses__() and event.__module__.startswith("opieka.")
    }

    assert {event.__name__ for event in leaves} == {event.__name__ for event in FLOW}


def test_past_the_door_nobody_asks_which_channel_it_is():
    named = re.compile(r"""(kind|channel)\s*==\s*["'](email|webchat|console)["']""")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        if "channels" not in path.parts and "demo" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if named.search(line)
    ]

    assert found == []


def names_in(path: Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, path.read_text(encoding="utf-8")))


def test_no_text_is_translated_inside_an_f_string():
    """What gathers the texts does not look there, so such a text would have no Polish and nobody would know."""
    inside = re.compile(r"\{ *(_|n?p?gettext(_lazy)?)\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if inside.search(line)
    ]

    assert found == []


def test_every_setting_is_documented():
    settings = names_in(HOUSE / "settings.py", r"\b(OPIEKA_[A-Z_]+)\b") - {"OPIEKA_NAME"}

    assert sorted(name for name in settings if f"`{name}`" not in DOCS) == []


def test_every_event_is_documented():
    assert sorted(event.__name__ for event in FLOW if f"`{event.__name__}`" not in DOCS) == []


def extensions() -> list[str]:
    """Every file in an extension folder: a folder whose base.py is the contract."""
    from opieka.plumbing.extensions import OWN_FILES

    found = []
    for base in sorted(HOUSE.rglob("base.py")):
        folder = base.parent
        names = {path.stem if path.is_file() else path.name for path in folder.iterdir() if _is_module(path)}
        found += [f"{folder.relative_to(HOUSE)}/{name}" for name in sorted(names - OWN_FILES - {"__init__"})]
    return found


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())


def test_every_extension_is_documented():
    assert [name for name in extensions() if f"`{name}`" not in DOCS] == []


def test_every_command_is_documented():
    shown = subprocess.run(
        [sys.executable, "-m", "opieka.cli", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    commands = re.findall(r"^    (\w[\w-]*) ", shown, flags=re.MULTILINE)

    assert commands
    assert [name for name in commands if f"`opieka {name}" not in DOCS] == []


def test_every_domain_table_has_its_organisation():
    from django.apps import apps

    own = [model for model in apps.get_models() if model.__module__.startswith("opieka.")]
    free = {"User", "Organisation", "EventRow", "JobRow", "AuditEntry"}
    without = [m.__name__ for m in own if m.__name__ not in free and not hasattr(m, "organisation_id")]
    through = {m.__name__ for m in own if m._meta.auto_created}

    assert sorted(set(without) - through) == []


def test_the_tables_of_what_works_are_up_to_date():
    checked = subprocess.run(
        [sys.executable, "-m", "tools.capabilities", "--check"], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", ["README.md", "README.pl.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_the_papers_name_no_file_that_is_gone(path: str):
    text = (ROOT / path).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if not link.startswith(("http", "mailto"))]

    assert [link for link in links if not (ROOT / link).exists()] == []


def test_no_path_of_a_machine_is_in_the_project():
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    suffixes = {".py", ".md", ".toml", ".ts", ".js", ".html", ".css", ".yml", ".json", ".po", ".txt", ""}
    wrong = re.compile("/" + "work/(main|shared)|/" + "root/\\.")
    found = []
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.suffix in suffixes and path.is_file() and path.stat().st_size < 2_000_000:
            if wrong.search(path.read_text(encoding="utf-8", errors="replace")):
                found.append(name)

    assert found == []
