"""A question -> what to look for in the index, and how much each part counts.

Words become stems, and stand for their synonyms and for words that only accents tell from them. A
word that the manuals do not hold is replaced by the nearest one, at a lower share. Codes are looked
for as they are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from fieldkit.library import compounds
from fieldkit.library.expressions import TEXT, any_of, quoted
from fieldkit.library.holdings import Holdings
from fieldkit.library.language import fold
from fieldkit.library.language_votes import Languages
from fieldkit.library.named_numbers import LISTED, Named, key_of
from fieldkit.library.named_numbers import asked as asked_numbers
from fieldkit.library.normal import normal
from fieldkit.library.quantities import measured, names_of
from fieldkit.library.spelling import nearest
from fieldkit.library.spoken import Spoken
from fieldkit.library.terms import Term, found_codes, parts_of, terms
from fieldkit.library.unspaced import inflected, junctions
from fieldkit.library.wording import worded

Rows = Callable[[str, Sequence[object]], list[Any]]

_MAX_TERMS = 32
_MAX_PAIRS = 64  # a pair of characters says less than a word
# A code names one thing, so it weighs as much as several words; more so one that no manual has:
# what is said about other parts of the same machine is no answer.
_CODE_WEIGHT = 3.0
_STRANGE_CODE_WEIGHT = 6.0
# A number that no manual has is most often one of a message or a part.
_STRANGE_NUMBER_WEIGHT = 2.0
# A number beside its noun, where it is not the only thing that distinguishes things of this noun.
_NUMBERED_WEIGHT = 1.5
_KINDRED = 0.8  # what "fault 12" counts where the manuals list only errors
_NEAR = 3  # words between a noun and its number: "Trap Status: 1 - OK, 2 - Cold"
# A library of fewer passages is weighed as if it had so many: in one of a single page every word
# that it holds would else count next to nothing beside one that it lacks.
_AT_LEAST = 50
# What a word counts that was found by what it is called in a language of the manuals, or as the end
# of a longer word; of a word that is written as one, what is left to its parts.
_ABROAD = 0.8
_ENDING = 0.9
_PARTS = 0.6
# What is left to other words for the same thing in its own language; what they count alone.
_ALIKE = 0.3
_ALIKE_ALONE = 0.7
_SELDOM = 128  # of so many passages one at most holds a word that others stand for
_COUNTED = 2000  # passages with a phrase; more are as common
_DOUBTED = 5  # letters of a word that is held and may be misspelt all the same
_RARE = 2  # passages that hold it at most
_COMMON = 10  # times as many hold the word that was meant
_GUESSES = 3  # words of one question; each takes some milliseconds in a large library


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to look for.

    ``match`` is its FTS5 expression, "" where the library holds nothing of it; ``passages`` is
    about how many match; ``weight`` is its part of the question, of which a match covers ``share``.
    ``stress`` is how much more than a word as rare it weighs; ``everyday`` says that people use it
    about everything; ``quantities`` are what it may name, like ``torque``. ``code`` says that it is
    the name of one part or fault, which nothing else can stand in for.

    ``words`` are the stems that answer for it, each of one word or several, or its reduced codes
    where ``reduced`` is true. ``number`` is set where a number names a thing (``2`` of "alarm 2"),
    which ``words`` call. ``written`` is a code as a passage writes it, where one was looked at.
    ``guessed``: no manual holds the word, and this is the one that is spelt most like it.
    """

    match: str
    passages: int
    weight: float
    share: float = 1.0
    stress: float = 1.0
    everyday: bool = False
    quantities: frozenset[str] = frozenset()
    code: bool = False
    words: tuple[str, ...] = ()
    reduced: bool = False
    number: str = ""
    written: str = ""
    guessed: bool = False


class Planner:
    """Plans for one index, or for several as if they were one. Keeps nothing of the questions.

    ``rows`` runs a statement and returns the rows of all; ``languages`` are those of what they
    hold, and ``passages`` is how much that is. A word is looked for by its stems in all of them.
    """

    def __init__(self, rows: Rows, languages: Languages, passages: int) -> None:
        self._rows = rows
        self._holdings = Holdings(rows)
        self._languages = languages
        self._passages = max(passages, _AT_LEAST)
        self._synonyms: Mapping[str, tuple[str, ...]] = {
            text: tuple(also.split("\n")) for text, also in rows("SELECT * FROM synonym", ())
        }
        self._longest = max((text.count(" ") + 1 for text in self._synonyms), default=1)

    def plan(self, question: str) -> list[Wanted]:
        """Return what ``question`` asks for, at most ``_MAX_TERMS`` words and ``_MAX_PAIRS``."""
        spoken = Spoken.of(question, self._languages)
        wording = worded(question, self._rows, self._has_synonyms, spoken.own.spoken)
        question = wording.text
        phrases = {
            phrase: self._words((phrase, *self._synonyms[phrase]))
            for phrase in self._phrases(question)
        } | dict(self._phrases_abroad(question, spoken))
        # A phrase of which the manuals hold nothing is looked for by its words.
        held = {phrase: found for phrase, found in phrases.items() if found.match}
        taken = {stem for phrase in held for stem in phrase.split()}
        wanted = list(held.values())
        figures = measured(question)
        naming = {n.number: n for n in asked_numbers(question, spoken.own.stop_words, figures)}
        asked = [
            term
            for term in self._written(_limited(terms(question, spoken.own)))
            if term.code or taken.isdisjoint(self._languages.stems(term.text))
        ]
        self._look_up(asked)
        pairs = self._pairs([term for term in asked if term.pair or term.begins], spoken)
        guesses = 0
        others: list[Wanted] = []
        rare: dict[int, Term] = {}
        for term in asked:
            if term.code:
                code = self._code(term, figures)
                # "ERR 38" is a code of its own, or the 38th of the errors.
                spelt = next((n for n in naming.values() if n.joined == term.text), None)
                numbered = self._numbered(spelt) if spelt and not code.match else None
                wanted.append(numbered or code)
            elif term.pair or term.begins:
                if term.text in pairs:
                    wanted.append(pairs[term.text])
            elif term.text in naming and (found := self._numbered(naming[term.text])):
                wanted.append(found)
            else:
                word, joined = self._called(term, self._word(term), spoken)
                wanted += [self._described(term, part, spoken, figures) for part in joined]
                word, other = self._alike(term, word, spoken)
                others += [self._described(term, each, spoken, figures) for each in other]
                if not word.match and guesses < _GUESSES:
                    guesses += 1
                    word = self._guess(term, word, spoken)
                elif 0 < word.passages <= _RARE and _may_be_misspelt(term):
                    rare[len(wanted)] = term
                if word.match or not joined:
                    wanted.append(self._described(term, word, spoken, figures))
        wanted = [*self._doubted(rare, wanted, spoken), *others]
        return [*wanted, *self._measured(wording.quantities, wanted)]

    def lacking(self, question: str) -> tuple[str, ...]:
        """Return the codes and fault numbers of ``question`` that no manual holds, as typed."""
        text = normal(question)
        codes = {found.text: found.shown for found in found_codes(text) if found.identity}
        digits = {re.sub(r"\D", "", code) for code in codes}
        stop_words = Spoken.of(question, self._languages).own.stop_words
        naming = [
            named
            for named in asked_numbers(question, stop_words, measured(question))
            if named.meaning in LISTED and named.number not in digits
        ]
        if not codes and not naming:
            return ()
        found = [term for term in self.plan(question) if term.match]
        held = {word for term in found for word in term.words}
        numbers = {term.number for term in found if term.number}
        return (
            *(
                shown
                for code, shown in codes.items()
                if code not in held
                and re.sub(r"\D", "", code).lstrip("0") not in numbers
                and not self._held([code], code=True)
            ),
            *(
                named.shown_in(text)
                for named in naming
                if named.number not in held and (named.number.lstrip("0") or "0") not in numbers
            ),
        )

    def _has_synonyms(self, word: str) -> bool:
        return any(stem in self._synonyms for stem in self._languages.stems(word))

    def _measured(self, quantities: AbstractSet[str], wanted: Sequence[Wanted]) -> Iterator[Wanted]:
        """What to look for of ``quantities`` that no word of the question names, only a unit."""
        for quantity in sorted(quantities):
            if not any(quantity in term.quantities for term in wanted):
                stems = dict.fromkeys(
                    known.stem(name)
                    for known in self._languages.known
                    for name in names_of(quantity, known.spoken)
                )
                word = self._words(tuple(stems))
                yield replace(word, everyday=not word.match, quantities=frozenset({quantity}))

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

    def _pairs(self, asked: Sequence[Term], spoken: Spoken) -> dict[str, Wanted]:
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
                everyday=spoken.everyday(text) or (grammar and inflected(text)),
            )
            for text, wanted in found.items()
            if text not in left_out
        }

    def _pair(self, term: Term) -> Wanted:
        if not term.begins:
            return self._words((fold(term.text),))
        match = f"{TEXT} : ({quoted(term.text)} *)"
        passages = self._matching(match)
        return Wanted(
            match if passages else "", passages, self._weight(passages), words=(term.text,)
        )

    def _numbered(self, named: Named) -> Wanted | None:
        """The thing that a number names; None where the manuals tell nothing by such numbers.

        A number that is missing from a list the manuals have (alarms end at 10, asked for 21)
        is a code that no manual has.
        """
        noun = self._word(Term(named.noun)) if named.noun else None
        tokens = [token for token in named.own if self._held([token], code=True)]
        share = 1.0
        listed = named.meaning in LISTED and self._held(named.first, code=True) > 0
        if not (tokens or listed):
            tokens = [token for token in named.kindred if self._held([token], code=True)]
            share = _KINDRED if tokens else 1.0
        parts = [f"codes : ({' OR '.join(map(quoted, tokens))})"] if tokens else []
        if noun and noun.match:
            if not named.meaning:
                parts.append(f"((codes : {quoted(key_of(named.number))}) AND ({noun.match}))")
            parts += [
                f"{TEXT} : NEAR({quoted(stem)} {quoted(named.number)}, {_NEAR})"
                for stem in noun.words
                if " " not in stem
            ]
        elif not named.meaning:
            parts.append(f"codes : {quoted(key_of(named.number))}")
        match = " OR ".join(parts)
        passages = self._matching(match) if match else 0
        if not passages and not listed:
            return None
        factor = _CODE_WEIGHT if named.meaning in LISTED else _NUMBERED_WEIGHT
        if not passages:
            factor = _STRANGE_CODE_WEIGHT
        return Wanted(
            match if passages else "",
            passages,
            self._weight(passages) * factor,
            share,
            stress=factor,
            code=named.meaning in LISTED and (listed or bool(tokens)),
            words=(*tokens, *(noun.words if noun and noun.match else ())),
            number=named.number.lstrip("0") or "0",
        )

    def _described(
        self, term: Term, word: Wanted, spoken: Spoken, figures: AbstractSet[str]
    ) -> Wanted:
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
            everyday=spoken.everyday(term.text),
            quantities=spoken.quantities(term.text),
        )

    def _phrases(self, question: str) -> list[str]:
        """Synonyms of several words that stand in ``question``, as stems."""
        if self._longest == 1:
            return []
        found: dict[str, None] = {}
        for spoken in self._languages.known:
            found |= dict.fromkeys(self._phrases_of(spoken.stems(question)))
        return list(found)

    def _phrases_of(self, stems: Sequence[str]) -> list[str]:
        found: list[str] = []
        at = 0
        while at < len(stems):
            for size in range(self._longest, 1, -1):
                phrase = " ".join(stems[at : at + size])
                if at + size <= len(stems) and phrase in self._synonyms:
                    found.append(phrase)
                    at += size
                    break
            else:
                at += 1
        return found

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
        return Wanted(
            match,
            passages,
            weight,
            stress=factor,
            code=term.identity,
            words=codes,
            reduced=True,
        )

    def _look_up(self, asked: Sequence[Term]) -> None:
        """Have the index asked at once for all that ``_word`` will need."""
        plain = [term for term in asked if not (term.code or term.pair or term.begins)]
        self._holdings.stems(fold(term.text) for term in plain)
        stems = {stem for term in plain for stem in self._stems_of(term) if " " not in stem}
        self._holdings.passages(stems, code=False)

    def _word(self, term: Term) -> Wanted:
        return self._words(self._stems_of(term))

    def _stems_of(self, term: Term) -> tuple[str, ...]:
        """The stems that answer for a word: its own, and those of what else it is called here."""
        own = self._languages.stems(term.text)
        # Those of words that only accents tell from it, too.
        word = fold(term.text)
        stems = dict.fromkeys([*own, *self._holdings.stems([word])[word]])
        for other in term.also:
            stems |= dict.fromkeys(self._languages.stems(other))
        for stem in own:
            stems |= dict.fromkeys(self._synonyms.get(stem, ()))
        return tuple(stems)

    def _phrases_abroad(self, question: str, spoken: Spoken) -> Iterator[tuple[str, Wanted]]:
        """Names of several words that the glossary knows: stems, and what to look for."""
        for phrase, others in spoken.phrases_abroad(question):
            if not (spoken.at_home and self._held_phrase(phrase)):
                found = self._words((phrase, *others))
                if found.match:
                    yield phrase, replace(found, share=_ABROAD)

    def _called(self, term: Term, word: Wanted, spoken: Spoken) -> tuple[Wanted, Sequence[Wanted]]:
        """``word`` with what else its ``term`` is called, and the parts it is made of.

        A word stands for what the other languages of the library call it, and for longer words that
        end with it. One that is written as one is looked for by its parts, too.
        """
        if not term.text.isalpha():
            return word, ()
        abroad = () if spoken.at_home else spoken.abroad(term.text)
        longer: tuple[str, ...] = ()
        if compounds.joins(spoken.own):
            longer = compounds.ending_with(spoken.own.stem(term.text), self._rows)
        if abroad or longer:
            found = self._words(tuple(dict.fromkeys([*word.words, *abroad, *longer])))
            if found.match:
                share = 1.0 if word.match else _ENDING if longer else _ABROAD
                return replace(found, share=share), ()
        return self._joined(term, word, spoken)

    def _alike(self, term: Term, word: Wanted, spoken: Spoken) -> tuple[Wanted, Sequence[Wanted]]:
        """``word``, and what stands for part of it: what else its own language calls the thing.

        That is where the manuals seldom hold it. Where they never do, other words stand for all of
        it: it is known, so it is not misspelt.
        """
        seldom = word.passages <= self._passages // _SELDOM
        if not (seldom and term.text.isalpha()):
            return word, ()
        names = spoken.alike(term.text)
        if not word.match and spoken.at_home:
            names += spoken.abroad(term.text)
        # Each phrase would be counted by a search of its own.
        names = tuple(name for name in names if " " not in name)
        if not names:
            return word, ()
        found = self._words(tuple(dict.fromkeys([*word.words, *names])))
        if not found.match:
            return word, ()
        if not word.match:
            return replace(found, weight=word.weight, share=_ALIKE_ALONE), ()
        part = replace(found, weight=word.weight * _ALIKE, share=word.share)
        return replace(word, weight=word.weight * (1 - _ALIKE)), (part,)

    def _stems_held(self, stems: Sequence[str]) -> set[str]:
        rows = self._rows(
            "SELECT text FROM term WHERE code = 0 AND text IN (SELECT value FROM json_each(?))",
            (json.dumps(stems),),
        )
        return {text for (text,) in rows}

    def _joined(self, term: Term, word: Wanted, spoken: Spoken) -> tuple[Wanted, Sequence[Wanted]]:
        """``word`` and its parts, where it is several in one; together they weigh as much as it."""
        own = word.words if word.match else ()
        made_of = compounds.parts(term.text, spoken.own, self._stems_held)
        parts = [self._words((part, *own)) for part in made_of]
        if not (parts or spoken.at_home):
            parts = [self._words(others) for others in spoken.parts_abroad(term.text)]
        if not any(part.match for part in parts):
            return word, ()
        each = _PARTS / len(parts) if word.match else 1 / len(parts)
        share = 1.0 if word.match else _PARTS
        return replace(word, weight=word.weight * (1 - _PARTS)), [
            replace(part, weight=word.weight * each, share=share) for part in parts
        ]

    def _guess(self, term: Term, strange: Wanted, spoken: Spoken) -> Wanted:
        """What was probably meant by a word that the manuals do not hold."""
        guess = nearest(term.text, spoken.own, self._rows)
        if guess is None and spoken.at_home and (abroad := spoken.abroad(term.text)):
            found = self._words(abroad)
            return replace(found, weight=strange.weight, share=_ABROAD) if found.match else strange
        if guess is None:
            return strange
        guessed = self._words((guess.stem,))
        return Wanted(
            guessed.match,
            guessed.passages,
            strange.weight,
            guess.share,
            words=guessed.words,
            guessed=True,
        )

    def _doubted(
        self, rare: Mapping[int, Term], wanted: Sequence[Wanted], spoken: Spoken
    ) -> list[Wanted]:
        """``wanted`` with one word that may be misspelt although some passage holds it.

        That is one of the ``rare`` words, by their places, which no passage holds beside any other
        word of the question, while one that is spelt alike is common here: "valve cover blots" in
        manuals with one ink blot.
        """
        found = list(wanted)
        for place, term in rare.items():
            word = found[place]
            rest = [other.match for other in found if other.match and other is not word]
            if not rest or self._matching(f"({word.match}) AND ({' OR '.join(rest)})"):
                continue
            least = _COMMON * word.passages
            guess = nearest(term.text, spoken.own, self._rows, least=least)
            if guess:
                meant = self._words((*self._languages.stems(term.text), guess.stem))
                found[place] = replace(meant, share=guess.share)
            break
        return found

    def _words(self, stems: Sequence[str]) -> Wanted:
        """Any of ``stems``, each one word or several."""
        single = [stem for stem in stems if " " not in stem]
        passages = self._held(single, code=False)
        phrases = [stem for stem in stems if " " in stem]
        passages += sum(self._held_phrase(phrase) for phrase in phrases)
        passages = min(passages, self._passages)
        match = any_of(stems) if passages else ""
        return Wanted(match, passages, self._weight(passages), words=tuple(stems))

    def _held(self, texts: Sequence[str], *, code: bool) -> int:
        return self._holdings.passages(texts, code=code)

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


def _may_be_misspelt(term: Term) -> bool:
    plain = not (term.code or term.pair or term.begins or term.groups)
    return plain and term.text.isalpha() and len(term.text) >= _DOUBTED


def _limited(asked: Sequence[Term]) -> list[Term]:
    pairs = [term for term in asked if term.pair or term.begins]
    words = [term for term in asked if not (term.pair or term.begins)]
    return words[:_MAX_TERMS] + pairs[:_MAX_PAIRS]
