"""Words that speak for themselves: legal terms, threats, mourning, haste, a wish for a person.

Patterns run over folded text (lower case, no diacritics), so 'odstępuję' and 'odstepuje' are one.
A legal word only lowers the bar for the classifier ("raises"); a declaration made in the first
person starts the clock whatever the classifier thinks ("says").
"""

import re

from opieka.assistant.understanding.understood import Legal, Signal
from opieka.plumbing.search.polish import fold

_RAISES = {
    Legal.COMPLAINT: (
        r"reklamacj|reklamuj|reklamow(?:ac|al|ane|ana|any)|rekojmi|niezgodn\w* z (?:umow|opis)|\bwad(?:a|y|e|liw|ami)"
        r"|usterk|zepsu|popsu|uszkodz|pekn|\bskarg|nie dziala\w* (?:od|po|juz)|podrob|wezwani|nienalezyt"
        r"|complain|faulty|defect|broke|not as described|stopped working"
    ),
    Legal.WITHDRAWAL: (
        r"odst[ae]p|rezygnuj\w* z (?:umow|zakup|zamowien)|zwro(?:t|tu|cie|cicie) (?:\w+ )?(?:pieniedzy|srodkow|naleznosci|wplat|gotowki|kwoty|kasy|kosztow)"
        r"|oddajcie (?:mi )?(?:pieniadze|kase|moje)|\bzwracam|\bodsylam|\bodeslal|wypowiada\w* umow"
        r"|withdraw|\brefund|money back|send (?:it|them|the \w+) back|want to return|cancel the contract"
    ),
    Legal.PRIVACY: (
        r"\brodo\b|\bgdpr\b|dan\w+ osobow|moj\w* dan|dan\w+ o mnie|przetwarzan|profilowan|inspektor\w* ochrony"
        r"|wycof\w* zgod|(?:bez|nie wyra\w+) zgod|\bwypis(?:z|ac|an)|wyciek|cudz\w+ (?:dan|faktur|adres)|\buodo\b"
        r"|usun\w* .{0,25}(?:dan|konto)|zapomnian(?:ym|a)\b|personal data|unsubscribe|my data|data breach"
    ),
    Legal.ACCESSIBILITY: (
        r"niewidom|slabowid|niedowid|niewidz|nieslysz|slaboslysz|\bgluch|czytnik\w* ekranu|\bnvda\b|voiceover|talkback"
        r"|jezyk\w* migow|\bna wozku|niepelnospr|niesprawn|dostepnosc\w* cyfrow|\bwcag\b"
        r"|\bblind\b|\bdeaf\b|screen reader|wheelchair|accessib"
    ),
    Legal.SAFETY: (
        r"poparz|oparz|porazil|kopnal mnie prad|pozar|zapali|plomien|plonie|\bplon|wybuch|dymi|nadpal|stopil|iskrz|spuch"
        r"|uczul|wysypk|alergi|zatru|wymiot|skalecz|zranil|zlamal[ae]?m? (?:reke|noge|sie)|szpital|pogotow|polkn|udlaw"
        r"|niebezpieczn|wycofan\w* (?:z|ze) (?:rynku|sprzedaz)|plesn"
        r"|\bfire\b|\bburn|injur|got hurt|allergic|unsafe|electric shock|smok(?:e|ing)"
    ),
}
_SAYS = {
    Legal.COMPLAINT: (
        r"\b(?:reklamuje|reklamujemy|zareklamowac)\b|(?:sklada(?:m|my)|zglasza(?:m|my)|zlozyc|wnosze)\s(?:\w+\s){0,2}(?:reklamacj|skarg)\w*"
        r"|moj\w* reklamacj|z tytulu (?:rekojmi|niezgodnosci)|(?:make|file) a complaint (?:about|regarding)"
    ),
    Legal.WITHDRAWAL: (
        r"\bodstepuj(?:e|emy)\b|(?:oswiadcza\w*|niniejszym|chce|chcialabym|chcialbym|korzystam).{0,40}\bodstap"
        r"|\bodstapienia od umowy (?:dotycz|z dnia|zamow)|(?:hereby|i|we) withdraw from|notice of withdrawal"
    ),
    Legal.PRIVACY: (
        r"(?:art\w*\.? ?(?:15|16|17|18|20|21)\b.{0,12}rodo)|(?:usun\w*|skasuj\w*|usuniecie|kopi\w|dostepu do|sprostowanie) (?:\w+ ){0,3}(?:moich |mych )dan"
        r"|sprzeciwiam sie (?:profil|przetwarz)|wycofuje zgode|prawa? do bycia zapomnian|delete (?:all )?my (?:personal )?data"
    ),
}  # fmt: skip
_ASKS_HOW = re.compile(
    r"^\W*(?:a |i |hej |witam |dzien dobry )?(?:jak|gdzie|ile|czy|jakie?|kiedy|czym|kto|how|where|what|can|is)\b[^.!]*\??\W*$"
)
_MINE = re.compile(
    r"\b(?:moj\w*|moim|kupil\w*|kupion\w*|zamowil\w*|dostal\w*|przysz[el]\w*|mi|chce|odmow\w*|odrzuc\w*|my|bought|received)\b"
)

_SIGNALS = {
    Signal.GRIEVING: (
        r"\bzmarl|nie zyje|\bw zalobie|\bzaloba|po smierci|odszed\w* (?:w |na zawsze|nagle)|odeszla na zawsze|stracil\w* dziecko"
        r"|\bpogrzeb|spadkobierc|passed away|has died|\bdied\b|bereave"
    ),
    Signal.THREATENING: (
        r"\buokik|rzecznik\w* (?:praw )?konsument|inspekcj\w* handlow|\bpozew|\bpozw[aei]|do sadu|\bprawnik|\badwokat|kancelari\w* prawn|policj|prokuratur"
        r"|przedsadow|\bchargeback|opisze (?:was|to)|oczernie|pozalujecie|inaczej pogadamy|zglosze (?:was|to|oszustwo)|do telewizji|na wykop"
        r"|legal action|\bmy lawyer|\bsue\b|take you to court|ombudsman|report(?:ing)? you"
    ),
    Signal.FRIGHTENED: r"\bboje sie|\bsie boje|\bboimy sie|przestraszon|przerazon|grozi mi|i(?: a|')m (?:scared|afraid)",
    Signal.ANGRY: (
        r"\bskandal\b|\bkpin|\bkpicie|oszus[ct]|zlodziej|bezczeln|wsciek|wkurz|\bkur[w.*]|\bcholer|do diabla|szlag|\bidiot|zenuj|zenada|\bhanb|\bwstyd i"
        r"|\bbanda |mam (?:was |tego )?(?:serdecznie )?dos[cy]|oburzon|jak smieci|cyrk na|\bspadaj|nieudaczn|naciagacz"
        r"|ridiculous|disgust|\bscam|liars|\bjoke\b|fed up|furious"
    ),
}
_URGENT = re.compile(
    r"\bpiln|natychmiast|jak najszybciej|\basap\b|urgent|immediately|\bna (?:dzis|jutro)\b|najpozniej (?:dzis|jutro)|zanim (?:kurier|wysl)|dzisiejsz\w+ (?:slub|komuni)"
)
_PERSON = re.compile(
    r"konsultant|z (?:\w+ )?(?:czlowiekiem|pracownikiem|kierownikiem|obsluga)\b|\bczlowieka\b|oddzwon|zadzwoncie|nie chce (?:\w+ )?(?:z )?bot|kogos (?:zywego|z obslugi)"
    r"|ktos zywy|\b(?:human|real person|agent please|speak to (?:some|a)|talk to (?:some|a))|call me"
)

_RAISES_SHAPES = {legal: re.compile(words) for legal, words in _RAISES.items()}
_SAYS_SHAPES = {legal: re.compile(words) for legal, words in _SAYS.items()}
_SIGNAL_SHAPES = {signal: re.compile(words) for signal, words in _SIGNALS.items()}


def legal_raised(text: str) -> list[Legal]:
    """Legal meanings whose words occur."""
    folded = fold(text)
    return [legal for legal, shape in _RAISES_SHAPES.items() if shape.search(folded)]


def legal_said(text: str) -> Legal | None:
    """The declaration a customer makes, unless it is only asked how one makes it."""
    folded = fold(text)
    if only_asks(text):
        return None
    return next((legal for legal, shape in _SAYS_SHAPES.items() if shape.search(folded)), None)


def only_asks(text: str) -> bool:
    """True for a general question, such as 'Jak złożyć reklamację?', that tells nothing of one's own matter."""
    folded = fold(text).strip()
    return bool(_ASKS_HOW.match(folded)) and not _MINE.search(folded)


def signal_in(text: str) -> Signal:
    """The strongest state the words betray; shouting in capitals is anger."""
    folded = fold(text)
    found = next((signal for signal, shape in _SIGNAL_SHAPES.items() if shape.search(folded)), Signal.NONE)
    return Signal.ANGRY if found is Signal.NONE and _shouts(text) else found


def _shouts(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) >= 20 and capitals > 0.7 * len(letters)


def is_urgent(text: str) -> bool:
    return bool(_URGENT.search(fold(text)))


def wants_person(text: str) -> bool:
    return bool(_PERSON.search(fold(text)))
