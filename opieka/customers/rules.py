"""Pure rules about addresses: how each kind is spelt, and how it is said."""

from collections.abc import Callable
from typing import Any

LONGEST = 254

# Under these everybody has a mailbox, so that blocking the domain would block the country.
FOR_EVERYBODY = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com proton.me "  # noqa: SIM905
    "protonmail.com gmx.com gmx.de aol.com mail.com zoho.com wp.pl o2.pl tlen.pl onet.pl onet.eu op.pl vp.pl poczta.onet.pl "
    "interia.pl interia.eu poczta.fm gazeta.pl spoko.pl autograf.pl go2.pl home.pl ukr.net i.ua meta.ua seznam.cz".split()
)


def normalise(kind: str, value: str) -> str:
    """One spelling for one address: e-mail in lower case, phone as E.164 (Polish when no country is said)."""
    return SPELLING.get(kind, str)(value.strip())[:LONGEST]


def spoken(kind: str, value: str) -> str:
    """An address as people write it: "+48600000214" is "+48 600 000 214"."""
    return SAYING.get(kind, str)(value)


def domain_of(value: str) -> str:
    """The mail domain of an address as a block names it, "@x.pl"; "" for what is no mail address."""
    local, at, domain = value.rpartition("@")
    return f"@{domain.lower()}" if local and at and "." in domain else ""


def blocked_as(kind: str, value: str) -> list[str]:
    """Every way in which this address may be blocked: itself, its domain, and the domains above that one."""
    address = normalise(kind, value)
    labels = domain_of(address).removeprefix("@").split(".")
    return [address, *(f"@{'.'.join(labels[start:])}" for start in range(len(labels) - 1))]


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
