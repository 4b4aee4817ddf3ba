"""The ruled lines of a PDF's page, and the edges of its boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

from fieldkit.library.readers.pdf_calls import Numbers, calls
from fieldkit.library.readers.pdf_objects import Drawn, Matrix

_SEGMENTS = 2_000  # of all paths of a page; what is behind them is not looked at
_DRAWN = 40  # segments that a path costs which is no straight line
_PATH = 5  # segments that looking at a path costs
_SMALL = 20.0  # points: a sign drawn as a path of several lines
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


_Span = tuple[float, float, float]
# x0, y0, x1 and y1 of a line or a box, and whether its outline is drawn and not only its area.
_Stroke = tuple[float, float, float, float, bool]


def ruling(paths: Sequence[Drawn], turn: Turn | None) -> Ruling:
    """The lines of a page with these ``paths``; none of one that is a drawing.

    ``turn`` gives a place of the page's own as one of the page with its text upright; None where
    it is upright.
    """
    # As (place, from, to): Rules and Bars are made of what is left when all are merged.
    rules: list[_Span] = []
    bars: list[_Span] = []
    shades: list[_Span] = []
    for left, bottom, right, top, drawn in _Reader().strokes(paths):
        x0, y0, x1, y1 = left, bottom, right, top
        if turn:
            (x0, y0), (x1, y1) = turn(left, bottom), turn(right, top)
        if x0 > x1:
            x0, x1 = x1, x0
        if y0 > y1:
            y0, y1 = y1, y0
        if y1 - y0 <= _THIN:
            if x1 - x0 > _THIN:
                rules.append(((y0 + y1) / 2, x0, x1))
        elif x1 - x0 <= _THIN:
            bars.append(((x0 + x1) / 2, y0, y1))
        elif drawn:
            rules += ((y0, x0, x1), (y1, x0, x1))
            bars += ((x0, y0, y1), (x1, y0, y1))
        else:
            shades += ((y0, x0, x1), (y1, x0, x1))
    return Ruling(
        tuple(Rule(a, b, y) for y, a, b in _merged(rules)),
        tuple(Bar(x, a, b) for x, a, b in _merged(bars)),
        tuple(Rule(a, b, y) for y, a, b in _merged(shades)),
    )


def _merged(lines: Iterable[_Span]) -> list[_Span]:
    """Lines as (place, from, to), with those that continue each other as one."""
    at: list[list[_Span]] = []
    for line in sorted(lines):
        if at and line[0] - at[-1][0][0] <= _SAME:
            at[-1].append(line)
        else:
            at.append([line])
    found: list[_Span] = []
    for same in at:
        place = sum([line[0] for line in same]) / len(same)
        same.sort(key=itemgetter(1))
        _, begin, end = same[0]
        for _, one, other in same:
            if one - end > _JOIN:
                found.append((place, begin, end))
                begin, end = one, other
            elif other > end:
                end = other
        found.append((place, begin, end))
    return [line for line in found if line[2] - line[1] >= _SHORT]


class _Reader:
    """Reads the paths of one page."""

    def __init__(self) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = calls()
        self._move, self._curve = pdfium.FPDF_SEGMENT_MOVETO, pdfium.FPDF_SEGMENT_BEZIERTO
        self._box = Numbers("f", 4)
        self._mode = Numbers("i", 2)
        self._point = Numbers("f", 2)
        self._matrix = Numbers("f", 6)
        self._left = _SEGMENTS

    def strokes(self, paths: Sequence[Drawn]) -> list[_Stroke]:
        """All straight lines and boxes of ``paths``."""
        found: list[_Stroke] = []
        pdfium = self._pdfium
        bounds, box = pdfium.FPDFPageObj_GetBounds, self._box.get
        left_at, bottom_at, right_at, top_at = self._box.at
        modes, mode = pdfium.FPDFPath_GetDrawMode, self._mode.get
        fill_at, stroke_at = self._mode.at
        segments_of = pdfium.FPDFPath_CountSegments
        for _, item, frame in paths:
            if frame.is_drawing or not bounds(item, left_at, bottom_at, right_at, top_at):
                continue
            left, bottom, right, top = box()
            wide, high = right - left, top - bottom
            through = frame.through
            if not through and wide < _SHORT and high < _SHORT and min(wide, high) > _THIN:
                continue  # a mark
            modes(item, fill_at, stroke_at)
            fill, stroke = mode()
            if not fill and not stroke:
                continue
            drawn = bool(stroke)
            segments = segments_of(item)
            if segments > 5:
                self._left -= _PATH
                if self._left > 0 and max(wide, high) > _SMALL:
                    self._segments(found, item, segments, through, drawn=drawn)
                continue
            if segments < 4 and wide > _THIN and high > _THIN:
                continue  # a slanted line or a corner
            if not through and wide <= _THIN and high <= _THIN:
                continue  # a dot
            if through:
                left, bottom = _moved((left, bottom), through)
                right, top = _moved((right, top), through)
            found.append((left, bottom, right, top, drawn))
        return found

    def _segments(
        self,
        found: list[_Stroke],
        item: int,
        count: int,
        above: Sequence[Matrix],
        *,
        drawn: bool,
    ) -> None:
        """Add the straight lines of a path of several; its rectangles where only areas are filled.

        A path that holds anything else adds what is before it.
        """
        pdfium, point, (x_at, y_at) = self._pdfium, self._point.get, self._point.at
        segment_at, point_of = pdfium.FPDFPath_GetPathSegment, pdfium.FPDFPathSegment_GetPoint
        kind_of, is_closed = pdfium.FPDFPathSegment_GetType, pdfium.FPDFPathSegment_GetClose
        pdfium.FPDFPageObj_GetMatrix(item, self._matrix.at[0])
        a, b, c, d, e, f = self._matrix.get()
        figure: list[tuple[float, float]] = []
        for index in range(count):
            segment = segment_at(item, index)
            kind = kind_of(segment) if segment else self._move
            if kind == self._move:
                _add_figure(found, figure, drawn=drawn)
                figure = []
            if not segment:
                continue
            self._left -= 1
            point_of(segment, x_at, y_at)
            x, y = point()
            place = (a * x + c * y + e, b * x + d * y + f)
            if above:
                place = _moved(place, above)
            figure.append(place)
            if kind == self._curve or not _is_straight(figure) or self._left < 0:
                self._left -= _DRAWN
                return  # a drawing
            if is_closed(segment):
                figure.append(figure[0])
        _add_figure(found, figure, drawn=drawn)


def _is_straight(points: Sequence[tuple[float, float]]) -> bool:
    """Whether the last two of ``points`` are beside or above each other."""
    if len(points) < 2:
        return True
    (x, y), (x1, y1) = points[-2], points[-1]
    return abs(x - x1) <= _SLANT or abs(y - y1) <= _SLANT


def _add_figure(
    found: list[_Stroke], points: Sequence[tuple[float, float]], *, drawn: bool
) -> None:
    if not drawn and len(points) >= 4:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if len({round(x) for x in xs}) <= 2 and len({round(y) for y in ys}) <= 2:
            found.append((min(xs), min(ys), max(xs), max(ys), False))
        return
    for one, other in pairwise(points):
        found.append((*one, *other, drawn))


def _moved(point: Sequence[float], through: Sequence[Matrix]) -> tuple[float, float]:
    x, y = point
    for a, b, c, d, e, f in through:
        x, y = a * x + c * y + e, b * x + d * y + f
    return x, y
