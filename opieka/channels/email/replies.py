"""What the customer newly wrote, without the mail they answer.

Polish and English mail programs introduce quotations in a dozen ways; no library we measured knows the Polish ones.
In doubt text stays: an agent can skip a quotation, but cannot miss a sentence that was cut.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import takewhile

from opieka.channels.email import copied_headers
from opieka.channels.email.attributions import ADDRESS, DATE, OPENS, TIME, VERB, introduces
from opieka.channels.email.footers import without_footers, without_signature

WRAPPED_OVER = 5
# How many empty lines may stand between an introduction and what it introduces.
NEAR = 20

QUOTED = re.compile(r"^\s{0,3}>")
ORIGINAL = re.compile(
    r"(?i)^[\s*_=>-]*(?:wiadomo[śs][ćc] oryginalna|oryginalna wiadomo[śs][ćc]|original message|wiadomo[śs][ćc] pierwotna|"
    r"pierwotna wiadomo[śs][ćc]|tre[śs][ćc] oryginalnej wiadomo[śs]ci|poprzednia wiadomo[śs][ćc]|"
    r"oryginalny e-?mail|original e-?mail|reply message|urspr[üu]ngliche nachricht|вихідне повідомлення)[\s*_=:-]*"
    # Some phones print the whole header on the same line.
    r"(?:$|(?:od|from|von|від)\s*:.{0,400}:)"
)
# One of these stands in whatever ORIGINAL, and whatever FORWARDED matches.
OF_ORIGINAL = ("wiadomo", "original", "oryginaln", "reply message", "nachricht", "вихідне")
OF_FORWARDED = ("forward", "przekaz")
ABBREVIATED = re.compile(r"(?i)\b(?:np|nr|ul|al|os|tel|itp|itd|m\.in|godz|ok|tzn|tj|pkt|zł|dr|mgr|inż|ww|ds)\.$")
ABOVE_THIS_LINE = re.compile(
    r"(?i)\b(?:pisa[ćc]|pisz\w*|odpowi\w+|odpis\w+|reply|write|type)\b.{0,60}(?:powy[żz]ej|nad|above)\s+(?:t[eąa]\w*|this|the)\s+(?:lini|line)"
)
FORWARDED = re.compile(
    r"(?i)^[\s*_=>-]*(?:forwarded message|przekazan[ae] wiadomo[śs][ćc]|przekazywana wiadomo[śs][ćc]|wiadomo[śs][ćc] przekazana|"
    r"tre[śs][ćc] przekazanej wiadomo[śs]ci|begin forwarded message|pocz[ąa]tek przekazywanej wiadomo[śs]ci|"
    r"pocz[ąa]tek przekazanej wiadomo[śs]ci)[\s*_=:-]*$"
)
DASHED = re.compile(r"^\s*-{2,}+\s*+([^\s-].{3,200}?)\s*(?:-{2,}|:)\s*$")
RUN_ON = re.compile(rf"(?i)^\s*(\S.{{20,300}}?\b{VERB}\s*:)\s+\S")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where a quotation is introduced: lines `start` to `end` (not included) belong to the introduction."""

    start: int
    end: int


def new_text(text: str, *, forwarded: bool = False, answers: bool = True, ours: Collection[str] = ()) -> str:
    """The newly written part of a mail's plain text; all of it when nothing else can be told for sure.

    A forwarded mail is new to us as a whole, so nothing of it is cut. In a mail that answers nothing (`answers` is
    false) lines marked with ">" that nothing introduces are what the customer drew, and stay. `ours` are the addresses it
    was sent to: a header with one of them is of a mail of ours, whatever words lead to it.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\u200b", "").split("\n")]
    cut = _first_cut(lines, ours)
    lowered = text.lower()
    may_pass_on = any(word in lowered for word in OF_FORWARDED)
    if forwarded or (may_pass_on and any(map(_is_forwarding_mark, lines[: cut.end if cut else len(lines)]))):
        return _joined(lines)
    if cut is None:
        fresh = _unquoted(lines, by_hand_stays=True) if answers else lines
    elif _quoted_next(lines, cut.end):
        fresh = [*without_signature(lines[: cut.start]), "", *_after_quotation(lines[cut.end :])]
    else:
        fresh = lines[: cut.start]
    return _joined(without_footers(without_signature(fresh))) or _joined(lines)


def _is_forwarding_mark(line: str) -> bool:
    return bool(FORWARDED.match(line)) and not QUOTED.match(line)


def _first_cut(lines: list[str], ours: Collection[str]) -> Cut | None:
    lowered = "\n".join(lines).lower()
    may_announce = any(word in lowered for word in OF_ORIGINAL)
    end_of_introduction = max((at for at, line in enumerate(lines) if line.endswith(":")), default=-1)
    for position, line in enumerate(lines):
        if not line.strip() or QUOTED.match(line):
            continue
        announced = may_announce and ORIGINAL.match(line)
        if announced or _above_this_line(line) or _between_dashes(line) or _introduces_and_quotes(line):
            return Cut(start=position, end=position + 1)
        if _header_at(lines, position) and not _pasted(lines, position, ours):
            return Cut(start=position, end=position + 1)
        if position <= end_of_introduction and (cut := _introduction_at(lines, position)):
            return cut
    return None


def _header_at(lines: list[str], position: int) -> bool:
    return copied_headers.stands_at(lines, position) or copied_headers.follows_a_rule(lines, position)


def _pasted(lines: list[str], position: int, ours: Collection[str]) -> bool:
    """Whether this header is of a mail that the customer got from somebody else and shows us, or of their own letter."""
    if not any(line.strip() for line in lines[:position]):
        return True
    header = " ".join(lines[position : position + 6]).lower()
    return _by_hand(lines, position) and not any(address in header for address in ours)


def _by_hand(lines: list[str], position: int) -> bool:
    """Whether the customer's own words lead to what stands here: "Kurier napisał mi SMS-a:"."""
    before = next((line for line in reversed(lines[max(0, position - NEAR) : position]) if line.strip()), "")
    own = before.endswith(":") and not QUOTED.match(before) and not copied_headers.FIELD.match(before)
    return own and not (DATE.search(before) and TIME.search(before)) and not ADDRESS.search(before)


def _between_dashes(line: str) -> bool:
    """`---- Użytkownik Lampa napisał ----`, and the same with dashes only before it."""
    found = DASHED.match(line) if "--" in line else None
    return found is not None and introduces(f"{found[1].rstrip(' :')}:", quoted_next=True)


def _above_this_line(line: str) -> bool:
    return "lin" in line and bool(ABOVE_THIS_LINE.search(line))


def _introduces_and_quotes(line: str) -> bool:
    """A whole introduction, address and all, with the quoted text behind it on the same line, as Yahoo on a phone does."""
    found = RUN_ON.match(line) if "@" in line and ":" in line else None
    return found is not None and bool(ADDRESS.search(found[1])) and introduces(found[1], quoted_next=False)


def _introduction_at(lines: list[str], position: int) -> Cut | None:
    """The introduction that begins here, if any. Programs wrap it over several lines."""
    joined = ""
    for end in range(position, min(position + WRAPPED_OVER, len(lines))):
        line = lines[end].strip()
        # Gmail wraps before the ">" that closes an address; such a line is no quotation.
        closes = joined.count("<") > joined.count(">")
        if not line or (QUOTED.match(lines[end]) and not closes):
            return None
        joined = f"{joined} {line}" if joined else line
        if line.endswith(":") and introduces(joined, quoted_next=_quoted_next(lines, end + 1)):
            return Cut(start=_opening(lines, position, end), end=end + 1)
    return None


def _opening(lines: list[str], position: int, end: int) -> int:
    """Where the introduction that ends on line `end` really begins: what stands above its date was written by hand."""
    if OPENS.match(lines[position]):
        return position
    for later in range(position + 1, end + 1):
        joined = " ".join(line.strip() for line in lines[later : end + 1])
        if OPENS.match(lines[later]) and introduces(joined, quoted_next=_quoted_next(lines, end + 1)):
            return later
    return position


def _quoted_next(lines: list[str], position: int) -> bool:
    """Whether the next line that is not empty is marked with ">"."""
    following = next((line for line in lines[position : position + NEAR] if line.strip()), "")
    return bool(QUOTED.match(following))


def _unquoted(lines: list[str], *, by_hand_stays: bool = False) -> list[str]:
    """Everything but the lines marked with ">" and the ends of such lines that a program wrapped."""
    kept: list[str] = []
    stays = False
    for position, line in enumerate(lines):
        quoted = bool(QUOTED.match(line))
        if quoted and not (position and QUOTED.match(lines[position - 1])):
            stays = by_hand_stays and _by_hand(lines, position) and not _quotes_a_mail(lines, position)
        if not (quoted and not stays) and not _is_wrapped_end(lines, position):
            kept.append(line)
        elif kept and kept[-1]:
            kept.append("")
    return kept


def _quotes_a_mail(lines: list[str], position: int) -> bool:
    """Whether the marked lines begin as programs begin them: with an introduction or a header, marked as well."""
    bare = [line.lstrip("> \t\ufeff") for line in takewhile(QUOTED.match, lines[position : position + NEAR])]
    first = next((at for at, line in enumerate(bare) if line), None)
    if first is None:
        return False
    return _introduction_at(bare, first) is not None or bool(ORIGINAL.match(bare[first])) or _header_at(bare, first)


def _is_wrapped_end(lines: list[str], position: int) -> bool:
    """A short line right under a long quoted one that ends in the middle of a sentence: the rest of it."""
    line = lines[position].strip()
    if not line or not position or len(line) > 40 or not QUOTED.match(lines[position - 1]) or QUOTED.match(line):
        return False
    before, after = lines[position - 1], "".join(lines[position + 1 : position + 2])
    no_room = len(before) + len(line.split()[0]) >= 70 or (line[0].islower() and len(before) >= 60)
    ended = before[-1] in ".?!:;)" and not ABBREVIATED.search(before)
    return no_room and not ended and (not after or bool(QUOTED.match(after)))


def _after_quotation(lines: list[str]) -> list[str]:
    """Answers between and below the quoted lines, up to the next mail that is quoted without marks."""
    cut = next(
        (
            at
            for at, line in enumerate(lines)
            if not QUOTED.match(line) and (ORIGINAL.match(line) or _header_at(lines, at))
        ),
        len(lines),
    )
    kept = list(lines[:cut])
    position = 0
    while position < len(kept):
        if kept[position].strip() and not QUOTED.match(kept[position]):
            found = _introduction_at(kept, position)
            if found:
                del kept[found.start : found.end]
        position += 1
    return _unquoted(kept)


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
