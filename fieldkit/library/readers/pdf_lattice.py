"""Ruled lines that cross -> grids: their edges, and which squares are one cell."""

from __future__ import annotations

from bisect import bisect, bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.library.readers.pdf_found import Span
from fieldkit.library.readers.pdf_rules import Bar, Rule, Ruling

_PAIRS = 1_000_000  # rules times bars; a drawing has more
_CELLS = 20_000  # of one grid
_TOUCH = 3.0  # points
_SAME = 3.0  # points between two edges that are one
_BEYOND = 6.0  # points that a line reaches over the last crossing one: an open side
_COVERED = 0.6  # of a cell's side is a wall


@dataclass(slots=True)
class Grid:
    """Edges from left to right and from top to bottom, and the cell of each square."""

    xs: list[float]
    ys: list[float]
    owner: list[list[int]]
    spans: list[Span]  # of the columns

    def depths(self) -> dict[int, int]:
        """For each cell the number of its rows."""
        return Counter(cell for row in self.owner for cell in set(row))


def lattices(ruling: Ruling) -> list[Grid]:
    """The grids of a page; the smaller ones first, as they may be in a cell of a larger one."""
    if len(ruling.rules) * len(ruling.bars) > _PAIRS:
        return []
    made = [_grid(rules, bars) for rules, bars in _connected(ruling.rules, ruling.bars)]
    return sorted(filter(None, made), key=_area)


def _area(grid: Grid) -> float:
    return (grid.xs[-1] - grid.xs[0]) * (grid.ys[0] - grid.ys[-1])


def _connected(
    rules: Sequence[Rule], bars: Sequence[Bar]
) -> Iterator[tuple[list[Rule], list[Bar]]]:
    """Groups of lines that touch each other."""
    group = list(range(len(rules) + len(bars)))
    upward = sorted(range(len(rules)), key=lambda index: rules[index].y)
    ys = [rules[index].y for index in upward]
    for number, bar in enumerate(bars, len(rules)):
        first, behind = bisect_left(ys, bar.y0 - _TOUCH), bisect(ys, bar.y1 + _TOUCH)
        for index in upward[first:behind]:
            rule = rules[index]
            if rule.x0 - _TOUCH <= bar.x <= rule.x1 + _TOUCH:
                group[_root(group, index)] = _root(group, number)
    members: dict[int, tuple[list[Rule], list[Bar]]] = {}
    for index, rule in enumerate(rules):
        members.setdefault(_root(group, index), ([], []))[0].append(rule)
    for number, bar in enumerate(bars, len(rules)):
        members.setdefault(_root(group, number), ([], []))[1].append(bar)
    for found in members.values():
        if len(found[0]) > 1 and found[1]:
            yield found


def _grid(rules: Sequence[Rule], bars: Sequence[Bar]) -> Grid | None:
    left, right = min(r.x0 for r in rules), max(r.x1 for r in rules)
    low, high = min(b.y0 for b in bars), max(b.y1 for b in bars)
    xs = _edges([b.x for b in bars], left, right)
    ys = _edges([r.y for r in rules], low, high)[::-1]
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _CELLS:
        return None
    columns, rows = len(xs) - 1, len(ys) - 1
    walls = _Walls(rules, bars, xs, ys)
    group = list(range(rows * columns))
    for row in range(rows):
        for column in range(columns):
            square = row * columns + column
            if column and not walls.upright(row, column):
                group[_root(group, square)] = _root(group, square - 1)
            if row and not walls.level(row, column):
                group[_root(group, square)] = _root(group, square - columns)
    owner = [
        [_root(group, row * columns + column) for column in range(columns)] for row in range(rows)
    ]
    return Grid(xs, ys, owner, list(pairwise(xs)))


def _root(group: list[int], index: int) -> int:
    """The index that represents the group of ``index``."""
    while group[index] != index:
        group[index] = group[group[index]]
        index = group[index]
    return index


def _edges(places: Iterable[float], first: float, last: float) -> list[float]:
    """``places`` without doubles, and the ends of an open side."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _SAME:
            found.append(place)
    if found[0] - first > _BEYOND:
        found.insert(0, first)
    if last - found[-1] > _BEYOND:
        found.append(last)
    return found


class _Walls:
    """Which sides of the squares are drawn."""

    def __init__(
        self, rules: Sequence[Rule], bars: Sequence[Bar], xs: list[float], ys: list[float]
    ) -> None:
        self._xs, self._ys = xs, ys
        self._bars: dict[int, list[Span]] = {}
        for bar in bars:
            self._bars.setdefault(_nearest(xs, bar.x), []).append((bar.y0, bar.y1))
        upward = ys[::-1]
        self._rules: dict[int, list[Span]] = {}
        for rule in rules:
            row = len(ys) - 1 - _nearest(upward, rule.y)
            self._rules.setdefault(row, []).append((rule.x0, rule.x1))

    def upright(self, row: int, column: int) -> bool:
        """Whether a line is left of the square."""
        return _is_covered(self._bars.get(column, ()), self._ys[row + 1], self._ys[row])

    def level(self, row: int, column: int) -> bool:
        """Whether a line is above the square."""
        return _is_covered(self._rules.get(row, ()), self._xs[column], self._xs[column + 1])


def _is_covered(lines: Iterable[Span], low: float, high: float) -> bool:
    """Whether ``lines`` cover enough of what is from ``low`` to ``high``."""
    covered = 0.0
    for one, other in lines:
        if one <= low and other >= high:
            return True  # most sides of a table's cells
        if one < high and other > low:
            covered += min(other, high) - max(one, low)
    return covered >= _COVERED * (high - low)


def _nearest(places: Sequence[float], place: float) -> int:
    """The index of the one of ``places``, which ascend, that is nearest to ``place``."""
    index = bisect_left(places, place)
    if index == len(places) or (index and place - places[index - 1] <= places[index] - place):
        return index - 1
    return index
