"""One spelling for one address."""

import pytest

from opieka.customers.rules import normalise, spoken


@pytest.mark.parametrize(
    ("kind", "typed", "spelt"),
    [
        ("email", " Anna.Kowalska@Poczta.EXAMPLE ", "anna.kowalska@poczta.example"),
        ("phone", "600 000 214", "+48600000214"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("phone", "zadzwoń", "zadzwoń"),
        ("visitor", " AbC ", "AbC"),
    ],
)
def test_an_address_has_one_spelling(kind: str, typed: str, spelt: str):
    assert normalise(kind, typed) == spelt


def test_a_phone_number_is_said_in_groups():
    assert spoken("phone", "+48600000214") == "+48 600 000 214"
    assert spoken("email", "a@b.example") == "a@b.example"
