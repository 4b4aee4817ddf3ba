"""A question -> what to look for in the index, and how much each part counts.

Words become stems, and stand for their synonyms and for words that only accents tell from them. A
word that the manuals do not hold is replaced by the nearest one, at a lower share. Codes are looked
for as they are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.library.expressions import TEXT, any_of, quoted
from fieldkit.library.language import Language, fold
from fieldkit.library.quantities import measured, named
from fieldkit.library.spelling import nearest
from fieldkit.library.terms import Term, parts_of, terms
from fieldkit.library.unspaced import inflected, junctions

Rows = Callable[[str, Sequence[object]], list[Any]]

_MAX_TERMS = 32
_MAX_PAIRS = 64  # a pair of characters says less than a word
# A code names one thing, so it weighs as much as several words; more so one that no manual has:
# what is said about other parts of the same machine is no answer.
_CODE_WEIGHT = 3.0
_STRANGE_CODE_WEIGHT = 6.0
# A number that no manual has is most often one of a message or a part.
_STRANGE_NUMBER_WEIGHT = 2.0
_COUNTED = 2000  # passages with a phrase; more are as common
# What a word counts that was only guessed from a misspelt one.
_GUESSED = 0.6
_GUESSES = 3  # words of one question; each takes some milliseconds in a large library


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to look for.

    ``match`` is its FTS5 expression, "" where the library holds nothing of it; ``passages`` is
    about how many match; ``weight`` is its part of the question, of which a match covers ``share``.
    ``stress`` is how much more than a word as rare it weighs; ``everyday`` says that people use it
    about everything; ``quantities`` are what it may name, like ``torque``. ``code`` says that it is
    the name of one part or fault, which nothing else can stand in for.
    """

    match: str
    passages: int
    weight: float
    share: float = 1.0
    stress: float = 1.0
    everyday: bool = False
    quantities: frozenset[str] = frozenset()
    code: bool = False


class Planner:
    """Plans for one index, or for several as if they were one. Keeps nothing between questions.

    ``rows`` runs a statement and returns the rows of all; ``passages`` is how many they hold.
    """

    def __init__(self, rows: Rows, language: Language, passages: int) -> None:
        self._rows = rows
        self._language = language
        self._passages = passages
        self._synonyms: Mapping[str, tuple[str, ...]] = {
            text: tuple(also.split("\n")) for text, also in rows("SELECT * FROM synonym", ())
        }
        self._longest = max((text.count(" ") + 1 for text in self._synonyms), default=1)

    def plan(self, question: str) -> list[Wanted]:
        """Return what ``question`` asks for, at most ``_MAX_TERMS`` words and ``_MAX_PAIRS``."""
        phrases = {
            phrase: self._words((phrase, *self._synonyms[phrase]))
            for phrase in self._phrases(question)
        }
        # A phrase of which the manuals hold nothing is looked for by its words.
        held = {phrase: found for phrase, found in phrases.items() if found.match}
        taken = {stem for phrase in held for stem in phrase.split()}
        wanted = list(held.values())
        figures = measured(question)
        asked = [
            term
            for term in self._written(_limited(terms(question, self._language)))
            if term.code or self._language.stem(term.text) not in taken
        ]
        pairs = self._pairs([term for term in asked if term.pair or term.begins])
        guesses = 0
        for term in asked:
            if term.code:
                wanted.append(self._code(term, figures))
            elif term.pair or term.begins:
                if term.text in pairs:
                    wanted.append(pairs[term.text])
            else:
                word = self._word(term)
                if not word.match and guesses < _GUESSES:
                    guesses += 1
                    word = self._guess(term, word)
                wanted.append(self._described(term, word, figures))
        return wanted

    def _written(self, asked: Iterable[Term]) -> Iterator[Term]:
        """``asked`` with the codes as the manuals write them.

        A long number or code that no manual has may be several, so its groups are looked for.
        """
        for term in asked:
            if term.forms:
                forms = (term.text, *term.forms)
                held = next((f for f in forms if self._held([f], code=True)), term.text)
                yield replace(term, text=held)
            elif term.groups and not self._held([term.text], code=True):
                yield from parts_of(term)
            else:
                yield term

    def _pairs(self, asked: Sequence[Term]) -> dict[str, Wanted]:
        """What to look for of pairs of characters, none for those that only join two words.

        Where a question of Chinese or katakana words holds hiragana, that is most often grammar.
        """
        found = {term.text: self._pair(term) for term in asked}
        held = [text for text, wanted in found.items() if wanted.match]
        left_out = junctions(held, [text for text in found if text not in held])
        grammar = not all(map(inflected, found))
        return {
            text: replace(
                wanted,
                everyday=self._language.stem(text) in self._language.everyday
                or (grammar and inflected(text)),
            )
            for text, wanted in found.items()
            if text not in left_out
        }

    def _pair(self, term: Term) -> Wanted:
        if not term.begins:
            return self._words((self._language.stem(term.text),))
        match = f"{TEXT} : ({quoted(term.text)} *)"
        passages = self._matching(match)
        return Wanted(match if passages else "", passages, self._weight(passages))

    def _described(self, term: Term, word: Wanted, figures: AbstractSet[str]) -> Wanted:
        """``word`` with what is known of it beside the library.

        ``figures`` are the numbers of the question that measure something.
        """
        if not word.match and term.text.isdigit():
            if term.text in figures or len(term.text) == 1:
                return replace(word, everyday=True)
            weight = word.weight * _STRANGE_NUMBER_WEIGHT
            return replace(word, weight=weight, stress=_STRANGE_NUMBER_WEIGHT)
        return replace(
            word,
            everyday=self._language.stem(term.text) in self._language.everyday,
            quantities=named(term.text, self._language.spoken),
        )

    def _phrases(self, question: str) -> list[str]:
        """Synonyms of several words that stand in ``question``, as stems."""
        if self._longest == 1:
            return []
        stems = self._language.stems(question)
        found: dict[str, None] = {}
        at = 0
        while at < len(stems):
            for size in range(self._longest, 1, -1):
                phrase = " ".join(stems[at : at + size])
                if at + size <= len(stems) and phrase in self._synonyms:
                    found[phrase] = None
                    at += size
                    break
            else:
                at += 1
        return list(found)

    def _code(self, term: Term, figures: AbstractSet[str]) -> Wanted:
        codes = (term.text, *term.also)
        passages = min(self._held(codes, code=True), self._passages)
        factor = 1.0
        if term.identity:
            factor = _CODE_WEIGHT if passages else _STRANGE_CODE_WEIGHT
        elif term.groups and figures.isdisjoint(term.groups):
            factor = _CODE_WEIGHT
        match = any_of(codes, code=True) if passages else ""
        weight = self._weight(passages) * factor
        return Wanted(match, passages, weight, stress=factor, code=term.identity)

    def _word(self, term: Term) -> Wanted:
        stem = self._language.stem(term.text)
        stems = dict.fromkeys([stem, *self._unaccented(term.text)])
        for word in term.also:
            stems[self._language.stem(word)] = None
        for also in self._synonyms.get(stem, ()):
            stems[also] = None
        return self._words(tuple(stems))

    def _guess(self, term: Term, strange: Wanted) -> Wanted:
        """What was probably meant by a word that the manuals do not hold."""
        guess = nearest(term.text, self._language, self._rows)
        if guess is None:
            return strange
        guessed = self._words((guess,))
        return Wanted(guessed.match, guessed.passages, strange.weight, _GUESSED)

    def _unaccented(self, word: str) -> Iterable[str]:
        """The stems of words that only accents tell from ``word``."""
        rows = self._rows("SELECT stem FROM word WHERE text = ?", (fold(word),))
        return (stem for (stem,) in rows)

    def _words(self, stems: Sequence[str]) -> Wanted:
        """Any of ``stems``, each one word or several."""
        single = [stem for stem in stems if " " not in stem]
        passages = self._held(single, code=False)
        phrases = [stem for stem in stems if " " in stem]
        passages += sum(self._held_phrase(phrase) for phrase in phrases)
        passages = min(passages, self._passages)
        match = any_of(stems) if passages else ""
        return Wanted(match, passages, self._weight(passages))

    def _held(self, texts: Sequence[str], *, code: bool) -> int:
        rows = self._rows(
            "SELECT passages FROM term WHERE code = ? AND text IN (SELECT value FROM json_each(?))",
            (int(code), json.dumps(texts)),
        )
        return sum(passages for (passages,) in rows)

    def _held_phrase(self, phrase: str) -> int:
        return self._matching(any_of([phrase]))

    def _matching(self, match: str) -> int:
        rows = self._rows(
            "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)",
            (match, _COUNTED),
        )
        return sum(count for (count,) in rows)

    def _weight(self, passages: int) -> float:
        """Inverse document frequency; a word that no manual has weighs as much as a rare one."""
        return math.log(1 + (self._passages - passages + 0.5) / (passages + 0.5))


def _limited(asked: Sequence[Term]) -> list[Term]:
    pairs = [term for term in asked if term.pair or term.begins]
    words = [term for term in asked if not (term.pair or term.begins)]
    return words[:_MAX_TERMS] + pairs[:_MAX_PAIRS]
