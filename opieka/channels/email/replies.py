"""What the customer newly wrote, without the mail they answer.

Polish and English mail programs introduce quotations in a dozen ways; no library we measured knows the Polish ones.
In doubt text stays: an agent can skip a quotation, but cannot miss a sentence that was cut.
"""

import re
from dataclasses import dataclass

from opieka.channels.email.attributions import introduces

WRAPPED_OVER = 5

QUOTED = re.compile(r"^\s{0,3}>")
SEPARATOR = re.compile(r"^\s*[_\-=*~─—]{3,}\s*$")
ORIGINAL = re.compile(
    r"(?i)^[\s*_=>-]*(?:wiadomo[śs][ćc] oryginalna|oryginalna wiadomo[śs][ćc]|original message|wiadomo[śs][ćc] pierwotna|"
    r"pierwotna wiadomo[śs][ćc]|tre[śs][ćc] oryginalnej wiadomo[śs]ci|poprzednia wiadomo[śs][ćc]|"
    r"oryginalny e-?mail|original e-?mail|reply message|urspr[üu]ngliche nachricht|вихідне повідомлення)[\s*_=:-]*$"
)
ABOVE_THIS_LINE = re.compile(
    r"(?i)(?:pisa[ćc]|odpowied[źz]\w*|reply|write)\b.{0,60}(?:powy[żz]ej|nad|above)\b.{0,20}\b(?:lini|line)"
)
FORWARDED = re.compile(
    r"(?i)^[\s*_=>-]*(?:forwarded message|przekazan[ae] wiadomo[śs][ćc]|przekazywana wiadomo[śs][ćc]|wiadomo[śs][ćc] przekazana|"
    r"tre[śs][ćc] przekazanej wiadomo[śs]ci|begin forwarded message|pocz[ąa]tek przekazywanej wiadomo[śs]ci|"
    r"pocz[ąa]tek przekazanej wiadomo[śs]ci)[\s*_=:-]*$"
)
FROM = r"od|from|von|nadawca|de|від"
WHEN = r"wys[łl]ane|wys[łl]ano|data|date|sent|gesendet|datum|data wys[łl]ania|надіслано"
ABOUT = r"temat|subject|betreff|tytu[łl]|тема"
OTHER = r"do|to|an|cc|dw|udw|bcc|kopia|kopia do|do wiadomo[śs]ci|odpowied[źz] do|reply-to|wa[żz]no[śs][ćc]|importance|adresat|odbiorca|кому"
FIELD = re.compile(rf"(?i)^[\s>*_]*({FROM}|{WHEN}|{ABOUT}|{OTHER})\s*[*_]*:[*_]*(?:\s|$)")
FOOTER = re.compile(
    r"(?i)^\s*[*_(\[]*(?:"
    r"wys[łl]an[eoay]\s+(?:z|ze|za pomoc[ąa]|przez|przy u[żz]yciu)\s+.{0,40}(?:iphone|ipad|mac|smartfon|telefon|komór|tablet|"
    r"urz[ąa]dzeni|samsung|galaxy|huawei|xiaomi|android|windows|outlook|aplikacj|program|poczt|mail|yahoo|proton).{0,60}|"
    r"sent\s+(?:from|with|using|via)\s+(?:my|the|a|outlook|yahoo|gmail|proton|samsung|mail)\b.{0,80}|get outlook for .{2,80}|"
    r"pobierz (?:aplikacj[ęe] )?outlook\b.{0,100}|uzyskaj (?:aplikacj[ęe] )?outlook\b.{0,100}|"
    r"wolne od wirus[óo]w\.?.{0,80}|virus-free\.?.{0,80}|"
    r"(?:ta|niniejsza) wiadomo[śs][ćc] (?:e-?mail )?zosta[łl]a sprawdzona .{0,120}|"
    r"<?https?://(?:aka\.ms|www\.avast\.com|www\.avg\.com)\S*>?(?: .{0,30}(?:wirus|virus).{0,60})?"
    r")\s*$"
)
DASHED = re.compile(r"^\s*-{2,}\s*(\S.{3,200}?)\s*-{2,}\s*$")
SIGNATURE = re.compile(r"^--\s?$")
SIGNATURE_LINES = 15


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where a quotation is introduced: lines `start` to `end` (not included) belong to the introduction."""

    start: int
    end: int


def new_text(text: str, *, forwarded: bool = False) -> str:
    """The newly written part of a mail's plain text; all of it when nothing else can be told for sure.

    A forwarded mail is new to us as a whole, so nothing of it is cut.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\u200b", "").split("\n")]
    if forwarded or _is_forward(lines):
        return _joined(lines)
    cut = _first_cut(lines)
    if cut is None:
        fresh = _unquoted(lines)
    elif _quoted_next(lines, cut.end):
        fresh = [*_without_signature(lines[: cut.start]), "", *_after_quotation(lines[cut.end :])]
    else:
        fresh = lines[: cut.start]
    return _joined(_without_footers(_without_signature(fresh))) or _joined(lines)


def _is_forward(lines: list[str]) -> bool:
    """A forwarding mark before any quotation."""
    for position, line in enumerate(lines):
        if FORWARDED.match(line) and not QUOTED.match(line):
            return True
        if ORIGINAL.match(line) or _fields_at(lines, position):
            return False
    return False


def _first_cut(lines: list[str]) -> Cut | None:
    for position, line in enumerate(lines):
        if not line.strip() or QUOTED.match(line):
            continue
        if ORIGINAL.match(line) or _above_this_line(line) or _fields_at(lines, position) or _between_dashes(line):
            return Cut(start=position, end=position + 1)
        if end := _introduction_at(lines, position):
            return Cut(start=position, end=end)
    return None


def _between_dashes(line: str) -> bool:
    """`---- Użytkownik Lampa napisał ----`"""
    found = DASHED.match(line)
    return found is not None and introduces(f"{found[1]}:", quoted_next=True)


def _above_this_line(line: str) -> bool:
    return "lin" in line and bool(ABOVE_THIS_LINE.search(line))


def _fields_at(lines: list[str], position: int) -> bool:
    """Whether the header of another mail stands there, as Outlook prints it: a sender, and a date or a subject."""
    if not FIELD.match(lines[position]):
        return False
    names: list[str] = []
    missed = 0
    for line in lines[position : position + 14]:
        found = FIELD.match(line)
        if found:
            names.append(found[1].lower())
        elif line.strip():
            # The list of recipients may run over several lines.
            missed += 1
            if missed > 2:
                break
        elif len(names) > 2:
            break
    has = {kind: any(re.fullmatch(kind, name) for name in names) for kind in (FROM, WHEN, ABOUT)}
    return len(set(names)) >= 3 and has[FROM] and (has[WHEN] or has[ABOUT])


def _introduction_at(lines: list[str], position: int) -> int:
    """The line after an introduction that begins here, 0 when none does. Programs wrap it over several lines."""
    joined = ""
    for end in range(position, min(position + WRAPPED_OVER, len(lines))):
        line = lines[end].strip()
        # Gmail wraps before the ">" that closes an address; such a line is no quotation.
        closes = joined.count("<") > joined.count(">")
        if not line or (QUOTED.match(lines[end]) and not closes):
            return 0
        joined = f"{joined} {line}" if joined else line
        if line.endswith(":") and introduces(joined, quoted_next=_quoted_next(lines, end + 1)):
            return end + 1
    return 0


def _quoted_next(lines: list[str], position: int) -> bool:
    """Whether the next line that is not empty is marked with ">"."""
    following = next((line for line in lines[position:] if line.strip()), "")
    return bool(QUOTED.match(following))


def _unquoted(lines: list[str]) -> list[str]:
    """Everything but the lines marked with ">" and the ends of such lines that a program wrapped."""
    kept: list[str] = []
    for position, line in enumerate(lines):
        if not QUOTED.match(line) and not _is_wrapped_end(lines, position):
            kept.append(line)
        elif kept and kept[-1]:
            kept.append("")
    return kept


def _is_wrapped_end(lines: list[str], position: int) -> bool:
    """A short line between two quoted ones, in lower case, after a long one: the end of that long one."""
    line = lines[position].strip()
    if not line or position in {0, len(lines) - 1} or len(line) > 40 or not line[0].islower():
        return False
    before, after = lines[position - 1], lines[position + 1]
    return bool(QUOTED.match(before) and QUOTED.match(after)) and len(before) >= 60


def _after_quotation(lines: list[str]) -> list[str]:
    """Answers between and below the quoted lines, up to the next mail that is quoted without marks."""
    cut = next(
        (
            at
            for at, line in enumerate(lines)
            if not QUOTED.match(line) and (ORIGINAL.match(line) or _fields_at(lines, at))
        ),
        len(lines),
    )
    kept = list(lines[:cut])
    position = 0
    while position < len(kept):
        end = 0 if QUOTED.match(kept[position]) or not kept[position].strip() else _introduction_at(kept, position)
        del kept[position : max(end, position)]
        position += 1
    return _unquoted(kept)


def _without_signature(lines: list[str]) -> list[str]:
    """Up to the standard signature mark, "-- " alone on a line, when what follows is short."""
    for position, line in enumerate(lines):
        rest = [later for later in lines[position + 1 :] if later.strip()]
        if (
            SIGNATURE.match(line)
            and len(rest) <= SIGNATURE_LINES
            and any(earlier.strip() for earlier in lines[:position])
        ):
            return lines[:position]
    return lines


def _without_footers(lines: list[str]) -> list[str]:
    """Without what phones and virus scanners add at the end."""
    kept = list(lines)
    while kept:
        start = len(kept) - 1
        while start > 0 and kept[start].strip() and kept[start - 1].strip() and len(kept) - start < 3:
            start -= 1
        if not kept[-1].strip() or SEPARATOR.match(kept[-1]) or FOOTER.match(kept[-1]):
            kept.pop()
        elif start < len(kept) - 1 and FOOTER.match(" ".join(line.strip() for line in kept[start:])):
            # A footer that the mail program wrapped.
            del kept[start:]
        else:
            break
    return kept


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
