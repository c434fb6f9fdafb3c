"""Which language a message is in: Polish, English, Ukrainian, German, or Russian by its letters.

Letters and very common words settle most messages at once. The rest goes to lingua (Apache-2.0) in
its low-accuracy mode: 9 MB of models instead of 130, and shop messages are short anyway.
"""

import re
from functools import lru_cache
from typing import Any

DEFAULT = "pl"
_POLISH_LETTERS = frozenset("ąćęłńśźż")
_CYRILLIC = re.compile(r"[а-яёіїєґ]", re.IGNORECASE)
_RUSSIAN_LETTERS = re.compile(r"[ыэъё]")
_GERMAN_LETTERS = frozenset("äöüß")
_WORD = re.compile(r"[^\W\d_]+")
_TYPICAL = {
    "pl": (
        "nie jest czy jak gdzie kiedy ile moge mozna chce prosze dzien dobry paczka paczki zamowienie zamowienia na do"
        " sie zwrot co moja moje mam za dla jaki jaka czemu dostane kupilem kupilam reklamacja macie hej witam czesc u was"
    ),
    "en": (
        "the is are my i you where when how what can do does please order hello hi want would your it and not have"
        " parcel refund return delivery thanks thank bye"
    ),
    "de": (
        "ist der die das ich und nicht wo wann wie mein meine bitte bestellung paket kann ein eine habe hallo sie mit"
        " für von zurück rechnung"
    ),
}
_TYPICAL_WORDS = {language: frozenset(words.split()) for language, words in _TYPICAL.items()}


def language_of(text: str) -> str:
    """ISO 639-1 code; Polish when nothing speaks for another language."""
    lowered = text.lower()
    if len(_CYRILLIC.findall(text)) * 2 > len(_WORD.findall(text)):
        return "ru" if _RUSSIAN_LETTERS.search(lowered) else "uk"
    if not _POLISH_LETTERS.isdisjoint(lowered):
        return "pl"
    words = _WORD.findall(lowered)
    hits = {language: sum(word in typical for word in words) for language, typical in _TYPICAL_WORDS.items()}
    first, second = sorted(hits, key=lambda language: -hits[language])[:2]
    if hits[first] >= hits[second] + 2:
        return first
    if hits["de"] == 0 and not _GERMAN_LETTERS.isdisjoint(lowered):
        hits["de"] = 1
    return _by_lingua(lowered, hits) if words else DEFAULT


def _by_lingua(text: str, hits: dict[str, int]) -> str:
    """Lingua's probabilities, helped by the typical words; Polish has the benefit of the doubt."""
    chances = {
        value.language.iso_code_639_1.name.lower(): value.value
        for value in _detector().compute_language_confidence_values(text)
    }
    prior = {"pl": 0.15}
    score = {code: chance + 0.3 * hits.get(code, 0) + prior.get(code, 0.0) for code, chance in chances.items()}
    return str(max(score, key=lambda code: score[code]))


@lru_cache(maxsize=1)
def _detector() -> Any:  # The wheel's types are loose.
    from lingua import Language, LanguageDetectorBuilder  # Late: an idle process need not hold it.

    languages = (Language.POLISH, Language.ENGLISH, Language.UKRAINIAN, Language.GERMAN)
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
