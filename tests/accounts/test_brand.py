"""Whatever colour a shop chooses, its customers can read the page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opieka.accounts import brand

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def shades(css: str, name: str) -> tuple[str, str]:
    found = re.search(rf"--{name}: light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\)", css)
    assert found, name
    return found[1], found[2]


def test_contrast_is_that_of_the_standard():
    assert brand.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert brand.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(COLOURS)
def test_every_colour_ends_readable_in_both_themes(colour: str):
    css = brand.stylesheet(colour)
    (light, dark), (soft_light, soft_dark) = shades(css, "primary"), shades(css, "primary-soft")
    on_light, on_dark = shades(css, "on-primary")

    assert brand.contrast(light, "#ffffff") >= 4.5
    assert brand.contrast(dark, brand.DARK_SURFACE) >= 4.5
    assert brand.contrast(light, soft_light) >= 4.5
    assert brand.contrast(dark, soft_dark) >= 4.5
    assert brand.contrast(on_light, light) >= 4.5
    assert brand.contrast(on_dark, dark) >= 4.5


def test_the_colour_of_the_house_needs_no_sheet_of_its_own():
    assert brand.stylesheet("#0B5C55") == ""


def test_a_colour_that_reads_is_left_as_it_is():
    assert brand.on_light("#0b5c55") == "#0b5c55"


@pytest.mark.parametrize("wrong", ["red", "#fff", "#12345g", "#000000; } body { display: none", ""])
def test_anything_else_is_refused(wrong: str):
    with pytest.raises(ValueError, match="no colour"):
        brand.stylesheet(wrong)
