"""Text for a voice radio: Crockford's base 32 with check characters that point at an error.

A Reed-Solomon code over the field of 32 elements (polynomial x^5 + x^2 + 1) with three check
characters: any three wrong characters are noticed, so every swap of neighbours is, and a single
wrong character is found. Alphabet: https://www.crockford.com/base32.html; I and L are read as 1,
O as 0, and U is not used.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECKS = 3
BITS = 5  # a character

_VALUES = {char: value for value, char in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_WORDS = (
    "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine",
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo",
    "Mike", "November", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey", "X-ray",
    "Yankee", "Zulu",
)  # fmt: skip
_POLYNOMIAL = 0b100101
_ORDER = 31  # of the field's non-zero elements


def _powers() -> tuple[int, ...]:
    """The powers of the field's generator, twice over, so that sums of logarithms index it."""
    powers, value = [], 1
    for _ in range(_ORDER):
        powers.append(value)
        value <<= 1
        if value > _ORDER:
            value ^= _POLYNOMIAL
    return tuple(powers * 2)


_POWER = _powers()
_LOG = {value: exponent for exponent, value in enumerate(_POWER[:_ORDER])}


@dataclass(frozen=True, slots=True)
class Misread:
    """The one character that does not agree with the rest: its index, and what would agree."""

    index: int
    right: str


def append_checks(data: Sequence[int]) -> str:
    """``data`` (0..31, at most 28 of them) as characters, with the check characters after them.

    The checks make the code a multiple of (x - 1)(x - a)(x - a^2), a being the field's generator.
    """
    generator = [1]
    for root in _POWER[:CHECKS]:
        shifted = [*generator, 0]
        scaled = [0, *(_times(root, term) for term in generator)]
        generator = [one ^ other for one, other in zip(shifted, scaled, strict=True)]
    rest = [*data, *[0] * CHECKS]
    for start in range(len(data)):
        factor = rest[start]
        for offset, term in enumerate(generator):
            rest[start + offset] ^= _times(factor, term)
    return "".join(ALPHABET[value] for value in (*data, *rest[len(data) :]))


def is_valid(code: str) -> bool:
    """Whether ``code``, of canonical characters, agrees with its check characters."""
    return not any(_syndromes(code))


def misread(code: str) -> Misread | None:
    """The single wrong character that explains why ``code`` is not valid, None if there is none."""
    first, second, third = _syndromes(code)
    if not (first and second and third):
        return None
    ratio = (_LOG[second] - _LOG[first]) % _ORDER
    index = len(code) - 1 - ratio
    if index < 0 or (_LOG[third] - _LOG[second]) % _ORDER != ratio:
        return None
    return Misread(index, ALPHABET[_VALUES[code[index]] ^ first])


def values(code: str) -> list[int]:
    """The values 0..31 of the characters of ``code`` without its check characters."""
    return [_VALUES[char] for char in code[:-CHECKS]]


def canonical(text: str) -> tuple[list[str], list[str]]:
    """Read what a person typed: its groups in canonical characters, and what cannot be read.

    Case does not matter; spaces, dashes, dots and the like only part groups.
    """
    groups, strange = [""], []
    for char in unicodedata.normalize("NFKC", text).upper():
        if char in _VALUES:
            groups[-1] += ALPHABET[_VALUES[char]]
        elif char.isspace() or unicodedata.category(char)[0] in "PCZ":
            groups.append("")
        else:
            strange.append(char)
    return [group for group in groups if group], strange


def spell(code: str) -> str:
    """The words of the ICAO alphabet for ``code``, of canonical characters."""
    return " ".join(_WORDS[_VALUES[char]] for char in code)


def _times(one: int, other: int) -> int:
    return _POWER[_LOG[one] + _LOG[other]] if one and other else 0


def _syndromes(code: str) -> list[int]:
    """The polynomial whose coefficients are ``code`` (the last is constant) at the three roots."""
    found = []
    for root in _POWER[:CHECKS]:
        value = 0
        for char in code:
            value = _times(value, root) ^ _VALUES[char]
        found.append(value)
    return found
