"""A question in the manuals' words, before it is taken apart.

What only asks is taken out (library/asking.py), and the unit that the answer is wanted in
(library/units.py). A word that no manual holds is written as the manuals do: apart (``mudpump``,
"mud pump"), in one with the word beside it, or with the letter that ``oe`` or ``aa`` stands for.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldkit.library.asking import STOPS, without_asking
from fieldkit.library.language import WORD, fold
from fieldkit.library.quantities import names
from fieldkit.library.stopwords import STOP_WORDS
from fieldkit.library.units import asked_in
from fieldkit.library.unspaced import holds

Rows = Callable[[str, Sequence[object]], list[Any]]

_WORDS = 64  # of a question that are looked up
_TAKEN_APART = 4  # of those, each some dozen look-ups
_LONGEST = 24  # letters of a word that may be two
_SHORTEST = 2  # letters of a part, but only one part may be so short
_PART = 3
_PHRASES = 3  # ways to take a word apart that are looked for as a phrase
# How letters are spelt where they cannot be typed, without accents.
_SPELT = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
_SWAPPED = 4  # letters of a common word that is known with two of them swapped
_SHORT = (("teh", "the"), ("hte", "the"), ("adn", "and"), ("hwo", "how"))
_OTHER_WORDS = frozenset({"form", "dose", "trail", "dial"})
# Stop words that may be the part of a word: "set up", "cut off". "mode le" is no "modele".
_PARTICLES = STOPS & {"up", "down", "on", "off", "in", "out", "over", "under", "through", "back"}
_HELD = "SELECT text, stem FROM word WHERE text IN (SELECT value FROM json_each(?))"
_COUNTS = (
    "SELECT text, sum(passages) FROM word WHERE text IN (SELECT value FROM json_each(?)) GROUP BY 1"
)
_MORE_COMMON = 10  # times as many passages hold a word as hold it in one with a stop word
_PHRASE = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Wording:
    """A question as it is searched for: ``text``, and the ``quantities`` that its units measure."""

    text: str
    quantities: frozenset[str] = frozenset()


def worded(question: str, rows: Rows, known: Callable[[str], bool], spoken: str = "en") -> Wording:
    """Return ``question``, which is in the language ``spoken``, in the manuals' words.

    ``rows`` runs a statement on the index; of a word that is ``known`` (a synonym of the profile)
    the spelling stays.
    """
    asked = asked_in(question)
    text = without_asking(asked.rest)
    return Wording(_spelt(text, rows, known, _swapped(spoken)), asked.quantities)


def _spelt(text: str, rows: Rows, known: Callable[[str], bool], swapped: Mapping[str, str]) -> str:
    words = [match for match in WORD.finditer(text) if match[0].isalpha()][:_WORDS]
    texts = [fold(match[0]) for match in words]
    beside = _beside(text, words)
    joined = [texts[at] + texts[at + 1] for at in beside]
    held = _held(rows, [*texts, *joined])
    changes: dict[int, tuple[int, int, str]] = {}
    for at, one in zip(beside, joined, strict=True):
        pair = texts[at], texts[at + 1]
        if one in held and not (_apart(rows, held, *pair) or _by_chance(rows, one, pair)):
            changes[at] = (words[at].start(), words[at + 1].end(), one)
    done = {place for at in changes for place in (at, at + 1)}
    tried = 0
    for at, word in enumerate(texts):
        if at in done or word in held or word in STOPS or known(word):
            continue
        if meant := swapped.get(word):
            changes[at] = (words[at].start(), words[at].end(), meant)
            continue
        if holds(word) or tried == _TAKEN_APART:
            continue
        tried += 1
        if written := _accented(rows, word) or _two(rows, word):
            changes[at] = (words[at].start(), words[at].end(), written)
    for start, end, written in sorted(changes.values(), reverse=True):
        text = text[:start] + written + text[end:]
    return text


@functools.cache
def _swapped(code: str) -> dict[str, str]:
    """Words of every question in a language, by what is typed with two letters swapped: ``waht``.

    Those that are other words so (form, dose) are left out, and shorter ones, which most often are.
    """
    plain = {fold(word) for word in STOP_WORDS.get(code, ())} | names(code)
    found = dict(_SHORT) if code == "en" else {}
    for word in sorted(plain):
        for at in range(len(word) - 1 if len(word) >= _SWAPPED else 0):
            found[word[:at] + word[at + 1] + word[at] + word[at + 2 :]] = word
    return {typed: word for typed, word in found.items() if typed not in plain | _OTHER_WORDS}


def _beside(text: str, words: Sequence[re.Match[str]]) -> list[int]:
    """Places of words that may be one with the word behind them: only a space or hyphen between."""
    return [
        at
        for at in range(len(words) - 1)
        if text[words[at].end() : words[at + 1].start()] in {" ", "-"}
        and min(len(words[at][0]), len(words[at + 1][0])) >= _SHORTEST
    ]


def _held(rows: Rows, texts: Sequence[str]) -> dict[str, list[str]]:
    """Those of ``texts``, without accents, that the manuals hold, each with its stems."""
    found: dict[str, list[str]] = {}
    for text, stem in rows(_HELD, (json.dumps(texts),)):
        found.setdefault(text, []).append(stem)
    return found


def _apart(rows: Rows, held: dict[str, list[str]], one: str, other: str) -> bool:
    """Whether the manuals write the words ``one`` and ``other`` beside each other."""
    return one in held and other in held and _phrase(rows, held[one], held[other])


def _by_chance(rows: Rows, one: str, pair: Sequence[str]) -> bool:
    """Whether a space that is missing in a manual made ``one`` of a stop word and another word.

    So it is with two stop words (``ofthe``), and where the other word is far more common.
    """
    if STOPS.isdisjoint(pair):
        return False
    found: Counter[str] = Counter()
    for text, passages in rows(_COUNTS, (json.dumps([one, *pair]),)):
        found[text] += passages
    others = [found[word] for word in pair if word not in STOPS]
    return not others or max(others) > _MORE_COMMON * found[one]


def _phrase(rows: Rows, first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether any of the stems ``first`` stands before any of ``second`` in a passage."""
    phrases = [f"{one} {other}".replace('"', '""') for one in first for other in second]
    either = " OR ".join(f'"{phrase}"' for phrase in phrases)
    return bool(rows(_PHRASE, (f"{{title heading text}} : ({either})",)))


def _accented(rows: Rows, word: str) -> str:
    """``word`` as the manuals spell it with other letters for ``ae``, ``oe``, ``ue``, ``aa``."""
    spelt = word
    for written, letter in _SPELT:
        spelt = spelt.replace(written, letter)
    return spelt if spelt != word and _held(rows, [spelt]) else ""


def _two(rows: Rows, word: str) -> str:
    """The two words that ``word`` is made of, if the manuals write them beside each other."""
    if not 2 * _PART - 1 <= len(word) <= _LONGEST:
        return ""
    cuts = [
        (word[:at], word[at:])
        for at in range(_SHORTEST, len(word) - _SHORTEST + 1)
        if max(at, len(word) - at) >= _PART
    ]
    held = _held(rows, sorted({part for cut in cuts for part in cut}))
    # Stop words are not among the words of the index; "up" of a set-up is its own stem.
    stems = {part: held.get(part, [part]) for cut in cuts for part in cut if _says(part, held)}
    both = [cut for cut in cuts if stems.keys() >= set(cut) and not held.keys().isdisjoint(cut)]
    # Two words of about the same length are more likely than a word with two letters before it.
    both.sort(key=lambda cut: -min(map(len, cut)))
    for one, other in both[:_PHRASES]:
        if _phrase(rows, stems[one], stems[other]):
            return f"{one} {other}"
    return ""


def _says(part: str, held: dict[str, list[str]]) -> bool:
    return part in held or part in _PARTICLES
