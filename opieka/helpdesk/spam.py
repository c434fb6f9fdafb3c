"""Telling spam by what agents have called spam: words counted, their evidence combined, no outside service.

A naive Bayes filter in Robinson's form, as SpamBayes and bogofilter use it: each word has a degree of belief, drawn
towards a half where it was seen seldom, and Fisher's method combines the telling ones. Between spam and no spam lies a
wide "cannot tell", which decides nothing.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opieka.plumbing.search.polish import fold

FEWEST_LESSONS = 5
SPAM_FROM = 0.95
FEWEST_TELLING = 3
MOST_TELLING = 60
MOST_WORDS = 8000
LONGEST_READ = 20_000
TELLING_FROM = 0.1
STRENGTH, HALF = 0.45, 0.5
WORD = re.compile(r"[a-z]{3,20}")
HOST = re.compile(r"https?://([a-z0-9.-]{3,80})")

Seen = Mapping[str, tuple[int, int]]
"""In how many spam and in how many good letters each word stood."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What the filter reads of a first message."""

    sender: str
    text: str
    automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """What agents have taught: the words, and of how many letters of each sort."""

    words: Seen
    spam: int
    good: int


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """How sure the filter is that it is spam, 0 to 1, and the words that weigh most."""

    chance: float
    words: tuple[str, ...]


def tokens(letter: Letter) -> frozenset[str]:
    """Its words without diacritics, each once; and where it comes from and leads to, marked so that no word is like it."""
    text = fold(letter.text[:LONGEST_READ])
    domain = letter.sender.rpartition("@")[2].lower()
    marked = {f"link:{host}" for host in HOST.findall(text)} | ({f"from:{domain}"} if domain else set())
    return frozenset(WORD.findall(text)) | marked | ({"automatic:"} if letter.automatic else set())


def learn(spam: Iterable[Letter], good: Iterable[Letter]) -> Lessons | None:
    """The lessons of these letters; None when there are too few of either sort to tell anything."""
    bad, fine = [tokens(letter) for letter in spam], [tokens(letter) for letter in good]
    if min(len(bad), len(fine)) < FEWEST_LESSONS:
        return None
    in_bad, in_fine = (Counter(word for words in letters for word in words) for letters in (bad, fine))
    often = [word for word, times in (in_bad + in_fine).most_common(MOST_WORDS) if times > 1]
    return Lessons(words={word: (in_bad[word], in_fine[word]) for word in often}, spam=len(bad), good=len(fine))


def suspicion_of(letter: Letter, lessons: Lessons) -> Suspicion | None:
    """How much the letter looks like spam; None when it does not, or when nobody can tell."""
    beliefs = [(word, _belief(lessons, word)) for word in tokens(letter) if word in lessons.words]
    telling = [one for one in beliefs if abs(one[1] - HALF) >= TELLING_FROM]
    telling = sorted(telling, key=lambda one: (-abs(one[1] - HALF), one[0]))[:MOST_TELLING]
    if sum(belief > HALF for _, belief in telling) < FEWEST_TELLING:
        return None
    of_spam = _fisher([1 - belief for _, belief in telling])
    of_good = _fisher([belief for _, belief in telling])
    chance = (1 + of_spam - of_good) / 2
    if chance < SPAM_FROM:
        return None
    heaviest = [word.partition(":")[2] or word for word, belief in telling if belief > HALF]
    return Suspicion(chance=chance, words=tuple(dict.fromkeys(heaviest))[:5])


def _belief(lessons: Lessons, word: str) -> float:
    """How likely a letter with this word is spam, were both sorts equally many; near a half where it was seen seldom."""
    bad, fine = lessons.words[word]
    bad_share, fine_share = bad / lessons.spam, fine / lessons.good
    seen = bad + fine
    return (STRENGTH * HALF + seen * bad_share / (bad_share + fine_share)) / (STRENGTH + seen)


def _fisher(chances: list[float]) -> float:
    """1 minus the chance that independent, evenly spread values come out so small together (Fisher's method)."""
    half = -sum(math.log(max(chance, 1e-6)) for chance in chances)
    term = total = math.exp(-min(half, 700.0))
    for step in range(1, len(chances)):
        term *= half / step
        total += term
    return 1 - min(total, 1.0)
