"""Finds what a message names: orders, parcels, accounts, people's data, money, days.

Numbers that carry a checksum count only when it holds, so an order number is never taken for a PESEL.
Patterns are tried in order and no character belongs to two entities.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from opieka.assistant.understanding import normal
from opieka.assistant.understanding.understood import Entity, Names

_Normal = Callable[["re.Match[str]"], str | None]
_MONTHS = (
    "stycz\\w+|lut\\w+|marc\\w+|kwiet\\w+|kwiecie\\w+|maj\\w*|czerw\\w+|lip\\w+|sierp\\w+|wrze\\w+|pa[zź]dzier\\w+"
    "|listopad\\w*|grud\\w+|january|february|march|april|may|june|july|august|september|october|november|december"
)
_NUMBER_WORD = r"(?:\s{0,3}(?:o|nr|numer(?:em|u|ze)?|number|no|[.:#])){0,4}\s{0,3}"
LONGEST = 10_000  # Characters read: what names an order stands near the beginning.
_EDGE, _END = r"(?<![\w@])", r"(?![\w@])"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A shape, and the check that gives its normal form or None when it is not what it looks like."""

    names: Names
    shape: "re.Pattern[str]"
    normal: _Normal


def _pattern(names: Names, shape: str, check: _Normal) -> _Pattern:
    return _Pattern(names, re.compile(shape, re.IGNORECASE), check)


_PATTERNS = (
    _pattern(Names.EMAIL, r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", normal.email),
    _pattern(Names.IBAN, rf"{_EDGE}(?:PL\s?)?\d{{2}}(?:[ -]?\d{{4}}){{6}}{_END}", normal.iban),
    _pattern(Names.IBAN, rf"{_EDGE}(?-i:[A-Z]{{2}}\d{{2}}(?: ?[A-Z\d]{{4}}){{2,7}}(?: ?[A-Z\d]{{1,3}})?){_END}", normal.iban),
    _pattern(Names.PARCEL, rf"{_EDGE}(?:1Z[A-Z\d]{{16}}|[A-Z]{{2}}\d{{9}}[A-Z]{{2}}){_END}", normal.lettered_parcel),
    _pattern(Names.PARCEL, rf"{_EDGE}\d{{24}}{_END}|{_EDGE}(?:00)?\d{{18}}{_END}", normal.long_parcel),
    _pattern(Names.CARD, rf"{_EDGE}\d{{4}}(?:[ -]?\d{{4}}){{2}}[ -]?\d{{3,4}}{_END}", normal.card),
    _pattern(Names.PESEL, rf"{_EDGE}\d{{11}}{_END}", normal.pesel),
    _pattern(Names.NIP, rf"\bNIP(?:-?u|em)?:?\s*(?P<number>(?:PL)?[\s-]?\d{{3}}(?:[ -]?\d{{2,3}}){{3}}){_END}", normal.nip),
    _pattern(Names.NIP, rf"{_EDGE}(?:\d{{10}}|\d{{3}}-\d{{3}}-\d{{2}}-\d{{2}}|\d{{3}}-\d{{2}}-\d{{2}}-\d{{3}}){_END}", normal.nip),
    _pattern(Names.AMOUNT, r"(?<![\w,.])(?:\d{1,3}(?:[ \u00a0.]\d{3})+|\d+)(?:[.,]\d{1,2})?\s?(?:zł(?:otych|oty|ote)?|zl|pln|eur|euro|€|usd|\$)(?!\w)", normal.amount),
    _pattern(Names.DATE, rf"{_EDGE}\d{{4}}-\d{{2}}-\d{{2}}{_END}|{_EDGE}\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}{_END}", normal.numeric_date),
    _pattern(Names.DATE, rf"{_EDGE}\d{{1,2}}\.?\s(?:{_MONTHS})(?:\s\d{{4}})?(?!\w)", normal.worded_date),
    _pattern(Names.ORDER, rf"(?:zam[oó]wieni\w*|zam\.|umow\w*|zakup\w*|order|transakcj\w*){_NUMBER_WORD}#?(?P<number>[A-Z]{{0,4}}[-/]?\d{{3,}}(?:[-/]\d+)*)(?!\w)", normal.order),
    _pattern(Names.ORDER, rf"(?<!\w)#(?P<number>\d{{3,12}}){_END}|{_EDGE}(?P<coded>(?!F[VAS][-/])[A-Z]{{2,4}}[-/]\d{{2,4}}[-/]\d{{2,8}}){_END}", normal.order),
    _pattern(Names.PARCEL, rf"(?:paczk\w*|przesy[lł]k\w*|list\w* przewozow\w*|parcel|tracking|nadani\w*){_NUMBER_WORD}(?P<number>[A-Z]{{0,4}}\d{{8,20}}[A-Z]?)(?!\w)", normal.named_parcel),
    _pattern(Names.PHONE, rf"(?<![\w@/.-])(?:\+\d{{2}}[ -]?|0048[ -]?|\(\+48\) ?)?(?:\d{{3}}[ -]?\d{{3}}[ -]?\d{{3}}|\d{{2}}[ -]\d{{3}}[ -]\d{{2}}[ -]\d{{2}}){_END}", normal.phone),
    _pattern(Names.POSTCODE, rf"{_EDGE}\d{{2}}-\d{{3}}{_END}", normal.as_written),
    _pattern(Names.STREET, r"(?<!\w)(?:ul\.?|al\.|alej[ai]|os\.|pl\.|ulic[aęyi])\s+[^\W\d]\w*(?:\s[^\W\d]\w*){0,3}\s\d+\w?(?:\s?[/m.]+\s?\d+\w?)?(?!\w)", normal.as_written),
)  # fmt: skip


def entities_of(text: str) -> tuple[Entity, ...]:
    """Everything named in a message, in reading order."""
    taken: list[Entity] = []
    for pattern in _PATTERNS:
        for entity in _matches(pattern, text):
            if all(entity.end <= other.start or entity.start >= other.end for other in taken):
                taken.append(entity)
    return tuple(sorted(taken, key=lambda entity: entity.start))


def _matches(pattern: _Pattern, text: str) -> Iterator[Entity]:
    for match in pattern.shape.finditer(text, 0, LONGEST):
        value = pattern.normal(match)
        if value is not None:
            group = next((name for name, found in match.groupdict().items() if found), 0)
            start, end = match.span(group)
            yield Entity(pattern.names, start, end, text[start:end], value)
