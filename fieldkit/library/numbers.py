"""Numbers that name a thing, however they are grouped: ``4711 0815``, ``4711-0815``, ``47110815``.

A number is joined across single spaces, hyphens, and full stops between groups of three digits or
more. Nothing is joined across commas, lines, or what a decimal point divides. Zeros in front stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LEAST, _MOST = 5, 20  # digits of a number that names a thing
_GROUPS = 6  # more in a row are the figures of a table
_RUN = re.compile(
    r"(?<![\w.,/-])(?:(?<![^\W_])(?P<letters>[A-Z]{1,4})[ .-])?"
    r"(?P<digits>[0-9]+(?:(?:[ -]|(?<=[0-9]{3})\.(?=[0-9]{3}))[0-9]+)*)(?!\w|[.,][0-9])"
)
_MANY_DIGITS = re.compile(r"[0-9](?:[ .-]?[0-9]){4}")  # as every match has
_GROUP = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may name a thing: its ``groups`` as written, and ``letters`` before it."""

    start: int
    end: int
    groups: tuple[str, ...]
    letters: str = ""

    @property
    def joined(self) -> str:
        """All digits, the zeros in front too."""
        return "".join(self.groups)


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a ``normal`` text with enough digits to name a thing, in order."""
    for match in _RUN.finditer(text) if _MANY_DIGITS.search(text) else ():
        groups = tuple(_GROUP.findall(match["digits"]))
        if len(groups) <= _GROUPS and _names(sum(map(len, groups))):
            yield Number(match.start(), match.end(), groups, (match["letters"] or "").lower())


def joined(text: str) -> Iterator[str]:
    """Yield every way in which neighbouring groups of digits of ``text`` make one number.

    Two part numbers side by side are found as well as one that is written in groups.
    """
    for number in numbers(text):
        groups = number.groups
        for first in range(len(groups)):
            for last in range(first + 1, len(groups) + 1):
                digits = "".join(groups[first:last])
                if _names(len(digits)):
                    yield digits
                    if number.letters and not first:
                        yield number.letters + digits


def _names(digits: int) -> bool:
    return _LEAST <= digits <= _MOST
