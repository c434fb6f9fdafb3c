"""Normal forms of what a message names, or None when a checksum or the calendar says it is something else."""

import re
from datetime import date

from stdnum import iban as stdnum_iban
from stdnum import luhn
from stdnum.pl import nip as stdnum_nip
from stdnum.pl import pesel as stdnum_pesel

_Match = re.Match[str]
_MONTHS = {
    "sty": 1, "lut": 2, "mar": 3, "kwi": 4, "maj": 5, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "paz": 10,
    "lis": 11, "gru": 12, "jan": 1, "feb": 2, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
    "nov": 11, "dec": 12,
}  # fmt: skip
_CURRENCIES = {"z": "PLN", "p": "PLN", "e": "EUR", "€": "EUR", "u": "USD", "$": "USD"}
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def as_written(match: _Match) -> str:
    return " ".join(match[0].split())


def email(match: _Match) -> str:
    return match[0].rstrip(".").lower()


def iban(match: _Match) -> str | None:
    """A Polish account may be written without its country."""
    written = re.sub(r"[\s-]", "", match[0]).upper()
    full = f"PL{written}" if written[:1].isdigit() else written
    return full if stdnum_iban.is_valid(full, check_country=False) else None


def card(match: _Match) -> str | None:
    digits = _digits(match[0])
    return digits if luhn.is_valid(digits) and digits[0] in "23456" else None


def pesel(match: _Match) -> str | None:
    return match[0] if stdnum_pesel.is_valid(match[0]) else None


def nip(match: _Match) -> str | None:
    digits = _digits(match[0])
    return digits if stdnum_nip.is_valid(digits) else None


def lettered_parcel(match: _Match) -> str | None:
    """UPS numbers, and the postal union's S10 (RR123456785PL), whose check digit must hold."""
    code = match[0].upper()
    if code.startswith("1Z"):
        return code
    check = 11 - sum(int(d) * w for d, w in zip(code[2:10], _S10_WEIGHTS, strict=True)) % 11
    return code if int(code[10]) == {10: 0, 11: 5}.get(check, check) else None


def long_parcel(match: _Match) -> str:
    """24 digits of InPost, 18 or 20 of an SSCC."""
    return match[0]


def named_parcel(match: _Match) -> str:
    return match["number"].upper()


def order(match: _Match) -> str:
    groups = match.groupdict()
    return str(groups.get("number") or groups.get("coded")).strip("-/").upper()


def amount(match: _Match) -> str:
    """'1 234,5 zł' -> '1234.50 PLN'."""
    number, currency = re.match(r"([\d\s.,]*\d)\s?(\S)", match[0].lower()).groups()  # type: ignore[union-attr]
    plain = re.sub(r"\s", "", number)
    whole, cents = re.fullmatch(r"([\d.,]*?)(?:[.,](\d{1,2}))?", plain).groups()  # type: ignore[union-attr]
    return f"{_digits(whole)}.{(cents or '').ljust(2, '0')} {_CURRENCIES[currency]}"


def numeric_date(match: _Match) -> str | None:
    parts = [int(part) for part in re.findall(r"\d+", match[0])]
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    return _date(year, month, day)


def worded_date(match: _Match) -> str | None:
    """'3 listopada 2026' -> '2026-11-03'; without a year '--11-03', as ISO 8601 had it."""
    day, word, *year = match[0].replace(".", "").split()
    month = _MONTHS.get(word.lower()[:3])
    if month is None:
        return None
    if year:
        return _date(int(year[0]), month, int(day))
    leap = _date(2024, month, int(day))
    return leap and f"-{leap[4:]}"


def phone(match: _Match) -> str | None:
    import phonenumbers  # Late: its tables are large and few messages carry a number.

    try:
        number = phonenumbers.parse(match[0].replace("(", "").replace(")", ""), "PL")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
