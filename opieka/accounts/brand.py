"""A shop's own colour, made legible in light and in dark: pure arithmetic on "#rrggbb".

Contrast is that of WCAG 2.2; text needs 4.5.
"""

import re

READABLE = 4.5
HOUSE = "#0b5c55"
WHITE, INK = "#ffffff", "#06211e"
DARK_SURFACE = "#171b20"
STEP = 0.04


def is_colour(text: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def on_light(colour: str) -> str:
    """The nearest darker shade that reads as text on white, and on a light tint of itself."""
    return _until_readable(colour, towards="#000000", ground=WHITE)


def under_white(colour: str) -> str:
    """The nearest darker shade on which white letters read."""
    part, shade = 0.0, colour.lower()
    while contrast(shade, WHITE) < READABLE and part < 1:
        part += STEP / 4
        shade = _mix(colour, "#000000", part)
    return shade


def on_dark(colour: str) -> str:
    """The nearest lighter shade that reads as text on a dark surface, and on a dark tint of itself."""
    return _until_readable(colour, towards=WHITE, ground=DARK_SURFACE)


def stylesheet(colour: str) -> str:
    """The layer "brand" for the portal; empty for the house's own colour. Raises ValueError for anything but "#rrggbb"."""
    if not is_colour(colour):
        raise ValueError(f"{colour!r} is no colour of the form #rrggbb.")
    if colour.lower() == HOUSE:
        return ""
    light, dark = on_light(colour), on_dark(colour)
    pairs = {
        "primary": (light, dark),
        "on-primary": (_text_on(light), _text_on(dark)),
        "primary-hover": (_mix(light, "#000000", 0.15), _mix(dark, WHITE, 0.15)),
        "primary-soft": (tint(light, WHITE), tint(dark, DARK_SURFACE)),
        "primary-weak": (tint(light, WHITE), tint(dark, DARK_SURFACE)),
        "primary-line": (_mix(WHITE, light, 0.3), _mix(DARK_SURFACE, dark, 0.3)),
    }
    lines = "".join(f" --{name}: light-dark({one}, {other});" for name, (one, other) in pairs.items())
    return f"@layer brand {{ :root {{{lines} }} }}\n"


def tint(colour: str, ground: str) -> str:
    """A weak surface: a tenth of the colour on the ground."""
    return _mix(ground, colour, 0.1)


def _until_readable(colour: str, *, towards: str, ground: str) -> str:
    part, shade = 0.0, colour.lower()
    while contrast(shade, tint(shade, ground)) < READABLE and part < 1:
        part += STEP
        shade = _mix(colour, towards, part)
    return shade


def _text_on(colour: str) -> str:
    return max((WHITE, INK), key=lambda text: contrast(text, colour))


def _mix(one: str, other: str, part: float) -> str:
    """`part` of the other in the one."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{min(255, round(a + (b - a) * part)):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
