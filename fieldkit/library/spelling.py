"""The word that was probably meant: the nearest one that the manuals hold.

Distance is Damerau's (optimal string alignment): a letter more, less, another, or two swapped. One
such slip is forgiven in a word of four to seven letters, two in a longer one. A word with one slip
keeps how it begins or how its stem ends, so only words that share one of them are compared, and
of those only the ones that are made of about the same letters. With two slips in a word, those that
keep neither are not found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fieldkit.library.language import Language, fold

Rows = Callable[[str, Sequence[object]], list[Any]]

_SHORTEST = 4
# What a word counts that was guessed, by its slips: one alone is most often no other word.
_SHARES = {0: 1.0, 1: 0.85, 2: 0.6}
_LONG = 8
_SAME = 4  # letters of a beginning or an end that are compared at most
# Of the bits of x, at most one is set; at most two.
_ONE = "({x} & ({x} - 1)) = 0"
_TWO = "(({x} & ({x} - 1)) & (({x} & ({x} - 1)) - 1)) = 0"
_ALIKE = (
    "SELECT text, stem, passages FROM word WHERE {column} >= ?1 AND {column} < ?2"
    " AND {few_missing} AND {few_more} AND length(text) BETWEEN ?4 AND ?5"
)
# Two letters in the middle of a short word that are swapped leave it neither beginning nor end.
_SWAPPED = (
    "SELECT text, stem, passages FROM word WHERE text >= ?1 AND text < ?2"
    " AND letters = ?3 AND length(text) = ?4"
)


def letters(word: str) -> int:
    """The letters of ``word`` without accents as a set of 32 bits; rare ones share six of them."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) - 97 if "a" <= letter <= "z" else 26 + ord(letter) % 6)
    return bits


@dataclass(frozen=True, slots=True)
class Guess:
    """The ``stem`` of a word that was probably meant, and the ``share`` that it counts (0 to 1)."""

    stem: str
    share: float


def nearest(word: str, language: Language, rows: Rows, *, least: int = 0) -> Guess | None:
    """Return the word of the index that is nearest to ``word``, if one is near.

    ``rows`` runs a statement on the index. Of several as near, one that begins alike, then the one
    that more passages hold; only words that at least ``least`` passages hold.
    """
    wanted = fold(word)
    if len(wanted) < _SHORTEST or not wanted.isalpha():
        return None
    slips = 2 if len(wanted) >= _LONG else 1
    best: tuple[int, bool, int, str] | None = None
    stem = ""
    for text, its_stem, passages in _alike(wanted, language.stem(word), slips, rows):
        if passages < least or text == wanted:
            continue
        if (far := distance(wanted, text, slips)) > slips:
            continue
        rank = (far, text[0] != wanted[0], -passages, text)
        if best is None or rank < best:
            best, stem = rank, its_stem
    return Guess(stem, _SHARES[best[0]]) if best else None


def _alike(wanted: str, stem: str, slips: int, rows: Rows) -> set[tuple[str, str, int]]:
    """Words that begin as ``wanted`` or end as its ``stem`` does, made of about its letters."""
    # Two letters that are swapped may lie on both sides of the middle: one is left out.
    begins = min((len(wanted) - 1) // 2, _SAME)
    ends = max(min(begins, len(stem) - begins - 1), 2)
    few = _ONE if slips == 1 else _TWO
    found: set[tuple[str, str, int]] = set()
    for column, part in (("text", wanted[:begins]), ("reversed", stem[::-1][:ends])):
        statement = _ALIKE.format(
            column=column,
            few_missing=few.format(x="(?3 & ~letters)"),
            few_more=few.format(x="(letters & ~?3)"),
        )
        after = part[:-1] + chr(ord(part[-1]) + 1)
        lengths = (max(len(wanted) - slips, _SHORTEST - 1), len(wanted) + slips)
        found.update(rows(statement, (part, after, letters(wanted), *lengths)))
    if slips == 1:
        first, after = wanted[0], chr(ord(wanted[0]) + 1)
        found.update(rows(_SWAPPED, (first, after, letters(wanted), len(wanted))))
    return found


def distance(one: str, other: str, most: int) -> int:
    """Slips between two words; more than ``most`` is told as ``most + 1``."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)
