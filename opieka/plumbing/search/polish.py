"""Polish words as search tokens: every lemma, folded to ASCII, so that forms and missing diacritics meet.

`index_tokens` goes into the index (SQLite FTS5 or a PostgreSQL `simple` tsvector: plain lower-case
words joined by spaces). `query_tokens` gives, for each word of the question, the alternatives of
which one must be present. Morfeusz 2 (SGJP) is loaded at the first word, not at import: an idle
process that never searches does not pay its 35 MB.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Any, TypeAlias

Known: TypeAlias = Callable[[list[str]], Iterable[str]]
"""Answers which of these tokens the index holds: one query on its vocabulary."""

_WORD = re.compile(r"[^\W_]+")
_DIACRITICS = frozenset("ąćęłńóśźż")
_WITHOUT = str.maketrans({**dict(zip("ąćęłńóśźż", "acelnoszz", strict=True)), "ß": "ss"})
_VARIANTS = {"a": "aą", "c": "cć", "e": "eę", "l": "lł", "n": "nń", "o": "oó", "s": "sś", "z": "zżź"}
_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "awdxz", "d": "sefcx", "f": "drgvc", "g": "fthbv", "h": "gyjnb", "j": "huknm",
    "k": "jilm", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_LETTERS = "aeiozwrnstcykdplmuj" + "bghfvxq"  # By frequency in Polish: likelier repairs are tried first.
_MOST_VARIANTS = 96
_MOST_LOOKUPS = 700  # About 12 ms at 15-20 us a look-up.
_MOST_REPAIRS = 4
_SHORTEST_REPAIRED = 5
MOST_FORMS = 100_000
"""How many forms are remembered with their tokens, at half a kilobyte each, once so many were met."""

_lock = threading.Lock()


def fold(text: str) -> str:
    """Lower case without diacritics: 'Łóżko' -> 'lozko'. Other alphabets keep their letters."""
    lowered = text.lower().translate(_WITHOUT)
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words and numbers of a text, lower case, diacritics kept."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def has_diacritics(text: str) -> bool:
    return not _DIACRITICS.isdisjoint(text.lower())


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> tuple[str, ...]:
    """Every dictionary form the word can be a form of; empty when Morfeusz does not know it."""
    if not word.isalpha():
        return ()
    with _lock:  # One Morfeusz object must not be used from two threads at once.
        # The library's own tuples, with their tags in words, cost as much again as looking the word up.
        found = [one.lemma for one in _analyser().analyse(word) if one.startNode == 0 and not one.isIgn()]
    return tuple(dict.fromkeys(map(_plain_lemma, found)))


@lru_cache(maxsize=1)
def _analyser() -> Any:  # The wheel carries no types.
    import morfeusz2  # Late: its dictionary costs 35 MB.

    return morfeusz2.Morfeusz(generate=False, case_handling=morfeusz2.IGNORE_CASE)._morfeusz_obj  # noqa: SLF001


def _plain_lemma(lemma: str) -> str:
    """'Warszawa:Sf' -> 'warszawa'."""
    return lemma.partition(":")[0].lower()


def index_tokens(text: str) -> list[str]:
    """Tokens to store for a text: each word folded, then its lemmas folded, in the order of the words."""
    return [token for word in words(text) for token in _tokens_of(word)]


def index_text(text: str) -> str:
    """The tokens of every word of the text, each word once, parted by spaces."""
    return " ".join(map(_written_tokens, dict.fromkeys(words(text))))


def _tokens_of(word: str) -> tuple[str, ...]:
    return tuple(_written_tokens(word).split(" "))


# A shop's mail holds some tens of thousands of forms, and looking one up costs forty times as much as remembering it.
@lru_cache(maxsize=MOST_FORMS)
def _written_tokens(word: str) -> str:
    # The same look-up as `lemmas`, which remembers what people search for.
    return " ".join(dict.fromkeys([fold(word), *map(fold, lemmas.__wrapped__(word))]))


def query_tokens(text: str, *, known: Known | None = None) -> list[list[str]]:
    """For each word of a query the tokens that may stand for it, the likeliest first.

    A document matches when it holds at least one token of every list. Pass `known` (which tokens
    the index holds) to have mistyped words compared with what is really there.
    """
    asked = words(text)
    restored = asked if has_diacritics(text) else _restored(asked)
    return [_alternatives(typed, better, known) for typed, better in zip(asked, restored, strict=True)]


def _restored(asked: list[str]) -> list[str]:
    """The same words with the diacritics their neighbours suggest."""
    import ogonki  # Late: it brings numpy and a small model.

    joined = " ".join(asked)
    guess = str(ogonki.restore(joined)).split(" ")
    return guess if len(guess) == len(asked) else asked


def _alternatives(typed: str, better: str, known: Known | None) -> list[str]:
    tokens = [*_tokens_of(typed), *_tokens_of(better)]
    if not lemmas(typed) and not lemmas(better) and typed.isalpha():
        tokens += [fold(lemma) for lemma in lemmas_without_diacritics(typed)]
        if len(set(tokens)) == 1 and len(typed) >= _SHORTEST_REPAIRED:
            tokens += _repairs(fold(typed), known)
    return list(dict.fromkeys(tokens))


@lru_cache(maxsize=4_000)
def lemmas_without_diacritics(word: str) -> tuple[str, ...]:
    """Lemmas of every Polish word that looks like this one once its diacritics are dropped."""
    found: dict[str, None] = {}
    for variant in islice(_variants(word), _MOST_VARIANTS):
        found.update(dict.fromkeys(lemmas(variant)))
    return tuple(found)


def _variants(word: str) -> Iterator[str]:
    return map("".join, product(*(_VARIANTS.get(letter, letter) for letter in word)))


def _repairs(folded: str, known: Known | None) -> list[str]:
    """Tokens one slip of the finger away: those the index holds, else those the dictionary knows."""
    candidates = list(near_misses(folded))
    if known is not None:
        held = set(known(candidates))
        if held:
            return [candidate for candidate in candidates if candidate in held][:_MOST_REPAIRS]
    repaired = _dictionary_repairs(folded)
    if known is None:
        return list(repaired[:_MOST_REPAIRS])
    held = set(known(list(repaired)))
    return [token for token in repaired if token in held][:_MOST_REPAIRS]


@lru_cache(maxsize=2_000)
def _dictionary_repairs(folded: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    spellings = (spelling for near in near_misses(folded) for spelling in islice(_variants(near), 8))
    for spelling in islice(spellings, _MOST_LOOKUPS):
        found.update(dict.fromkeys(fold(lemma) for lemma in lemmas(spelling)))
    return tuple(found)


def near_misses(word: str) -> Iterator[str]:
    """Spellings one slip away, without repeats, the commonest kinds of slip first."""
    seen = {word}
    for spelling in _slips(word):
        if spelling not in seen:
            seen.add(spelling)
            yield spelling


def _slips(word: str) -> Iterator[str]:
    places = range(len(word))
    for i in places[1:]:
        yield word[: i - 1] + word[i] + word[i - 1] + word[i + 1 :]
    for i in places:
        yield word[:i] + word[i + 1 :]
    for i in places:
        yield from (word[:i] + letter + word[i + 1 :] for letter in _NEIGHBOURS.get(word[i], ""))
    for letter in _LETTERS:
        yield from (word[:i] + letter + word[i:] for i in range(len(word) + 1))
    for letter in _LETTERS:
        yield from (word[:i] + letter + word[i + 1 :] for i in places)


def contains_phrase(text: str, phrase: str) -> bool:
    """True when the words of the phrase, in any form, stand side by side in the text."""
    wanted = [set(tokens) for tokens in query_tokens(phrase)]
    held = [set(_tokens_of(word)) for word in words(text)]
    last = len(held) - len(wanted)
    return bool(wanted) and any(
        all(not want.isdisjoint(have) for want, have in zip(wanted, held[start:], strict=False))
        for start in range(last + 1)
    )
