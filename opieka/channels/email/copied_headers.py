"""Recognising the header of another mail where a program printed it above the text: "Od: … Wysłano: … Do: … Temat: …"."""

import re

from opieka.channels.email.attributions import ADDRESS, DATE, TIME

MOST_LINES = 14
FROM = r"od|from|von|nadawca|de|da|van|від|от"
WHEN = (
    r"wys[łl\W]an[eoay]|data|date|sent|gesendet|datum|data wys[łl]ania|odesl[áa]no|odoslan[ée]|envoy[ée]|inviato|enviado|"
    r"verzonden|надіслано|отправлено|дата"
)
ABOUT = r"temat|subject|betreff|tytu[łl]|předmět|predmet|objet|oggetto|asunto|onderwerp|тема"
OTHER = (
    r"do|to|an|cc|dw|udw|bcc|kopia|kopia do|do wiadomo[śs]ci|odpowied[źz] do|reply-to|wa[żz]no[śs][ćc]|importance|adresat|"
    r"odbiorca|komu|kopie|à|a|para|aan|priorytet|za[łl][ąa]czniki|attachments|кому|копія|копия"
)
FIELD = re.compile(rf"(?i)^[\s>*_|]*({FROM}|{WHEN}|{ABOUT}|{OTHER})\s*[*_]*:[*_]*(?:\s+(.*))?$")
NAMED = re.compile(r"^[\s>*_|]*([^\W\d_][\w .-]{0,24}?)\s*[*_]*:[*_]*\s+(\S.*)$")
DRAWN = tuple("-_=─—")
RULE = re.compile(r"^[\s>]*+[-_=─—]{3,}+(?:[^-_=─—].{0,60}?[-_=─—]{3,})?\s*$")


def stands_at(lines: list[str], position: int) -> bool:
    """Whether such a header begins on this line: a sender, a date or a subject, and proof that programs wrote them.

    Customers head their own letters "Od: … Do: … Temat: …" too, but with no address and no time of day.
    """
    if ":" not in lines[position] or not FIELD.match(lines[position]):
        return False
    fields = _fields(lines[position : position + MOST_LINES])
    sender, when, about = (_value(fields, kind) for kind in (FROM, WHEN, ABOUT))
    if len(fields) < 3 or sender is None or (when is None and about is None):
        return False
    addressed = any(ADDRESS.search(value) for value in fields.values())
    return addressed or bool(when and TIME.search(when) and DATE.search(when))


def follows_a_rule(lines: list[str], position: int) -> bool:
    """Whether this line is a drawn rule, with a few words in it or none, and such a header in any language follows."""
    line = lines[position]
    if len(line) > 200 or line.lstrip("> \t")[:1] not in DRAWN or not RULE.match(line):
        return False
    below = [line for line in lines[position + 1 : position + 8] if line.strip()]
    values: list[str] = []
    for line in below:
        if not (found := NAMED.match(line)):
            break
        values.append(found[2])
    addressed = any(ADDRESS.search(value) for value in values)
    return len(values) >= 3 and addressed and any(TIME.search(value) for value in values)


def _fields(lines: list[str]) -> dict[str, str]:
    """The fields that stand there, by their names in lower case. Some programs leave empty lines between them."""
    fields: dict[str, str] = {}
    goes_on = 0
    for line in lines:
        found = FIELD.match(line)
        if found and found[1].lower() in fields:
            # The customer's own "Temat: …" stood above a real header.
            return {}
        if found:
            fields[found[1].lower()] = found[2] or ""
            # The list of recipients and a long subject may run over several lines.
            goes_on = 2
        elif line.strip() and goes_on:
            goes_on -= 1
        elif line.strip() or len(fields) > 2:
            break
        else:
            goes_on = 0
    return fields


def _value(fields: dict[str, str], kind: str) -> str | None:
    return next((value for name, value in fields.items() if re.fullmatch(kind, name)), None)
