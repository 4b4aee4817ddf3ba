"""How a language forms its words: stems by the Snowball algorithms, stop words, openings.

A manual's word and a technician's word meet as the same *stem* without accents: ``Schrauben`` and
``Schraube``, ``presión`` and ``presion``. Snowball: M. F. Porter 2001, https://snowballstem.org.
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from collections.abc import Mapping
from typing import Protocol

from fieldkit.library import unspaced
from fieldkit.library.everyday import EVERYDAY
from fieldkit.library.normal import normal
from fieldkit.library.stopwords import ALSO, OPENINGS, POINTING, STOP_WORDS

# ISO 639-1 code -> the algorithm's name in snowballstemmer.
_ALGORITHMS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "it": "italian", "nb": "norwegian", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
}  # fmt: skip
_ALIASES = {"nb": "no", "nn": "no"}
# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d"})
_MARKS = re.compile(r"[\u0300-\u036f]+")
_REMEMBERED = 200_000

WORD = re.compile(r"[^\W_]+")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str:  # noqa: N802 - snowballstemmer's name
        """The stem of a lower-case word."""
        ...


class Language:
    """One language, by its code; a language without an algorithm keeps its words as they are.

    Any thread may ask.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.spoken = words = _ALIASES.get(code, code)  # as the lists of words call it
        stop_words = STOP_WORDS.get(words, frozenset())
        self.stop_words = stop_words | {fold(word) for word in stop_words}
        self.pointing = POINTING.get(words, frozenset())
        self.openings = OPENINGS.get(words, ())
        self.also: Mapping[str, tuple[str, ...]] = ALSO.get(words, {})
        self._stemmer: _Stemmer | None = None
        self._stems: dict[str, str] = {}
        self._lock = threading.Lock()

    @functools.cached_property
    def everyday(self) -> frozenset[str]:
        """Stems of words that people use about everything."""
        return frozenset(map(self.stem, EVERYDAY.get(self.spoken, ())))

    def stem(self, word: str) -> str:
        """The stem of ``word`` in lower case without accents; what holds a digit stays whole."""
        lower = word.lower()
        found = self._stems.get(lower)
        if found is None:
            with self._lock:
                if len(self._stems) >= _REMEMBERED:
                    self._stems.clear()
                found = self._stems[lower] = fold(self._stemmed(lower))
        return found

    def stems(self, text: str) -> list[str]:
        """The stems of all words of ``text``, in order, stop words too."""
        return [self.stem(word) for word in words(normal(text))]

    def _stemmed(self, lower: str) -> str:
        if self.code not in _ALGORITHMS or not lower.isalpha():
            return lower
        if self._stemmer is None:
            import snowballstemmer  # 18 ms, so not before the first search

            self._stemmer = snowballstemmer.stemmer(_ALGORITHMS[self.code])
        assert self._stemmer is not None
        return self._stemmer.stemWord(lower)


@functools.cache
def language(code: str) -> Language:
    """The language of an ISO 639 code like ``en`` or ``pt-BR``."""
    return Language(code.partition("-")[0].lower())


def words(text: str, *, indexed: bool = False) -> list[str]:
    """The words of a ``normal`` text; pairs of characters where a script has no spaces.

    ``indexed``: for an index, where each character has to begin a word.
    """
    if not unspaced.holds(text):
        return WORD.findall(text)
    cut = unspaced.indexed if indexed else unspaced.pairs
    found: list[str] = []
    for piece, without_spaces in unspaced.pieces(text):
        found += cut(piece) if without_spaces else WORD.findall(piece)
    return found


def fold(word: str) -> str:
    """``word`` in lower case without accents: what is left when they are not typed."""
    lower = word.lower()
    if lower.isascii():
        return lower
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", lower))
    return unicodedata.normalize("NFC", bare.translate(_LETTERS))
