"""The ruled lines of a PDF's page, and the edges of its boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_OBJECTS = 5_000  # a drawing has more, and its lines rule no table
_SEGMENTS = 2_000  # of all paths of a page; what is behind them is not looked at
_DRAWN = 40  # segments that a path costs which is no straight line
_PATH = 5  # segments that looking at a path costs
_SMALL = 20.0  # points: a sign drawn as a path of several lines
_DEPTH = 3  # forms within forms
_THIN = 2.5  # points: a line, not an area
_SHORT = 5.0
_SLANT = 0.5  # points; more is no straight line
_JOIN = 3.0  # points: the gap of a dashed line, or between the edges of two cells
_SAME = 1.0  # points between two lines that are one

Turn = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line from ``x0`` to ``x1``, or an edge of a box."""

    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A vertical line from ``y0`` up to ``y1``, or an edge of a box."""

    x: float
    y0: float
    y1: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """``rules`` and ``bars`` are drawn lines; ``shades`` the edges of filled areas."""

    rules: tuple[Rule, ...] = ()
    bars: tuple[Bar, ...] = ()
    shades: tuple[Rule, ...] = ()


# x0, y0, x1 and y1 of a line or a box, and whether its outline is drawn and not only its area.
_Stroke = tuple[float, float, float, float, bool]


def ruling(page: Any, turn: Turn) -> Ruling:
    """The lines of a page of ``pypdfium2``; none of one that is a drawing.

    ``turn`` gives a place of the page's own as one of the page with its text upright.
    """
    rules: list[Rule] = []
    bars: list[Bar] = []
    shades: list[Rule] = []
    for left, bottom, right, top, drawn in _Reader().strokes(page.raw):
        (x0, y0), (x1, y1) = turn(left, bottom), turn(right, top)
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        if y1 - y0 <= _THIN and x1 - x0 <= _THIN:
            continue
        if y1 - y0 <= _THIN:
            rules.append(Rule(x0, x1, (y0 + y1) / 2))
        elif x1 - x0 <= _THIN:
            bars.append(Bar((x0 + x1) / 2, y0, y1))
        elif drawn:
            rules += [Rule(x0, x1, y0), Rule(x0, x1, y1)]
            bars += [Bar(x0, y0, y1), Bar(x1, y0, y1)]
        else:
            shades += [Rule(x0, x1, y0), Rule(x0, x1, y1)]
    return Ruling(
        tuple(Rule(a, b, y) for y, a, b in _merged((r.y, r.x0, r.x1) for r in rules)),
        tuple(Bar(x, a, b) for x, a, b in _merged((b.x, b.y0, b.y1) for b in bars)),
        tuple(Rule(a, b, y) for y, a, b in _merged((r.y, r.x0, r.x1) for r in shades)),
    )


def _merged(lines: Iterable[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Lines as (place, from, to), with those that continue each other as one."""
    at: list[list[tuple[float, float, float]]] = []
    for line in sorted(lines):
        if at and line[0] - at[-1][0][0] <= _SAME:
            at[-1].append(line)
        else:
            at.append([line])
    found: list[tuple[float, float, float]] = []
    for same in at:
        place = sum(line[0] for line in same) / len(same)
        begin, end = None, 0.0
        for _, one, other in sorted(same, key=lambda line: line[1]):
            if begin is None:
                begin, end = one, other
            elif one - end <= _JOIN:
                end = max(end, other)
            else:
                found.append((place, begin, end))
                begin, end = one, other
        if begin is not None:
            found.append((place, begin, end))
    return [line for line in found if line[2] - line[1] >= _SHORT]


class _Reader:
    """Reads the paths of one page."""

    def __init__(self) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._box = tuple(ctypes.c_float() for _ in range(4))
        self._left = _SEGMENTS

    def strokes(self, page: Any) -> Iterator[_Stroke]:
        """All straight lines and boxes of ``page``."""
        pdfium = self._pdfium
        count = pdfium.FPDFPage_CountObjects(page)
        if not 0 < count <= _OBJECTS:
            return
        for index in range(count):
            item = pdfium.FPDFPage_GetObject(page, index)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                yield from self._path(item, ())
            elif kind == pdfium.FPDF_PAGEOBJ_FORM:
                yield from self._item(item, (), _DEPTH)

    def _item(self, item: Any, above: tuple[Any, ...], depth: int) -> Iterator[_Stroke]:
        pdfium = self._pdfium
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield from self._path(item, above)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            matrix = self._matrix(item)
            count = pdfium.FPDFFormObj_CountObjects(item)
            if 0 < count <= _OBJECTS:
                for index in range(count):
                    inner = pdfium.FPDFFormObj_GetObject(item, index)
                    yield from self._item(inner, (matrix, *above), depth - 1)

    def _matrix(self, item: Any) -> Any:
        matrix = self._pdfium.FS_MATRIX()
        self._pdfium.FPDFPageObj_GetMatrix(item, matrix)
        return matrix

    def _path(self, item: Any, above: Sequence[Any]) -> Iterator[_Stroke]:
        pdfium = self._pdfium
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
        if not fill.value and not stroke.value:
            return
        drawn = bool(stroke.value)
        left, bottom, right, top = self._box
        if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return
        wide, high = right.value - left.value, top.value - bottom.value
        if not above and max(wide, high) < _SHORT and min(wide, high) > _THIN:
            return  # a mark
        segments = pdfium.FPDFPath_CountSegments(item)
        if segments > 5:
            self._left -= _PATH
            if self._left > 0 and max(wide, high) > _SMALL:
                yield from self._segments(item, segments, above, drawn=drawn)
            return
        if segments < 4 and wide > _THIN and high > _THIN:
            return  # a slanted line or a corner
        one, other = (left.value, bottom.value), (right.value, top.value)
        if above:
            one, other = _moved(one, above), _moved(other, above)
        yield *one, *other, drawn

    def _segments(
        self, item: Any, count: int, above: Sequence[Any], *, drawn: bool
    ) -> Iterator[_Stroke]:
        """The straight lines of a path of several; its rectangles where only areas are filled."""
        pdfium = self._pdfium
        through = (self._matrix(item), *above)
        x, y = ctypes.c_float(), ctypes.c_float()
        figure: list[tuple[float, float]] = []
        for index in range(count + 1):
            segment = pdfium.FPDFPath_GetPathSegment(item, index) if index < count else None
            kind = pdfium.FPDFPathSegment_GetType(segment) if segment else None
            if kind in {None, pdfium.FPDF_SEGMENT_MOVETO}:
                yield from _figure(figure, drawn=drawn)
                figure = []
            if kind is None:
                continue
            self._left -= 1
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            figure.append(_moved((x.value, y.value), through))
            curved = kind == pdfium.FPDF_SEGMENT_BEZIERTO
            if curved or not _is_straight(figure) or self._left < 0:
                self._left -= _DRAWN
                return  # a drawing
            if pdfium.FPDFPathSegment_GetClose(segment):
                figure.append(figure[0])


def _is_straight(points: Sequence[tuple[float, float]]) -> bool:
    """Whether the last two of ``points`` are beside or above each other."""
    if len(points) < 2:
        return True
    (x, y), (x1, y1) = points[-2:]
    return abs(x - x1) <= _SLANT or abs(y - y1) <= _SLANT


def _figure(points: Sequence[tuple[float, float]], *, drawn: bool) -> Iterator[_Stroke]:
    if not drawn and len(points) >= 4:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if len({round(x) for x in xs}) <= 2 and len({round(y) for y in ys}) <= 2:
            yield min(xs), min(ys), max(xs), max(ys), False
        return
    for one, other in pairwise(points):
        yield *one, *other, drawn


def _moved(point: tuple[float, float], through: Sequence[Any]) -> tuple[float, float]:
    x, y = point
    for m in through:
        x, y = m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f
    return x, y
