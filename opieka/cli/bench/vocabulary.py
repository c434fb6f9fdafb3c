"""Words to write trial mails with: inflected Polish forms, drawn as people use them.

The forms come from the dictionary the product itself looks words up in: every form of every lemma that stands in the
demo shop's texts, and of the verbs made from its verbs by a prefix. So nothing has to be shipped for measuring alone.
"""

import ast
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from opieka.plumbing.search.polish import has_diacritics

FEWEST = 60_000
PREFIXES = ("na", "po", "za", "prze", "przy", "do", "wy", "od", "roz", "z", "s", "u", "ob", "pod", "w", "wypo", "dopo")
INFLECTED = frozenset({"subst", "adj", "fin", "praet", "inf", "ger", "impt", "pact", "ppas", "adja", "imps"})
WORD = re.compile(r"[^\W\d_]+")


class Vocabulary:
    """Draws words by Zipf's law: the word of rank n comes a n-th as often as the first."""

    def __init__(self, forms: list[str], dice: random.Random) -> None:
        self.forms = forms
        self._dice = dice
        self._weights = list(accumulate(1 / rank for rank in range(1, len(forms) + 1)))

    def draw(self, count: int) -> list[str]:
        return self._dice.choices(self.forms, cum_weights=self._weights, k=count)


def vocabulary(dice: random.Random) -> Vocabulary:
    """At least `FEWEST` forms: first the demo shop's own words by how often they stand there, then all others."""
    import morfeusz2

    dictionary = morfeusz2.Morfeusz(case_handling=morfeusz2.IGNORE_CASE)
    said = Counter(word for text in _texts() for word in WORD.findall(text.lower()))
    known = {word: found for word in said if (found := _lemmas(dictionary, word))}
    lemmas = dict.fromkeys(lemma for found in known.values() for lemma in found)
    verbs = [lemma for lemma in lemmas if lemma.endswith("ć")]
    prefixed = (prefix + verb for verb in verbs for prefix in PREFIXES)
    lemmas |= dict.fromkeys(one for one in prefixed if one in _lemmas(dictionary, one))
    others = dict.fromkeys(form for lemma in lemmas for form in _forms(dictionary, lemma) if form not in known)
    shuffled = sorted(others)
    dice.shuffle(shuffled)
    return Vocabulary([word for word, _ in said.most_common() if word in known] + shuffled, dice)


def _texts() -> Iterator[str]:
    """The sentences of the demo shop: whatever is written there with Polish letters."""
    import opieka.demo

    for path in sorted(Path(opieka.demo.__file__).parent.rglob("*")):
        if path.suffix == ".toml":
            yield path.read_text(encoding="utf-8")
        elif path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and has_diacritics(node.value):
                    yield node.value


def _lemmas(dictionary: Any, word: str) -> list[str]:
    return [lemma for start, _, (_, lemma, tag, *_) in dictionary.analyse(word) if not start and tag != "ign"]


def _forms(dictionary: Any, lemma: str) -> Iterator[str]:
    for form, _, tag, *_ in dictionary.generate(lemma):
        if form.isalpha() and tag.partition(":")[0] in INFLECTED:
            yield form.lower()
