"""The statements of a passage - sentences, list items, table rows - and what each says.

Read on the laptop for the best candidates alone. A word of the text is looked up among all
spellings that the index knows of the question's stems, so nothing is stemmed here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldkit.library import captions
from fieldkit.library.language import fold, words
from fieldkit.library.named_numbers import is_key, key_of, keys
from fieldkit.library.normal import normal
from fieldkit.library.query import Rows, Wanted
from fieldkit.library.sentences import sentences

_APART = "\x1f"  # stands in no text that a reader gives
_NEAR = 4  # words from a noun to its number
_CAPTION = ("captionfigure", "captiontable")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a passage: ``text`` verbatim, and where it mentions what is wanted.

    ``words`` is how many it has. ``places`` has, by its number among what is wanted, for each thing
    that is mentioned the numbers of the words it is mentioned at, from 0.
    """

    text: str
    places: Mapping[int, Sequence[int]]
    words: int


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a statement, as normal text."""

    heading: str
    title: str

    def words(self) -> set[str]:
        return set(words(fold(f"{self.heading} {self.title}")))


_NOTHING_AROUND = _Around("", "")


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that names a thing: ``digits``, the ``keys`` of its row, the ``nouns`` for it."""

    digits: str
    keys: frozenset[str]
    nouns: frozenset[str]

    @classmethod
    def of(cls, term: Wanted, spellings: Mapping[str, Sequence[str]]) -> _Number:
        stems = [stem for stem in term.words if not is_key(stem)]
        nouns = {word for stem in stems for word in (stem, *spellings.get(stem, ()))}
        return cls(term.number, frozenset(w for w in term.words if is_key(w)), frozenset(nouns))

    def places(self, plain: str, found: Sequence[str], around: _Around) -> list[int]:
        """Where the number stands as the key of a row about its noun, or beside its noun."""
        stands = [place for place, word in enumerate(found) if word.lstrip("0") == self.digits]
        if not stands:
            return []
        here = keys(plain, around.heading, around.title)
        if not self.keys.isdisjoint(here):
            return stands[:1]
        about = not self.nouns or not self.nouns.isdisjoint({*found, *around.words()})
        if about and not self.keys and key_of(self.digits) in here:
            return stands[:1]
        return [p for p in stands if not self.nouns.isdisjoint(found[max(0, p - _NEAR) : p + 2])]


class Reader:
    """Reads texts for what one question wants. ``spellings`` are the words of each wanted stem."""

    def __init__(self, wanted: Sequence[Wanted], spellings: Mapping[str, Sequence[str]]) -> None:
        self._wanted = wanted
        self._single: dict[str, list[int]] = {}
        self._phrases: list[tuple[int, list[frozenset[str]]]] = []
        self._codes: list[tuple[int, re.Pattern[str]]] = []
        self._captions: list[tuple[int, frozenset[str]]] = []
        self._numbers: list[tuple[int, _Number]] = []
        for number, term in enumerate(wanted):
            if term.number:
                self._numbers.append((number, _Number.of(term, spellings)))
            elif any(word.startswith(_CAPTION) for word in term.words):
                self._captions.append((number, frozenset(term.words)))
            elif term.reduced:
                self._codes.append((number, _spelt(term.words)))
            else:
                self._add(number, term, spellings)
        others = (self._phrases, self._codes, self._captions, self._numbers)
        self._has_others = any(others)

    def _add(self, number: int, term: Wanted, spellings: Mapping[str, Sequence[str]]) -> None:
        for stem in term.words:
            parts = [frozenset((part, *spellings.get(part, ()))) for part in stem.split(" ")]
            if len(parts) > 1:
                self._phrases.append((number, parts))
                continue
            for word in parts[0]:
                self._single.setdefault(word, []).append(number)

    def read(self, text: str, heading: str, title: str) -> list[Statement]:
        """The statements of ``text`` below ``heading`` in the document ``title``."""
        around = _Around(normal(heading), normal(title)) if self._numbers else _NOTHING_AROUND
        parts = list(sentences(text))
        # All at once: most of the time goes into the calls.
        plain = fold(normal(_APART.join(parts))).split(_APART)
        return [
            self._statement(part, folded, around) for part, folded in zip(parts, plain, strict=True)
        ]

    def mentioned(self, text: str) -> list[bool]:
        """Which of what is wanted ``text`` mentions."""
        places = self._statement(text, fold(normal(text)), _NOTHING_AROUND).places
        return [number in places for number in range(len(self._wanted))]

    def _statement(self, text: str, plain: str, around: _Around) -> Statement:
        found = words(plain)
        places: dict[int, list[int]] = {}
        single = self._single
        if not single.keys().isdisjoint(found):
            for place, word in enumerate(found):
                if word in single:
                    for number in single[word]:
                        places.setdefault(number, []).append(place)
        if self._has_others:
            places |= self._other_places(plain, found, around)
        return Statement(text, places, len(found))

    def _other_places(
        self, plain: str, found: Sequence[str], around: _Around
    ) -> dict[int, list[int]]:
        """The places of what is more than a word: phrases, codes, captions, numbered things."""
        places: dict[int, list[int]] = {}
        for number, parts in self._phrases:
            if at := _phrase(found, parts):
                places[number] = at
        for number, pattern in self._codes:
            if match := pattern.search(plain):
                places[number] = [len(words(plain[: match.start()]))]
        for number, sought in self._captions:
            # What only mentions a figure is not where it stands.
            if any(c.is_caption and not sought.isdisjoint(c.codes) for c in captions.named(plain)):
                places[number] = [0]
        for number, named in self._numbers:
            if at := named.places(plain, found, around):
                places[number] = at
        return places

    def written(self, term: int, text: str) -> str:
        """How ``text`` writes the code that is the ``term``-th thing wanted; "": not at all."""
        for number, pattern in self._codes:
            if number == term and (match := pattern.search(normal(text).lower())):
                return normal(text)[match.start() : match.end()]
        return ""


def spellings(rows: Rows, wanted: Sequence[Wanted]) -> dict[str, list[str]]:
    """The words of the manuals, without accents, for each stem of what is ``wanted``."""
    stems = {
        part
        for term in wanted
        if not term.reduced
        for stem in term.words
        for part in stem.split(" ")
    }
    found: dict[str, list[str]] = {}
    for stem, text in rows(
        "SELECT stem, text FROM word WHERE reversed IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(stem[::-1] for stem in stems)),),
    ):
        found.setdefault(stem, []).append(text)
    return found


def _phrase(found: Sequence[str], parts: Sequence[frozenset[str]]) -> list[int]:
    return [
        place
        for place in range(len(found) - len(parts) + 1)
        if all(found[place + n] in part for n, part in enumerate(parts))
    ]


def _spelt(codes: Sequence[str]) -> re.Pattern[str]:
    """Matches any of ``codes`` in lower case, however its parts are set apart."""
    spelt = [r"[ \-./,]?".join(map(re.escape, code)) for code in codes]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spelt)})(?![a-z0-9])")
