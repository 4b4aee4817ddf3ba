"""Trade words and what other languages call them: a question in one finds the page of another.

``glossary.csv`` holds a concept a line and a language a column (ISO 639-1, ``no`` for both kinds of
Norwegian); words that mean the same are divided by ``/``. A profile adds its own by a line of its
synonyms that mixes languages.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from fieldkit.library.language import Language, language

_FILE = "glossary.csv"
# Languages whose stems may begin otherwise than their words: Dutch leaves ``ge`` out.
_BEGIN_OTHERWISE = frozenset({"nl"})
_GERMAN = "de"
_UMLAUTS = re.compile("([aou])e")  # as German spells them where they cannot be typed


@functools.cache
def concepts() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Return the words of each concept by the code of their language, as they are written."""
    file = importlib.resources.files("fieldkit.library") / _FILE
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(
        {
            code: tuple(word.strip() for word in cell.split("/"))
            for code, cell in row.items()
            if cell
        }
        for row in csv.DictReader(lines)
    )


@functools.cache
def codes() -> tuple[str, ...]:
    """Return the codes of the languages that the glossary knows."""
    return tuple(dict.fromkeys(code for concept in concepts() for code in concept))


def counterparts(
    stems: str, spoken: Sequence[Language], others: Sequence[Language]
) -> tuple[str, ...]:
    """Return the stems in ``others`` of what is called ``stems`` in a language of ``spoken``.

    Stems are of one word, or of several with a space between them. A language of ``spoken`` is none
    of its own counterparts.
    """
    found: dict[str, None] = {}
    for own in spoken:
        for number in _by_stems(own.spoken).get(stems, ()):
            for other in others:
                if other.spoken != own.spoken:
                    found |= dict.fromkeys(_stems(number, other.spoken))
    return tuple(found)


def alike(stems: str, spoken: Language) -> tuple[str, ...]:
    """Return the stems of what else ``stems`` is called in the language ``spoken`` itself."""
    found: dict[str, None] = {}
    for number in _by_stems(spoken.spoken).get(stems, ()):
        found |= dict.fromkeys(_stems(number, spoken.spoken))
    found.pop(stems, None)
    return tuple(found)


def known(stems: Sequence[str], spoken: Language) -> set[str]:
    """Return those of ``stems`` that are names in the language ``spoken``."""
    return set(stems) & _by_stems(spoken.spoken).keys()


def longest(spoken: Language) -> int:
    """Return how many words the longest name in the language ``spoken`` has, at least 1."""
    return _longest(spoken.spoken)


def may_name(words: Sequence[str], spoken: Language) -> bool:
    """Whether one of ``words`` may be a name in the language ``spoken``, or two may begin one.

    It only looks at how they begin: to stem the words of a question in a dozen languages takes
    long. ``words`` are one or two, without accents.
    """
    if spoken.spoken in _BEGIN_OTHERWISE:
        return True
    known = _beginnings(spoken.spoken, len(words))
    if spoken.spoken == _GERMAN:
        words = [_UMLAUTS.sub(r"\1", word) for word in words]
    return all(map(_begins, words, known))


def _begins(word: str, known: AbstractSet[str]) -> bool:
    return any(word[:end] in known for end in range(1, len(word) + 1))


@functools.cache
def _longest(code: str) -> int:
    return max((stems.count(" ") + 1 for stems in _by_stems(code)), default=1)


@functools.cache
def _beginnings(code: str, size: int) -> tuple[frozenset[str], ...]:
    """How the words of names begin: of those of one word, or the first two of all others.

    The last letter of a longer stem is left out, which need not be the word's.
    """
    names = [stems.split(" ") for stems in _by_stems(code)]
    return tuple(
        frozenset(_kept(name[at], code) for name in names if _fits(name, size))
        for at in range(size)
    )


def _kept(stem: str, code: str) -> str:
    """What all words of ``stem`` begin with: its last letter may be another, as a last i is y."""
    if code == _GERMAN:
        stem = _UMLAUTS.sub(r"\1", stem)
    return stem[:-1] if len(stem) > 3 or stem[1:].endswith("i") else stem


def _fits(name: Sequence[str], size: int) -> bool:
    return len(name) == 1 if size == 1 else len(name) > 1


@functools.cache
def _by_stems(code: str) -> Mapping[str, tuple[int, ...]]:
    """The concepts that each name of a language means, by its stems."""
    found: dict[str, list[int]] = {}
    for number in range(len(concepts())):
        for stems in _stems(number, code):
            found.setdefault(stems, []).append(number)
    return {stems: tuple(numbers) for stems, numbers in found.items()}


@functools.cache
def _stems(number: int, code: str) -> tuple[str, ...]:
    spoken = language(code)
    names = concepts()[number].get(code, ())
    return tuple(dict.fromkeys(" ".join(spoken.stems(name)) for name in names))
