"""Takes personal data out of a text before it may reach a log."""

import re

from opieka.assistant.understanding.entities import LONGEST, entities_of
from opieka.assistant.understanding.understood import PERSONAL, Names

_NAME = r"[A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]+"
_INTRODUCED = re.compile(
    rf"\b(?P<before>(?:[Nn]azywam się|[Mm]am na imię|[Tt]u|[Zz] tej strony|[Pp]an(?:i|a|u|ią)?|[Mm]y name is|[Ii] am)\s)"
    rf"(?P<name>{_NAME}(?:[ -]{_NAME}){{0,2}})"
)
_SIGNED = re.compile(
    r"(?P<before>\b(?:[Pp]ozdrawiam|[Pp]ozdrowienia|[Zz] poważaniem|[Rr]egards|[Zz] wyrazami szacunku)[^\n]{0,20}[,\s]*\n\s*)"
    rf"(?P<name>{_NAME}(?:[ -]{_NAME}){{0,2}})"
)

_LONG_NUMBER = re.compile(r"(?<![\w/-])\d(?:[ -]?\d){8,}(?!\w)")
_HARMLESS = frozenset({Names.ORDER, Names.PARCEL})


def redact(text: str) -> str:
    """The text with '[phone]', '[email]', '[name]' and the like in place of what points to a person.

    Only the first 10 000 characters are kept. A long number that is neither an order nor a parcel goes too: it may be a mistyped PESEL or account.
    Names are recognised only where people introduce or sign themselves: enough for logs, which hold no
    message bodies anyway, not enough to publish a message.
    """
    text = text[:LONGEST]
    for entity in reversed(entities_of(text)):
        if entity.names in PERSONAL:
            text = f"{text[: entity.start]}[{entity.names}]{text[entity.end :]}"
    harmless = {entity.text for entity in entities_of(text) if entity.names in _HARMLESS}
    text = _LONG_NUMBER.sub(lambda match: match[0] if match[0] in harmless else "[number]", text)
    for shape in (_INTRODUCED, _SIGNED):
        text = shape.sub(lambda match: f"{match['before']}[name]", text)
    return text
