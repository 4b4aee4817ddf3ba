"""Tables with cells over several columns or rows -> plain rows under one row of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import CELLS, COLUMNS

_VALUE = re.compile(r"[<>\u2264\u2265\u00b1~+\u2212\u2013-]?[ \u00a0]?[.,]?\d")
_NAME_LENGTH = 60
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
# What a value is beside its unit, and the mark of a note on it.
_UNSIGNED = re.compile(r"[\d\s%.,:/<>\u2264\u2265\u00b1~+\u2212\u2013-]+")
_NOTE = re.compile(r"(?<=[\d ])[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+[)\u207e]?")


class TooLarge(Exception):
    """A table has more cells than a manual's can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell; ``columns`` and ``rows`` are how many it covers, to the right and down."""

    text: str
    columns: int = 1
    rows: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``header`` names the columns, or is empty; ``rows`` are as wide or shorter.

    ``groups`` are the places in ``rows`` of those that only name the rows below them: their text is
    in the first cell, and the others are empty.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: frozenset[int] = frozenset()


def named(rows: Sequence[Sequence[str]], names: int | None = None) -> Table:
    """The table of ``rows``, of which the first ``names`` are names; None: find out.

    Empty rows and columns go.
    """
    found = narrowed(rows)
    if names is None:
        found = [row for row in found if any(row)]
        names = 1 if names_columns(found) else 0
    header = joined(found[:names])
    body = tuple(tuple(row) for row in found[names:] if any(row))
    return Table(header=header, rows=body)


def narrowed(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """``rows`` of clean lines, all equally wide, without empty columns."""
    found = [[clean_line(cell) for cell in row] for row in rows]
    width = max((len(row) for row in found), default=0)
    found = [row + [""] * (width - len(row)) for row in found]
    kept = [column for column in range(width) if any(row[column] for row in found)]
    return [[row[column] for column in kept] for row in found]


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of ``rows`` reads as the names of the columns.

    In two columns a name is as good as none unless the values below are figures of one unit or the
    keys are codes, and wrong where the first row is a pair of its own (``Oil | mineral`` above
    ``Volume | 8 l``). A code such as E 17 above others of its kind is a value. Years above figures
    of other kinds are names.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    first, *others = rows
    named_enough = sum(1 for cell in first if cell) >= max(2, len(first) - 1)
    if named_enough and len(first) > 2 and _years(rows):
        return True
    if not named_enough or any(_VALUE.match(cell) or len(cell) > _NAME_LENGTH for cell in first):
        return False
    if any(_same_code(column) for column in zip(*rows, strict=False)):
        return False
    if len(first) > 2:
        return True
    values = [row[1] for row in others if row[1]]
    figures = all(map(_VALUE.match, values))
    coded = all(_DIGITS.search(row[0]) for row in others) and not _DIGITS.search(first[0])
    return (coded and (figures or len(others) > 1)) or (figures and _one_quantity(first, values))


def _one_quantity(first: Sequence[str], values: Sequence[str]) -> bool:
    """Whether all figures of ``values`` have one unit or none, and ``first`` may name them."""
    if first[0][:1].isupper() and first[1][:1].islower():
        return False
    units = {_UNSIGNED.sub("", _NOTE.sub("", value)).casefold() for value in values}
    return len(units) == 1 and (len(values) > 1 or units == {""})


def _years(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds a name and then years, which the rows below do not."""
    first, *others = rows
    years = [cell for cell in first[1:] if cell]
    if _DIGITS.search(first[0]) or not all(map(_YEAR.fullmatch, years)):
        return False
    below = [cell for row in others for cell in row[1:] if cell]
    return (
        len(set(years)) == len(years)
        and bool(below)
        and not any(map(_YEAR.fullmatch, below))
        and not any(_YEAR.fullmatch(row[0]) for row in others)
    )


def tells_apart(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the second of ``rows`` names the corner and tells equal names above it apart.

    ``Torque | Torque`` over ``Bolt | dry | oiled``, with figures in the third row.
    """
    if len(rows) < 3 or len(rows[0]) < 3:
        return False
    above, own, below = rows[:3]
    if above[0] or not own[0] or any(map(_VALUE.match, own)):
        return False
    named = [(a, b, c) for a, b, c in zip(above, own, below, strict=False) if a and b]
    names = {(a, b) for a, b, _ in named}
    if len({a for a, _ in names}) == len(named) or len(names) < len(named):
        return False
    return all(_VALUE.match(c) for _, _, c in named)


def is_figure(text: str) -> bool:
    """Whether ``text`` begins as a number does, which names seldom do."""
    return _VALUE.match(text) is not None


def _same_code(column: Sequence[str]) -> bool:
    """Whether the first of ``column`` is made of letters and digits as most below are."""
    first, *others = column
    filled = [cell for cell in others if cell]
    if not filled or not _DIGITS.search(first):
        return False
    shape = shape_of(first)
    return sum(1 for cell in filled if shape_of(cell) == shape) * 2 > len(filled)


def shape_of(text: str) -> str:
    """``E 17`` and ``E 18`` have the same shape: how a code is made of letters and digits."""
    return _DIGITS.sub("9", _LETTERS.sub("a", text))


def joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Several rows of names as one: ``Torque`` over ``dry`` is ``Torque dry``."""
    return tuple(" ".join(dict.fromkeys(filter(None, cells))) for cells in zip(*rows, strict=True))


def spread(rows: Sequence[Sequence[Cell]], names: int) -> list[list[str]]:
    """Plain rows of ``rows``; what a cell over several rows says is said in each.

    Over several columns it is repeated in the first ``names`` rows only, where it is part of each
    column's name. Raises TooLarge.
    """
    plain: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> how many more rows, and the text
    total = 0
    for index, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            _hang(line, hanging)
            for offset in range(min(max(cell.columns, 1), COLUMNS)):
                text = cell.text if not offset or index < names else ""
                if cell.rows > 1:
                    hanging[len(line)] = (cell.rows - 1, text)
                line.append(text)
            if len(line) > COLUMNS:
                raise TooLarge(f"a table has more than {COLUMNS} columns")
        _hang(line, hanging)
        total += len(line)
        if total > CELLS:
            raise TooLarge(f"a table has more than {CELLS} cells")
        plain.append(line)
    return plain


def _hang(line: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    """Continue ``line`` with what hangs down into its next columns."""
    while len(line) in hanging:
        left, text = hanging.pop(len(line))
        if left > 1:
            hanging[len(line)] = (left - 1, text)
        line.append(text)
