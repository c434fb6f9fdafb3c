"""Telling the line that introduces a quotation ("W dniu … pisze:") from a sentence that only looks like it."""

import re

LONGEST = 320
MOST_WORDS = 14

DAYS = (
    r"pon(?:iedzia[łl]ek)?|wt(?:orek)?|[śs]r(?:oda|odę)?|czw(?:artek)?|pt|pi[ąa](?:tek)?|sob(?:ota|otę)?|ndz?|niedz(?:iela|ielę)?|"
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?|"
    r"mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|нд|вс"
)
MONTHS = (
    r"sty(?:cz(?:e[ńn]|nia))?|lut(?:y|ego)?|mar(?:zec|ca)?|kwi(?:ecie[ńn]|etnia)?|maj(?:a)?|cze(?:rwiec|rwca)?|"
    r"lip(?:iec|ca)?|sie(?:rpie[ńn]|rpnia)?|wrz(?:esie[ńn]|e[śs]nia)?|pa[źz](?:dziernik|dziernika)?|lis(?:topad|topada)?|"
    r"gru(?:dzie[ńn]|dnia)?|jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?|januar|februar|märz|juni|juli|"
    r"січ\w*|лют\w*|бер\w*|квіт\w*|трав\w*|черв\w*|лип\w*|серп\w*|вер\w*|жовт\w*|лист\w*|груд\w*"
)
TIME = re.compile(r"\b\d{1,2}[:.∶]\d{2}(?:[:.∶]\d{2})?(?:\s?[ap]\.?m\b\.?)?", re.IGNORECASE)
YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2}\b")
DATE = re.compile(
    rf"\b(?:19|20)\d\d[-./]\d{{1,2}}[-./]\d{{1,2}}\b|\b\d{{1,2}}[-./]\s?\d{{1,2}}[-./]\s?(?:19|20)?\d\d\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:{MONTHS})\b\.?|\b(?:{MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b"
    r"|\b\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?\s+(?:de\s+)?(?:19|20)\d\d\b|\b\d{1,2}\.\s\d{1,2}\.\s(?:19|20)\d\d\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"<[^<>]*@[^<>]*>|\([^()]*@[^()]*\)|\[mailto:[^\]]*\]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
# Words that stand between the date, the name and the verb and say nothing themselves.
FILLING = re.compile(
    rf"(?i)\b(?:{DAYS}|{MONTHS})\b\.?|\b(?:w|dniu|dnia|o|godz|godzinie|u[żz]ytkownik|u[żz]ytkowniczka|nadawca|on|at|the|"
    r"by|via|am|um|uhr|dne|le|v|à|р|о|r|roku|cet|cest|utc|gmt|mailto|osoba|użytk|pan|pani|from)\b\.?|[+-]\d{1,2}:?\d{0,2}\b"
)
VERB = (
    r"(?:napisa[łl?³](?:\s?[(/]\s?-?\s?a\s?\)?)?|napisa[łl?³]a|napisali|pisze|można przeczytać|napisa[łl?³]\(-a\)|wrote|writes|schrieb|a écrit|"
    r"пише|написав(?:\(ла\))?|написал\(?а?\)?|пишет|napsal\(?a?\)?)"
)
ENDS_WITH_VERB = re.compile(rf"(?i)^(.*?)[\s,;]*\b({VERB})\s*:?\s*:$")
VERB_INSIDE = re.compile(rf"(?i)^(.*?)\s+{VERB}(?:\s+(?:w wiadomości|w dniu|dnia|on|am)\b)?(.*):$")
WRITTEN_BY = re.compile(
    r"(?i)^(?:wiadomo[śs][ćc] (?:zosta[łl]a )?napisana przez|message written by)\s+(.*?)(?:\s+w dniu|\s+dnia|\s+on)?\s+(.*):$"
)
CITING = re.compile(r"(?i)^(?:cytowanie|cytuj[ęe]|quoting|zitat von)\s+(.{1,160}):$")
OPENS = re.compile(
    rf"(?i)^[\W_]*(?:w dniu|dnia|dn\.|on|am|le|el|il|dne|op|den|em|at|{DAYS}|wiadomo[śs][ćc]|u[żz]ytkownik|cytowanie|quoting|"
    r"\d{1,4}[-./]\d|\d{1,2}\s\w{3})\b"
)
BRACKETED_LAST = re.compile(r"[<(\[][^<>()\[\]]*@[^<>()\[\]]*[>)\]][\s,]*$")
AFTER_THE_MOMENT = re.compile(r"(?i)^w dniu [\d./-]{6,10}\s+(?:o\s+)?\d{1,2}:\d{2}(?::\d{2})?\s*,\s*[^,]{2,120}$")
SENTENCE = re.compile(r"\w{4,}[.!?]\s+[A-ZĄĆĘŁŃÓŚŹŻ]")


def introduces(text: str, *, quoted_next: bool) -> bool:
    """Whether this line (wrapped lines joined) introduces a quotation.

    Where the next line is not marked with ">", only an introduction with a full date and a name will do.
    """
    text = " ".join(text.replace("\u200b", "").strip(" *_").split())
    if not text.endswith(":") or len(text) > LONGEST or SENTENCE.search(ADDRESS.sub(" ", text)):
        return False
    if CITING.match(text):
        return quoted_next or bool(ADDRESS.search(text))
    if found := WRITTEN_BY.match(text):
        return bool(DATE.search(text) or TIME.search(text)) and len(found[1]) < 160
    if found := ENDS_WITH_VERB.match(text):
        if found[2].lower() in {"napisał", "napisal", "napisała", "napisala"} and found[1].count(" ") == 0:
            # "Kurier napisał:" is how people begin to tell what somebody wrote; programs give more than one word.
            return bool(ADDRESS.search(found[1]))
        return _names_somebody(found[1], quoted_next=quoted_next)
    if found := VERB_INSIDE.match(text):
        # More follows the verb, so a name alone is too little: "Kurier napisał mi SMS-a:" is a sentence.
        said = bool(DATE.search(text) or ADDRESS.search(text))
        return said and _names_somebody(f"{found[1]} {found[2]}", quoted_next=quoted_next)
    # In any language: a date, a time and an address before a colon.
    complete = DATE.search(text) and TIME.search(text) and ADDRESS.search(text)
    return bool(complete) and len(_left_over(text)) <= 8


def _names_somebody(head: str, *, quoted_next: bool) -> bool:
    """Whether nothing but a date, an address and a name stands there."""
    words = _left_over(head)
    address = bool(ADDRESS.search(head))
    dated = bool(DATE.search(head) or (TIME.search(head) and YEAR.search(head)))
    if not (words or address or dated):
        return False
    if _written_by_a_program(head) and len(words) <= MOST_WORDS:
        return True
    if len(words) > 8:
        return False
    namelike = all(word[0].isupper() or not word[0].isalpha() or len(word) <= 3 or "." in word for word in words)
    if quoted_next:
        return (dated and (namelike or len(words) <= 5)) or address or (namelike and 0 < len(words) <= 5)
    moment = dated and TIME.search(head) and YEAR.search(head)
    return namelike and bool(moment or (address and (dated or len(words) <= 4)))


def _written_by_a_program(head: str) -> bool:
    """Whether a whole date stands where programs put it: at the beginning, before an address in brackets or a comma."""
    moment = DATE.search(head) and TIME.search(head) and YEAR.search(head)
    return bool(moment and OPENS.match(head) and (BRACKETED_LAST.search(head) or AFTER_THE_MOMENT.match(head)))


def _left_over(head: str) -> list[str]:
    """The words that are neither a date nor an address nor filling: the name."""
    for pattern in (ADDRESS, DATE, TIME, YEAR, FILLING):
        head = pattern.sub(" ", head)
    return [
        word
        for word in re.split(r"[\s,;|/\"„”“'()<>\[\]*_–—-]+", head)
        if re.search(r"\w", word) and not word.isdigit()
    ]
