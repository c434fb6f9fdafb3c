"""What a customer's browser is sent: small, and the same wherever it is built."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "opieka/portal/static/opieka/widget"
SOURCES = ROOT / "widget"


def compressed(name: str) -> int:
    return len(gzip.compress((BUILT / name).read_bytes(), 9))


def test_the_loader_is_two_kilobytes_at_most():
    assert compressed("w.js") <= 2 * 1024


def test_the_panel_is_fifteen_kilobytes_at_most():
    assert compressed("panel.js") + compressed("panel.css") <= 15 * 1024


def test_nothing_is_fetched_from_elsewhere():
    addresses = {
        address
        for path in BUILT.iterdir()
        for address in re.findall(r"https?://[\w./-]+", path.read_text(encoding="utf-8"))
    }

    # Names of vocabularies, which nobody fetches.
    assert {address for address in addresses if "www.w3.org" not in address} == set()


def test_both_languages_say_everything():
    polish, english = (json.loads((BUILT / f"texts.{language}.json").read_text()) for language in ("pl", "en"))

    assert polish.keys() == english.keys()
    assert all(polish.values())
    assert set(polish["people"]) == {"one", "few", "many"}
    placeholders = re.compile(r"{(\w+)}")
    for name, text in polish.items():
        if isinstance(text, str):
            assert sorted(placeholders.findall(text)) == sorted(placeholders.findall(english[name])), name


def test_every_version_is_exact():
    package = json.loads((SOURCES / "package.json").read_text())

    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values()), versions


def built_again(folder: Path) -> Path:
    """The sources in a folder of their own, built there. Needs node and the packages that package-lock.json names."""
    if shutil.which("node") is None or not (SOURCES / "node_modules").is_dir():
        pytest.skip("node, or widget/node_modules (npm ci --ignore-scripts), is not here")
    shutil.copytree(SOURCES, folder / "widget", ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    (folder / "widget/node_modules").symlink_to(SOURCES / "node_modules")
    subprocess.run(["node", "build.mjs", str(folder / "built")], cwd=folder / "widget", check=True, timeout=120)
    return folder / "built"


def test_what_is_committed_is_what_the_sources_make(tmp_path: Path):
    again = built_again(tmp_path)

    assert sorted(path.name for path in again.iterdir()) == sorted(path.name for path in BUILT.iterdir())
    for path in again.iterdir():
        assert path.read_bytes() == (BUILT / path.name).read_bytes(), path.name


def test_the_sources_pass_the_type_checker(tmp_path: Path):
    built_again(tmp_path)
    checked = subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", "--noEmit"],
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
