"""The vendored Lucide icons (ISC, `icons/LICENSE-lucide.txt`) as inline SVG.

Inline, because an icon then takes the colour of its text and costs no request. Adding one is dropping its SVG
into `icons/`.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).with_name("icons")


class UnknownIcon(LookupError):
    """No such file in `icons/`."""


def has_icon(name: str) -> bool:
    return re.fullmatch(r"[a-z0-9-]+", name) is not None and (FOLDER / f"{name}.svg").is_file()


@cache
def icon_svg(name: str, size: int, css: str = "") -> SafeString:
    """An inline SVG hidden from screen readers: the words beside it, or `aria-label` of its button, speak for it."""
    classes = f"icon {css}".strip()
    return mark_safe(  # noqa: S308 - our own files; name and classes come from our templates.
        f'<svg class="{classes}" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-width="{stroke_width(size)}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">'
        f"{drawing(name)}</svg>"
    )


def stroke_width(size: int) -> str:
    """Small icons are drawn with a heavier line, so that all sizes look equally dark."""
    if size >= 18:
        return "1.75"
    return "2" if size >= 16 else "2.25"


@cache
def drawing(name: str) -> str:
    """What lies inside the `<svg>` of that file. Raises UnknownIcon."""
    if not has_icon(name):
        raise UnknownIcon(f"There is no icon {name!r} in opieka/web/icons.")
    return re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", (FOLDER / f"{name}.svg").read_text("utf-8"), flags=re.DOTALL)
