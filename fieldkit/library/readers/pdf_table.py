"""Finds the tables among a page's lines: columns are where no line crosses, rows what rules part.

A table without ruled lines is read by its spacing: lines nearer than others belong to one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.library.readers.grid import Table, named
from fieldkit.library.readers.pdf_lines import Line
from fieldkit.library.readers.pdf_words import Rule, Word

_APART = 3.5  # of the size: lines further apart are not of one table
_UP = 6.0  # of the size: a cell beside several lines may be written after them, and stands higher
_LOOSE = 4  # lines in one column only, one after the other
_CROSSING = 0.15  # of the lines may reach over the gap between two columns
_NARROW = 2  # points: no gap between columns
_TIGHT = 1.4  # of the size, between lines of one cell
_MOST_WORDS = 25  # in a usual cell; more is text in columns
_LARGER = 1.15  # than the text around it: a heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """``table`` stands in place of the lines from ``begin`` up to ``end``."""

    begin: int
    end: int
    table: Table


def find_table(lines: Sequence[Line], begin: int, rules: Sequence[Rule]) -> Region | None:
    """The table that begins with the line at ``begin``; None when there is none."""
    if len(lines[begin].cells()) < 2:
        return None
    end = _end(lines, begin)
    region = lines[begin:end]
    wide = [line for line in region if len(line.cells()) > 1]
    columns = _columns(wide)
    if len(wide) < 2 or len(columns) < 2:
        return None
    rows = [_row(group, columns) for group in _groups(region, columns, rules)]
    cells = [cell for row in rows for cell in row if cell]
    if sum(len(cell.split()) for cell in cells) > _MOST_WORDS * len(cells):
        return None
    return Region(begin=begin, end=end, table=named(rows))


def _end(lines: Sequence[Line], begin: int) -> int:
    """Behind the last line with several cells, and behind what still belongs to its row."""
    last = begin
    for index in range(begin + 1, len(lines)):
        line, before = lines[index], lines[index - 1]
        size = max(line.size, before.size)
        if not -_UP * size < before.y - line.y < _APART * size or index - last > _LOOSE:
            break
        if len(line.cells()) > 1:
            last = index
        elif line.size > _LARGER * lines[begin].size:
            break
    return _tail(lines, last) + 1


def _tail(lines: Sequence[Line], last: int) -> int:
    """The lines behind ``last`` that continue one of its cells but the first."""
    second = lines[last].cells()[1][0].x0
    while last + 1 < len(lines):
        line, before = lines[last + 1], lines[last]
        near = abs(before.y - line.y) <= _TIGHT * line.size
        if not near or line.x0 < second - line.size:
            break
        last += 1
    return last


def _columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The stretches between gaps that few of ``lines`` reach over."""
    groups = [(group[0].x0, group[-1].x1) for line in lines for group in line.cells()]
    if not groups:
        return []
    first = int(min(x0 for x0, _ in groups))
    width = min(int(max(x1 for _, x1 in groups)) - first + 2, 20_000)
    covered = [0] * width
    for x0, x1 in groups:
        for x in range(max(int(x0) - first, 0), min(int(x1) - first + 1, width)):
            covered[x] += 1
    allowed = _CROSSING * len(lines)
    columns: list[tuple[float, float]] = []
    start: int | None = None
    for x, count in enumerate([*covered, 0]):
        if count > allowed and start is None:
            start = x
        elif count <= allowed and start is not None:
            columns.append((first + start, first + x))
            start = None
    return _merged(columns)


def _merged(columns: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for x0, x1 in columns:
        if merged and x0 - merged[-1][1] < _NARROW:
            merged[-1] = (merged[-1][0], x1)
        else:
            merged.append((x0, x1))
    return merged


def _groups(
    region: Sequence[Line], columns: Sequence[tuple[float, float]], rules: Sequence[Rule]
) -> list[list[Line]]:
    """The lines of each row, from the top."""
    ordered = sorted(region, key=lambda line: -line.y)
    parts = _parting(ordered, rules)
    groups = [[ordered[0]]]
    for before, line in pairwise(ordered):
        if parts:
            new = any(line.y < y <= before.y for y in parts)
        else:
            near = before.y - line.y <= _TIGHT * line.size
            first = min(columns[0][1], columns[1][0])
            new = not near or (line.x0 < first and any(o.x0 < first for o in groups[-1]))
        if new:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _parting(ordered: Sequence[Line], rules: Sequence[Rule]) -> list[float]:
    """The heights of ruled lines between the rows; none unless they go through the whole table."""
    x0, x1 = min(line.x0 for line in ordered), max(line.x1 for line in ordered)
    top, bottom = ordered[0].y, ordered[-1].y
    inside = sorted(
        (rule for rule in rules if bottom < rule.y < top and rule.x1 > x0 and rule.x0 < x1),
        key=lambda rule: rule.y,
    )
    heights: list[float] = []
    covered: list[float] = []
    for rule in inside:
        if not heights or rule.y - heights[-1] > 1.5:
            heights.append(rule.y)
            covered.append(0.0)
        covered[-1] += min(rule.x1, x1) - max(rule.x0, x0)
    through = [
        height for height, length in zip(heights, covered, strict=True) if length >= 0.7 * (x1 - x0)
    ]
    # A line under the names alone parts nothing else.
    return through if len(through) > 1 or len(ordered) == 2 else []


def _row(group: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[str]:
    cells: list[list[Word]] = [[] for _ in columns]
    for line in group:
        for word in line.words:
            middle = (word.x0 + word.x1) / 2
            nearest = min(range(len(columns)), key=lambda c: _distance(middle, columns[c]))
            cells[nearest].append(word)
    return [" ".join(word.text for word in cell) for cell in cells]


def _distance(x: float, column: tuple[float, float]) -> float:
    return max(column[0] - x, x - column[1], 0.0)
