"""Mails kept as they came."""

import base64
import tomllib
from pathlib import Path

from tests.mail.shapes.building import Shape

FOLDER = Path(__file__).parent


def raw_shapes() -> list[Shape]:
    """Each mail of this folder; one of which nothing is expected is an error."""
    expected = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
    return [_shape(path, expected[path.stem]) for path in sorted(FOLDER.glob("*.eml"))]


def _shape(path: Path, wanted: dict) -> Shape:
    return Shape(
        name=path.stem,
        raw=path.read_bytes(),
        says=tuple(wanted.get("says", ())),
        files=tuple((one["name"], one["type"], _content(one)) for one in wanted.get("files", ())),
        leaves=[_content(one) for one in wanted["parts"]],
    )


def _content(one: dict) -> bytes:
    return base64.b64decode(one["base64"]) if "base64" in one else one["text"].encode()
