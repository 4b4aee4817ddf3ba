"""Numbers that name a thing, however they are grouped: ``4711 0815``, ``4711-0815``, ``47110815``.

A number is joined across single spaces, hyphens, and full stops between groups of three digits or
more, between thousands, or where there are two or more, which cannot be decimal points. Nothing is
joined across commas, lines, or what a decimal point divides.
Zeros in front stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LEAST, _MOST = 5, 20  # digits of a number that names a thing
_GROUPS = 6  # more in a row are the figures of a table
_RUN = re.compile(
    r"(?<![\w/-])(?:(?<![.,])|(?<=[^\W\d_][.,]))(?:(?P<letters>[A-Z]{1,4})[ .-])?"
    r"(?P<digits>[0-9]{1,3}(?:\.[0-9]{3}){2,5}|[0-9]{2,8}(?:\.[0-9]{2,8}){2,5}"
    r"|[0-9]+(?:(?:[ -]|(?<=[0-9]{3})\.(?=[0-9]{3}))[0-9]+)*)(?!\w|[.,][0-9])"
)
_MANY_DIGITS = re.compile(r"[0-9](?:[ .-]?[0-9]){4}")  # as every match has
_GROUP = re.compile(r"[0-9]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may name a thing, ``written`` so, with ``letters`` before it or none."""

    start: int
    end: int
    written: str
    letters: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The digits between the signs that group them."""
        return tuple(_GROUP.findall(self.written))

    @property
    def joined(self) -> str:
        """All digits, the zeros in front too."""
        return "".join(self.groups)


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a ``normal`` text with enough digits to name a thing, in order."""
    for match in _RUN.finditer(text) if _MANY_DIGITS.search(text) else ():
        letters = (match["letters"] or "").lower()
        number = Number(match.start(), match.end(), match["digits"], letters)
        if len(number.groups) <= _GROUPS and _names(number.joined):
            yield number


def joined(text: str) -> Iterator[str]:
    """Yield the numbers of ``text`` without the signs that group them.

    What spaces divide may be one number or several side by side: neighbours are joined in every
    way. Hyphens and full stops join one number, and so do spaces between thousands.
    """
    for number in numbers(text):
        parts = ["".join(_GROUP.findall(part)) for part in number.written.split(" ")]
        if _THOUSANDS.fullmatch(number.written):
            parts = [number.joined]
        for first in range(len(parts)):
            for last in range(first + 1, len(parts) + 1):
                digits = "".join(parts[first:last])
                if _names(digits):
                    yield digits
                    if number.letters and not first:
                        yield number.letters + digits


def _names(digits: str) -> bool:
    return _LEAST <= len(digits) <= _MOST
