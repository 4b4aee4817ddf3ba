"""Words that are written as one: ``Anzugsdrehmoment`` is a ``Drehmoment``.

German, Dutch, Finnish and the Scandinavian languages join words. No list of words is needed to part
them: the parts have to be words of the manuals themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from fieldkit.library.language import Language, fold

Rows = Callable[[str, Sequence[object]], list[Any]]
Known = Callable[[Sequence[str]], set[str]]

# What stands between two joined words, without accents, by language.
_JOINTS: dict[str, tuple[str, ...]] = {
    "da": ("", "s", "e"),
    "de": ("", "s", "es", "n", "en", "er", "e"),
    "fi": ("", "n"),
    "nl": ("", "s", "e", "en"),
    "no": ("", "s", "e"),
    "sv": ("", "s", "o", "u"),
}
# Letters of a part: the first may be short (Öl), the last is what the thing is.
_FIRST, _LAST = 3, 4
_SHORT = frozenset({"ol"})  # Öl
_WHOLE = 5  # letters of a word that others may end with
_MOST = 24  # words that end alike


def joins(spoken: Language) -> bool:
    """Whether the words of a language are written as one."""
    return spoken.spoken in _JOINTS


def ending_with(stem: str, rows: Rows) -> tuple[str, ...]:
    """Return the stems of longer words of the index that end with ``stem``, the most common first.

    ``rows`` runs a statement on the index.
    """
    end = stem[::-1]
    if len(end) < _WHOLE or not end.isalpha():
        return ()
    found = rows(
        "SELECT stem, sum(passages) FROM word WHERE reversed > ? AND reversed < ?"
        " AND length(stem) >= ? GROUP BY stem ORDER BY 2 DESC, 1 LIMIT ?",
        (end, end[:-1] + chr(ord(end[-1]) + 1), len(end) + _FIRST, _MOST),
    )
    return tuple(dict.fromkeys(stem for stem, _ in found))


def parts(word: str, spoken: Language, known: Known) -> tuple[str, ...]:
    """Return the stems of the two parts of ``word`` that are both ``known``, () where none are.

    Of several ways to part it the one with the longest last word, which is what the thing is.
    ``known`` returns those of some stems that are words of the manuals, or of a glossary.
    """
    ways = list(_ways(word, spoken))
    if not ways:
        return ()
    found = known(sorted({stem for way in ways for stem in way}))
    return next((way for way in ways if found.issuperset(way)), ())


def _ways(word: str, spoken: Language) -> Iterator[tuple[str, str]]:
    """The stems of the parts of ``word``, with the longest last part first."""
    lower = word.lower()
    if not lower.isalpha():
        return
    for cut in range(2, len(lower) - _LAST + 1):
        first, last = lower[:cut], lower[cut:]
        for joint in _JOINTS.get(spoken.spoken, ()):
            if fold(first).endswith(joint):
                bare = first[: len(first) - len(joint)] if joint else first
                if len(bare) >= _FIRST or fold(bare) in _SHORT:
                    yield spoken.stem(bare), spoken.stem(last)
