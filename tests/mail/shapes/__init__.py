"""Mails as programs really write them, each with everything that must be reachable in it afterwards.

`written.py` and `named.py` build most of them, byte by byte, without the library that reads them; `raw/` holds those
whose oddity a builder would tidy away, with what is expected of them in `raw/expected.toml`.
"""

from tests.mail.shapes.building import SHAPES, Shape
from tests.mail.shapes.raw import raw_shapes


def all_shapes() -> list[Shape]:
    """Every shape, by its name."""
    from tests.mail.shapes import calendars, named, outlook, texts, written  # noqa: F401 - They fill SHAPES.

    return [*SHAPES.values(), *raw_shapes()]
