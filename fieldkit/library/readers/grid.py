"""Tables with cells over several columns or rows -> plain rows under one row of names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fieldkit.core.text import clean_line
from fieldkit.library.readers.model import CELLS, COLUMNS

_VALUE = re.compile(r"^\s*[<>\u2264\u2265\u00b1~+-]?\s*\d")
_NAME_LENGTH = 60


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
    header = _joined(found[:names])
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

    In two columns a name is as good as none unless the values below are figures, and wrong where
    the first row is a pair of its own.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    first, *others = rows
    named_enough = sum(1 for cell in first if cell) >= max(2, len(first) - 1)
    if not named_enough or any(_VALUE.match(cell) or len(cell) > _NAME_LENGTH for cell in first):
        return False
    if len(first) > 2:
        return True
    return all(_VALUE.match(row[1]) for row in others if row[1])


def _joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
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
