"""Pure rules about addresses: how each kind is spelt, and how it is said."""

from collections.abc import Callable
from typing import Any

LONGEST = 254


def normalise(kind: str, value: str) -> str:
    """One spelling for one address: e-mail in lower case, phone as E.164 (Polish when no country is said)."""
    return SPELLING.get(kind, str)(value.strip())[:LONGEST]


def spoken(kind: str, value: str) -> str:
    """An address as people write it: "+48600000214" is "+48 600 000 214"."""
    return SAYING.get(kind, str)(value)


def _phone(value: str) -> str:
    number = _parsed(value)
    return value if number is None else f"+{number.country_code}{number.national_number}"


def _phone_in_groups(value: str) -> str:
    number = _parsed(value)
    if number is None:
        return value
    from phonenumbers import PhoneNumberFormat, format_number

    return str(format_number(number, PhoneNumberFormat.INTERNATIONAL))


def _parsed(value: str) -> Any:
    """The number as the library sees it; None for what is no number. Imported late: few processes need it."""
    import phonenumbers

    try:
        return phonenumbers.parse(value, "PL")
    except phonenumbers.NumberParseException:
        return None


SPELLING: dict[str, Callable[[str], str]] = {"email": str.lower, "phone": _phone}
SAYING: dict[str, Callable[[str], str]] = {"phone": _phone_in_groups}
