"""What stands below a letter and is no part of it: the signature, advertisements of phones and scanners, legal notices."""

import re

SIGNATURE = re.compile(r"^--\s?$")
SIGNATURE_LINES = 15
SEPARATOR = re.compile(r"^\s*[_\-=*~─—]{3,}\s*$")
WRAPPED_OVER = 3
NOTICE_LINES = 40
# What programs name when they say what a mail was sent with. "Poczta" alone is also where parcels are posted.
SENT_WITH = (
    r"i-?phone|i-?pad|\bmac(?:book\w*|a)?\b|smartfon|smartphone|telefon|komór|tablet|handy|urz[ąa]dzeni|device|samsung|galaxy|"
    r"huawei|honor|xiaomi|redmi|motorol|oppo|pixel|android|\bios\b|windows|outlook|bluemail|blue mail|typeapp|"
    r"(?:aqua|k-9|proton|yahoo|gmx|tuta|wp|nine|edison|apple|samsung|zoho) ?mail|protonmail|mail\.ru|gmail|yahoo|web\.de|"
    r"mail for|thunderbird|mailbird|spark\b|operamail|opera mail|my phone|mobile|"
    r"(?:wp|onet|o2|interi\w+|mobilnej|aplikacji|programu) poczt\w+|poczt\w+ (?:w systemie|dla|onet|wp|o2|interi)|onet\b"
)
ADVERTISEMENT = re.compile(
    r"(?i)^\s*[*_(\[<]*(?:"
    rf"(?:wiadomo[śs][ćc] )?wys(?:[łl]|y[łl])an[eoay]\s+(?:z|ze|za pomoc[ąa]|przez|przy u[żz]yciu|w)\s+.{{0,60}}(?:{SENT_WITH}).{{0,100}}|"
    rf"sent\s+(?:from|with|using|via)\s+.{{0,60}}(?:{SENT_WITH}).{{0,100}}|"
    rf"(?:diese nachricht wurde )?(?:von|mit|aus) .{{0,60}}(?:{SENT_WITH}).{{0,60}}(?:gesendet|verschickt)\W*|"
    rf"gesendet (?:von|mit|aus) .{{0,60}}(?:{SENT_WITH}).{{0,60}}|"
    rf"(?:надіслано|отправлено|envoy[ée]|inviato|enviado|odesl[áa]no|odoslan[ée]|verzonden|skickat)\s.{{0,40}}(?:{SENT_WITH}).{{0,60}}|"
    rf"(?:get|download|hol(?:en sie)?|pobierz|uzyskaj|zainstaluj|u[żz]ywam)\s.{{0,40}}(?:outlook|(?:blue|aqua|opera) ?mail|typeapp|spark\b).{{0,120}}|"
    r"(?:prosz[ęe] )?wybacz\w* (?:moj[ąa] )?zwi[ęe]z[łl]o[śs][ćc].{0,40}|(?:please )?(?:excuse|forgive) my brevity.{0,40}|"
    r"bezpieczna poczta z tuta.{0,60}|"
    r"(?:wolne od|nie zawiera) wirus[óo]w\.?.{0,80}|virus-free\.?.{0,80}|"
    r"(?:ta|niniejsza) wiadomo[śs][ćc] (?:e-?mail )?(?:zosta[łl]a sprawdzona|jest wolna od wirus) ?.{0,120}|"
    r"(?:this e?-?mail|diese e-?mail) (?:has been checked|wurde) .{0,140}(?:virus|viren|avast|avg).{0,60}|"
    r"<?(?:https?://)?(?:aka\.ms|www\.avast\.com|www\.avg\.com|bluemail\.me|tuta\.com)\S*>?(?: .{0,30}(?:wirus|virus).{0,60})?"
    r")\s*$"
)
# "Wysłano z aplikacji InPost, kod 650012" is about a parcel.
OF_A_PARCEL = re.compile(r"(?i)\d{5}|paczk|paczkomat|przesy[łl]k|nadani|parcel|tracking")
NOTICE_BEGINS = re.compile(
    # The lone "P" is a tree in the font Webdings.
    r"(?i)^[\s*_>(\[\"]*(?:p\s+)?(?:niniejsz|ta wiadomo|wiadomo[śs][ćc] (?:ta|zawiera|niniejsza|e-?mail)|"
    r"tre[śs][ćc] (?:tej|niniejszej|wiadomo)|informacj[ea] (?:zawart|przekaz|o przetwarzaniu|poufn)|korespondencja|"
    r"je[śs]li (?:nie )?(?:s[ąa] pa[ńn]stwo|jeste|otrzyma)|je[żz]eli (?:nie )?(?:s[ąa] pa[ńn]stwo|jeste|otrzyma)|klauzul|uwaga|"
    r"zastrze[żz]enie|poufn|administratorem |przetwarzamy |zgodnie z (?:art|rozporz)|informujemy,? [żz]e administrator|"
    r"th(?:is|e) (?:e-?mail|message|information|content|communication)|confidential|disclaimer|if you (?:are not|have received)|"
    r"diese (?:e-?mail|nachricht)|prosz[ęe],? (?:pomy[śs]l|zastan[óo]w|nie drukuj)|pomy[śs]l |zanim wydrukujesz|nie drukuj|"
    r"please (?:consider|think)|think before|chro[ńn] |dbaj)"
)
OF_THIS_MAIL = re.compile(r"(?i)wiadomo[śs]|korespondencj|e-?mail|message|communication|nachricht")
TO_WHOM = re.compile(r"(?i)adresat|odbiorc|przeznaczon|addressee|recipient|intended|empf[äa]nger")
SECRET = re.compile(
    r"(?i)poufn|tajemnic\w+ (?:przeds|zawod|prawn)|prawnie chron|zabroni|ujawni|rozpowszech|confidential|privileged|prohibited|"
    r"vertraulich|delete (?:it|this|the)|(?:jej|go|tej|niniejszej|wiadomości)\W+(?:\w+\W+)?usuni|"
    r"usuni\w+\W+(?:\w+\W+){0,3}(?:wiadomo|e-?mail|jej|korespond)"
)
PERSONAL_DATA = re.compile(
    r"(?i)(?:administratorem\b.{0,60}\bdanych\b|przetwarzamy\b.{0,30}\bdane osobowe|klauzul\w+ informacyjn|informacj\w+ o przetwarzaniu)"
)
FURTHER = re.compile(
    r"(?i)polityk\w+ prywatno|www\.|https?://|przys[łl]ug|szczeg[óo][łl]|wi[ęe]cej informacji|inspektor|przetwarza|2016/679"
)
PAPER = re.compile(
    r"(?i)(?:[śs]rodowisk|drzew|papier|environment|planet).{0,80}(?:druk|print)|(?:druk|print).{0,80}(?:[śs]rodowisk|drzew|environment)"
)
# No lawyer's notice speaks of oneself; a customer who asks about secrecy or about their data does.
OF_ONESELF = re.compile(
    r"(?i)\b(?:m[óo]j|moja|moje|moich|moim|moj[ąa]|moi|mnie|[żz][ąa]dam|wnosz[ęe]|wzywam|chc[ęe]|odst[ęe]puj[ęe]|zam[óo]wi\w+|my|mine)\b"
)


def without_signature(lines: list[str]) -> list[str]:
    """Up to the standard signature mark, "-- " alone on a line, when what follows is short."""
    cut, below = len(lines), 0
    for position in range(len(lines) - 1, 0, -1):
        if SIGNATURE.match(lines[position]):
            cut = position
        below += bool(lines[position].strip())
        if below > SIGNATURE_LINES:
            break
    return lines[:cut] if any(line.strip() for line in lines[:cut]) else lines


def without_footers(lines: list[str]) -> list[str]:
    """Without what phones, virus scanners and lawyers add at the end."""
    kept = list(lines)
    while kept:
        if not kept[-1].strip() or SEPARATOR.match(kept[-1]):
            kept.pop()
        elif start := _footer_at(kept):
            del kept[start:]
        else:
            break
    return kept


def _footer_at(lines: list[str]) -> int:
    """Where the footer that ends these lines begins; 0 when there is none, for the first line is never a footer."""
    end = len(lines)
    start = end - 1
    while start > max(0, end - NOTICE_LINES) and lines[start - 1].strip():
        start -= 1
    for first in range(max(start, 1), end):
        if NOTICE_BEGINS.match(lines[first]) and _is_notice(_run(lines, first)):
            return first
    wrapped = range(max(start, end - WRAPPED_OVER), end)
    return next((first for first in wrapped if _is_advertisement(_run(lines, first))), 0)


def _is_advertisement(text: str) -> bool:
    return bool(ADVERTISEMENT.match(text)) and not OF_A_PARCEL.search(text)


def _run(lines: list[str], first: int) -> str:
    return " ".join(line.strip() for line in lines[first:])


def _is_notice(text: str) -> bool:
    """Whether this is a legal notice or a plea for trees. Customers ask about secrecy and data too, but not so."""
    if OF_ONESELF.search(text):
        return False
    if PAPER.search(text):
        return len(text) < 300
    secret = OF_THIS_MAIL.search(text) and TO_WHOM.search(text) and SECRET.search(text)
    return len(text) > 80 and bool(secret or (PERSONAL_DATA.search(text) and FURTHER.search(text)))
