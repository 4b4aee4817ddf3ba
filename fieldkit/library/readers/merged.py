"""Merged cells of a sheet: what an area says is known in each of its rows and columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from fieldkit.library.readers.cell_text import Value
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.model import CELLS
from fieldkit.library.readers.references import Area
from fieldkit.library.readers.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell, or a part of a merged area.

    ``columns`` and ``rows`` are the area's size as far as it is visible; ``right`` and ``down``
    are how far this part is from its first.
    """

    text: str
    look: tuple[bool, int] = (False, 0)
    columns: int = 1
    rows: int = 1
    right: int = 0
    down: int = 0
    note: str = ""

    @property
    def said(self) -> str:
        """The text with its note."""
        return f"{self.text} (Note: {self.note})".lstrip() if self.note else self.text


@dataclass(frozen=True, slots=True)
class Line:
    """A row with something in it; ``index`` counts the visible rows, ``number`` all."""

    index: int
    number: int
    spots: dict[int, Spot]

    @property
    def alone(self) -> Spot | None:
        """The only cell, where there is one and it begins in this row."""
        spots = list(self.spots.values())
        if spots[0].down or any(not spot.right for spot in spots[1:]):
            return None
        return spots[0]


def lines(sheet: Worksheet) -> tuple[list[Line], list[int], list[int]]:
    """The visible rows of ``sheet``, and the hidden rows and columns that hold something.

    Raises TooLarge where the merged areas cover too many cells.
    """
    hidden_columns = _hidden_columns(sheet)
    covered = _covered(sheet, hidden_columns)
    found: list[Line] = []
    left_rows: list[int] = []
    left_columns: set[int] = set()
    unseen = frozenset(hidden_columns)
    rows = sorted(sheet.hidden_rows)
    for number in sorted(sheet.cells.keys() | covered.keys()):
        cells = sheet.cells.get(number, {})
        if number in sheet.hidden_rows:
            if cells:
                left_rows.append(number)
            continue
        spots = {
            column: Spot(value.text, value.look, note=value.note)
            for column, value in cells.items()
            if column not in unseen
        } | covered.get(number, {})
        left_columns |= unseen & cells.keys()
        if spots:
            placed = {c - bisect_left(hidden_columns, c): spots[c] for c in sorted(spots)}
            found.append(Line(number - bisect_left(rows, number), number, placed))
    return found, left_rows, sorted(left_columns)


def _hidden_columns(sheet: Worksheet) -> list[int]:
    """The hidden columns, as far as any is used, in order."""
    widest = max((max(cells) for cells in sheet.cells.values()), default=0)
    changes = [0] * (widest + 2)
    for first, last in sheet.hidden_columns:
        if 0 < first <= min(last, widest):
            changes[first] += 1
            changes[min(last, widest) + 1] -= 1
    depths = accumulate(changes)
    return [column for column, depth in enumerate(depths) if depth and column]


def _covered(sheet: Worksheet, hidden_columns: Sequence[int]) -> dict[int, dict[int, Spot]]:
    """The visible parts of merged areas with a text, by row and column."""
    hidden = frozenset(hidden_columns)
    rows = sorted(sheet.cells)
    widest = max((max(cells) for cells in sheet.cells.values()), default=0)
    found: dict[int, dict[int, Spot]] = {}
    total = 0
    for area in sheet.merged:
        value = sheet.cells.get(area.top, {}).get(area.left)
        if value is None or (area.top, area.left) == (area.bottom, area.right):
            continue
        inside = rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]
        inside = [row for row in inside if row not in sheet.hidden_rows]
        columns = [
            column
            for column in range(area.left, min(area.right, widest) + 1)
            if column not in hidden
        ]
        total += len(inside) * len(columns)
        if total > CELLS:
            raise TooLarge(f"its merged areas cover more than {CELLS} cells")
        _cover(found, area, value, inside, columns)
    return found


def _cover(
    found: dict[int, dict[int, Spot]],
    area: Area,
    value: Value,
    rows: Sequence[int],
    columns: Sequence[int],
) -> None:
    wide = max(area.right - area.left + 1 if not columns else len(columns), 1)
    # An area that reaches over columns that are empty is wide, too: a title.
    wide = max(wide, min(area.right - area.left + 1, 2))
    for down, row in enumerate(rows):
        line = found.setdefault(row, {})
        for right, column in enumerate(columns):
            line.setdefault(
                column,
                Spot(
                    value.text,
                    value.look,
                    wide,
                    max(len(rows), 1),
                    right,
                    down,
                    "" if right else value.note,
                ),
            )
