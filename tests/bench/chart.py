"""A chart of every result by its target: what reaches the line is met."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from tests.bench.figures import Figure, unit_text
from tests.bench.stats import Spread

WIDTH = 960
_ROW, _TOP, _BOTTOM = 38, 70, 44
_NAMES, _RIGHT = 400, 150  # room for names on the left, for numbers on the right
_REACH = 2.0  # the axis ends this many times beyond the target, and what is further is cut
_MET, _MISSED, _TARGET = "#2f855a", "#c05621", "#4a5568"
_STYLE = "font-family:system-ui,-apple-system,'Segoe UI',sans-serif"


def svg(figures: Sequence[Figure]) -> str:
    """The chart as an SVG document: a bar a figure, on a logarithmic axis of target = 1."""
    height = _TOP + _ROW * len(figures) + _BOTTOM
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" role="img" style="{_STYLE}">'
        ),
        "<title>Every figure by its target</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(24, 34, "How far beyond its target each figure is", size=17, weight=600),
        _text(_x(1), _TOP - 12, "target", size=12, anchor="middle", colour=_TARGET),
    ]
    for share in (0.5, 1.0, 2.0):
        colour, width = ("#4a5568", 1.5) if share == 1 else ("#e2e8f0", 1)
        x = _x(share)
        parts.append(
            f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{height - _BOTTOM + 4}" '
            f'stroke="{colour}" stroke-width="{width}"/>'
        )
        if share != 1:
            label = "half as good" if share < 1 else "twice as good"
            parts.append(
                _text(x, height - _BOTTOM + 20, label, size=11, anchor="middle", colour=_TARGET)
            )
    for number, figure in enumerate(figures):
        parts += _bar(figure, _TOP + number * _ROW)
    parts.append(
        _text(24, height - 14, "Right of the line: better than asked for.", size=12, colour=_TARGET)
    )
    return "\n".join([*parts, "</svg>", ""])


def attainment(figure: Figure, value: float) -> float:
    """How many times as good as its target ``value`` is: 1 is just met, above is better."""
    if figure.at_least:
        return value / figure.limit
    return figure.limit / value if value > 0 else math.inf


def _bar(figure: Figure, top: int) -> list[str]:
    colour = _MET if figure.met else _MISSED
    reached = _x(attainment(figure, figure.value))
    left, right = sorted((_x(1), reached))
    spread = Spread.of(figure.values)
    ends = sorted(_x(attainment(figure, value)) for value in (spread.low, spread.high))
    middle = top + _ROW / 2
    against = f"against {figure.against}" if figure.against else ""
    result = f"{figure.value:.3g}{unit_text(figure.unit)} ({figure.target})"
    return [
        _text(_NAMES - 12, middle - 1, _cut(figure.name, 60), size=12, anchor="end"),
        _text(_NAMES - 12, middle + 12, against, size=10, anchor="end", colour=_TARGET),
        (
            f'<rect x="{left:.1f}" y="{top + 9}" width="{max(right - left, 1.5):.1f}" '
            f'height="{_ROW - 18}" rx="2" fill="{colour}"/>'
        ),
        (
            f'<line x1="{ends[0]:.1f}" y1="{middle}" x2="{ends[1]:.1f}" y2="{middle}" '
            f'stroke="#1a202c" stroke-width="1.5"/>'
        ),
        _text(WIDTH - _RIGHT + 12, middle + 4, result, size=12, colour=colour),
    ]


def _x(share: float) -> float:
    """Where ``share`` of the target stands, cut to what the axis shows."""
    share = min(max(share, 1 / _REACH / 1.05), _REACH * 1.05)
    left, right = _NAMES + 10, WIDTH - _RIGHT - 10
    middle = (left + right) / 2
    return middle + (right - middle) * math.log(share) / math.log(_REACH * 1.05)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int,
    weight: int = 400,
    anchor: str = "start",
    colour: str = "#1a202c",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )
