"""Trade words and what other languages call them: a question in one finds the page of another.

``glossary.csv`` holds a concept a line and a language a column (ISO 639-1, ``no`` for both kinds of
Norwegian); words that mean the same are divided by ``/``. A profile adds its own by a line of its
synonyms that mixes languages.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
from collections.abc import Mapping, Sequence

from fieldkit.library.language import Language, language

_FILE = "glossary.csv"


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
    return max((stems.count(" ") + 1 for stems in _by_stems(spoken.spoken)), default=1)


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
