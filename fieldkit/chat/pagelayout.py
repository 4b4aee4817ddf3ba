"""A page's text in the rows of a screen: wrapped by words, tables row by row, what is marked.

Pure: widths are cells of the terminal, nothing here knows a widget.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.cells import cell_len

from fieldkit.chat.pagetext import PageText

Kind = Literal["heading", "mark", "term"]
Range = tuple[int, int]

GUTTER = 2  # cells before each row: the mark, and a space
_GAP = "  "  # between the columns of a table
_NARROWEST = 9  # cells of a column that holds words; below, a row is told cell by cell
_INDENT = re.compile(r"^\s*(?:(?:\d{1,3}[.)]|[-*+•])\s+)?")
_TOKEN = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the screen; ``spans`` are ranges of ``text``.

    ``marked``: some of the passage stands on it, which is also said in the margin.
    """

    text: str
    spans: tuple[tuple[int, int, Kind], ...] = ()
    marked: bool = False


def lay_out(
    page: PageText, width: int, terms: Callable[[str], Sequence[Range]] | None = None
) -> tuple[Row, ...]:
    """Return ``page`` in rows of at most ``width`` cells (at least 10, the gutter not counted).

    ``terms`` finds the words of the question in a text; they are told apart within the passage.
    """
    width = max(10, width)
    rows: list[Row] = []
    table: list[tuple[tuple[str, ...], bool]] = []
    wide = False
    position = 0
    lines = page.text.split("\n")
    for line, cells in zip(lines, page.rows or ((),) * len(lines), strict=True):
        place = (position, position + len(line))
        position = place[1] + 1
        marks = _within(page.marks, place)
        if cells:
            wide = wide or cell_len(line) > width
            table.append((cells, bool(marks)))
        elif table:
            rows += _table(table, width, wide=wide)
            table, wide = [], False
        if not cells:
            rows += _wrapped(line, width, marks, heading=bool(_within(page.headings, place)))
    rows += _table(table, width, wide=wide)
    return tuple(_with_terms(row, terms) if terms and row.marked else row for row in rows)


def _within(ranges: Sequence[Range], place: Range) -> list[Range]:
    """What of ``ranges`` lies in ``place``, counted from its beginning."""
    start, end = place
    return [(max(a - start, 0), min(b, end) - start) for a, b in ranges if a < end and b > start]


def _with_terms(row: Row, terms: Callable[[str], Sequence[Range]]) -> Row:
    inside = [(a, b) for a, b, kind in row.spans if kind == "mark"]
    found: list[tuple[int, int, Kind]] = [
        (start, end, "term")
        for start, end in terms(row.text)
        if any(a <= start and end <= b for a, b in inside)
    ]
    return replace(row, spans=(*row.spans, *found))


def _wrapped(text: str, width: int, marks: Sequence[Range], *, heading: bool) -> Iterator[Row]:
    """A line in as many rows as it needs; what belongs to a list's item stays below its text."""
    match = _INDENT.match(text)
    hang = min(len(match[0]) if match else 0, width // 3)
    for number, (start, end) in enumerate(pieces(text, width, hang)):
        indent = hang if number else 0
        spans: list[tuple[int, int, Kind]] = []
        if heading:
            spans.append((indent, indent + end - start, "heading"))
        spans += [(a + indent, b + indent, "mark") for a, b in _within(marks, (start, end))]
        marked = any(kind == "mark" for *_, kind in spans)
        yield Row(text=" " * indent + text[start:end], spans=tuple(spans), marked=marked)


def pieces(text: str, width: int, hang: int = 0) -> Iterator[Range]:
    """Where ``text`` is broken: at spaces, or inside what is longer than a row.

    The rows after the first are ``hang`` cells shorter.
    """
    start = end = used = 0
    room = width
    for token in _TOKEN.finditer(text):
        size = cell_len(token[0])
        if used and used + size > room:
            yield start, end
            room = width - hang
            start = token.end() - len(token[0].lstrip())
            used, size = 0, cell_len(token[0].lstrip())
        while size > room:
            cut = _fitting(text, start, room)
            yield start, cut
            room = width - hang
            start, used = cut, 0
            size = cell_len(text[start : token.end()])
        used += size
        end = token.end()
    yield start, max(end, start)


def _fitting(text: str, start: int, room: int) -> int:
    """Where to cut a word that does not fit: behind at least one character."""
    cut = start + 1
    while cut < len(text) and cell_len(text[start : cut + 1]) <= room:
        cut += 1
    return cut


def _table(
    table: Sequence[tuple[tuple[str, ...], bool]], width: int, *, wide: bool
) -> Iterator[Row]:
    """A table's rows: in columns as wide as there is room, or cell by cell below their names."""
    if not table:
        return
    widths = [max(map(cell_len, column)) for column in zip(*(c for c, _ in table), strict=True)]
    if wide:
        widths = _narrowed(widths, width - len(_GAP) * (len(widths) - 1))
    if not sum(widths):  # no room for its columns
        yield from _told(table, width)
        return
    for cells, marked in table:
        yield from _in_columns(cells, widths, marked=marked)


def _narrowed(widths: Sequence[int], room: int) -> list[int]:
    """Take from the widest columns until all fit; no widths where they would be too narrow."""
    narrowed = list(widths)
    while sum(narrowed) > room:
        widest = max(narrowed)
        if widest <= _NARROWEST:
            return []
        narrowed[narrowed.index(widest)] -= 1
    return narrowed


def _in_columns(cells: Sequence[str], widths: Sequence[int], *, marked: bool) -> Iterator[Row]:
    broken = [
        [cell[a:b] for a, b in pieces(cell, max(width, 1))]
        for cell, width in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, broken))):
        parts = [piece[number] if number < len(piece) else "" for piece in broken]
        padded = [
            part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True)
        ]
        yield _row(_GAP.join(padded).rstrip(), marked=marked)


def _told(table: Sequence[tuple[tuple[str, ...], bool]], width: int) -> Iterator[Row]:
    """Each row as its first cell, and the others below it after the names of their columns."""
    names = table[0][0]
    for cells, marked in table[1:] or table:
        lines = [cells[0], *(f"  {name}: {cell}" for name, cell in _named(names, cells))]
        for line in lines:
            for start, end in pieces(line, width):
                yield _row(line[start:end], marked=marked)


def _named(names: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((n, c) for n, c in zip(names[1:], cells[1:], strict=True) if c)


def _row(text: str, *, marked: bool) -> Row:
    spans: tuple[tuple[int, int, Kind], ...] = ((0, len(text), "mark"),) if marked else ()
    return Row(text=text, spans=spans, marked=marked)
