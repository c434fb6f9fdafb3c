"""Cuts Polish (and English) prose into sentences, keeping each one's place in the text."""

import re
from collections.abc import Iterator

from opieka.knowledge.finding.found import Sentence

_END = re.compile(r"[.!?…]+[\"”»)\]*_]*(?=\s)|\n(?=\s*[-*•])")
_OPENS = re.compile(r"[\s\"„«(\[*_]*(.)", re.DOTALL)
_LAST_WORD = re.compile(r"([^\W\d_]+(?:\.[^\W\d_]+)*|\d+)\.$")
_LONGEST_WORD = 32
_ABBREVIATIONS = frozenset(
    [
        "np",
        "tj",
        "tzn",
        "tzw",
        "m.in",
        "godz",
        "ul",
        "al",
        "pl",
        "os",
        "nr",
        "tel",
        "ok",
        "min",
        "maks",
        "max",
        "dr",
        "inż",
        "mgr",
        "prof",
        "hab",
        "art",
        "ust",
        "pkt",
        "lit",
        "poz",
        "par",
        "pn",
        "wt",
        "śr",
        "czw",
        "pt",
        "sob",
        "nd",
        "rozdz",
        "str",
        "im",
        "św",
        "ks",
        "wg",
        "zob",
        "por",
        "k.p.c",
        "k.c",
        "sp",
        "z.o.o",
        "poj",
        "wyd",
        "red",
        "e.g",
        "i.e",
        "mr",
        "mrs",
        "ms",
        "vs",
        "approx",
    ]
)


def sentences_of(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentences of `text[start:end]`."""
    begins = start
    for mark in _END.finditer(text, start, end):
        if _really_ends(text, begins, mark.end(), end):
            yield from _trimmed(text, begins, mark.end())
            begins = mark.end()
    yield from _trimmed(text, begins, end)


def _really_ends(text: str, begins: int, place: int, end: int) -> bool:
    """False after an abbreviation, an ordinal number or when the next word is in lower case."""
    following = _OPENS.match(text, place, end)
    if following is None:
        return False
    if following[1].islower():
        return False
    last = _LAST_WORD.search(text[max(begins, place - _LONGEST_WORD) : place])
    if last is None:
        return True
    word = last[1].lower()
    if word.isdigit():
        return not ((place - begins <= 4 and len(text[begins:place].strip()) <= 3) or following[1].isdigit())
    return word not in _ABBREVIATIONS and not (len(word) == 1 and last[1].isupper())


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    if start < end:
        yield Sentence(start, end, text[start:end])
