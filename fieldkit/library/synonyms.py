"""A profile's synonyms: words that mean the same on its sites.

Plain text, one group a line, its words separated by commas; ``#`` begins a comment::

    mud pump, slush pump
    BOP, blowout preventer, stack
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fieldkit.core.text import clean, clean_line
from fieldkit.errors import InvalidInput
from fieldkit.library.language import Language

Groups = tuple[tuple[str, ...], ...]
_HINT = "One group a line, its words separated by commas: mud pump, slush pump"
MOST_WORDS = 4


def read(path: Path) -> Groups:
    """Return the groups of ``path``; raises InvalidInput with every line that is none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: the synonyms cannot be read: {error}", hint=_HINT) from error
    groups = []
    problems = []
    for number, line in enumerate(clean(text).splitlines(), 1):
        words = dict.fromkeys(filter(None, map(clean_line, line.partition("#")[0].split(","))))
        if len(words) > 1:
            groups.append(tuple(words))
        elif words:
            problems.append(f"line {number}: {next(iter(words))!r} stands alone")
        problems += [
            f"line {number}: {word!r} has more than {MOST_WORDS} words"
            for word in words
            if len(word.split()) > MOST_WORDS
        ]
    if problems:
        raise InvalidInput(f"{path}: not all lines are synonyms", problems=problems, hint=_HINT)
    return tuple(groups)


def table(groups: Groups, languages: Sequence[Language]) -> dict[str, tuple[str, ...]]:
    """Return for the stems of each word of ``groups`` those of the others, as the index has them.

    A word has a stem in each of ``languages``. A word of several groups stands for all of them.
    """
    found: dict[str, dict[str, None]] = {}
    for group in groups:
        by_word = [_stems(word, languages) for word in group]
        for own in by_word:
            others = dict.fromkeys(stem for stems in by_word if stems is not own for stem in stems)
            for stem in own:
                known = found.setdefault(stem, {})
                known.update(dict.fromkeys(other for other in others if other != stem))
    return {stem: tuple(also) for stem, also in found.items() if also}


def _stems(word: str, languages: Sequence[Language]) -> list[str]:
    found = dict.fromkeys(" ".join(spoken.stems(word)) for spoken in languages)
    return [stem for stem in found if stem]
