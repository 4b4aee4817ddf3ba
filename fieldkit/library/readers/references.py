"""References to cells: ``B3`` and ``A1:C2``."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROWS, COLUMNS = 1_048_576, 16_384  # of a sheet
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
Place = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, its ends included."""

    top: int
    left: int
    bottom: int
    right: int


def place(reference: str) -> Place | None:
    """``B3`` as (3, 2); None where it is no cell of a sheet.

    >>> place("$AA$10")
    (10, 27)
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row, column) if 0 < row <= ROWS and column <= COLUMNS else None


def area(reference: str) -> Area | None:
    """``A1:C2`` or ``A1`` as an area; None where it is none."""
    start, _, end = reference.partition(":")
    one, two = place(start), place(end or start)
    if one is None or two is None:
        return None
    rows, columns = sorted((one[0], two[0])), sorted((one[1], two[1]))
    return Area(rows[0], columns[0], rows[1], columns[1])


def column_name(column: int) -> str:
    """The letters of a column, counted from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def as_index(text: str | None) -> int:
    """``text`` as a number of up to eight digits; -1 where it is none."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else -1
