"""Which documents a question names: the words of names and titles that tell documents apart.

Of two manuals that say nearly the same, the one whose product the question names holds the answer.
A word that most names share distinguishes nothing; one that a single name has distinguishes most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from fieldkit.library.language import fold, words
from fieldkit.library.normal import normal
from fieldkit.library.query import Wanted
from fieldkit.library.terms import codes


class Identities:
    """The names of a library's documents; ``names`` are pairs of a key and all it is called."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._documents: dict[str, set[str]] = {}
        self._codes: dict[str, set[str]] = {}
        everything = set()
        for key, name in names:
            everything.add(key)
            plain = normal(name)
            for word in words(fold(plain)):
                self._documents.setdefault(word, set()).add(key)
            for code in codes(plain):
                self._codes.setdefault(code, set()).add(key)
        self._total = len(everything)

    def named(
        self, wanted: Sequence[Wanted], spellings: Mapping[str, Sequence[str]]
    ) -> Mapping[str, float]:
        """How much of what distinguishes documents each names, 0 to 1, by key; others: nothing."""
        found: dict[str, float] = {}
        total = 0.0
        for term in wanted:
            holders = self._holders(term, spellings)
            if not holders or len(holders) == self._total:
                continue
            weight = math.log(self._total / len(holders)) * term.share
            total += weight
            for key in holders:
                found[key] = found.get(key, 0.0) + weight
        return {key: value / total for key, value in found.items()}

    def _holders(self, term: Wanted, spellings: Mapping[str, Sequence[str]]) -> set[str]:
        if term.number or term.everyday:
            return set()
        if term.reduced:
            return {key for code in term.words for key in self._codes.get(code, ())}
        holders: set[str] = set()
        for stem in term.words:
            if " " not in stem:
                for word in {stem, *spellings.get(stem, ())}:
                    holders |= self._documents.get(word, set())
        return holders
