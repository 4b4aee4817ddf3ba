"""Finds the tables among a page's lines: columns are where no line crosses, rows what rules part.

A table without ruled lines is read by its spacing: lines nearer than others belong to one row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fieldkit.library.readers.pdf_found import Found, Span, is_group, name_rows
from fieldkit.library.readers.pdf_joining import line_text, paragraph
from fieldkit.library.readers.pdf_lines import Line
from fieldkit.library.readers.pdf_rules import Rule
from fieldkit.library.readers.pdf_words import Word

_SECTION = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,4}\.?\Z")
# "49", "1 200.50", "25 Nm", "G1/4" is none.
_FIGURE = re.compile(r"[<>\u00b1~+\u2212\u2013-]? ?\d[\d.,]{0,9}(?: \d{3})?(?: ?[^\W\d]{1,5}|%)?")
_CAPTION = re.compile(
    r"(?:table|tab\.|tabelle|tableau|tabla|tabela|tabella|tabel|fig\.|figure|bild|abb\.) ?\d",
    re.IGNORECASE,
)
_APART = 3.5  # of the size: lines further apart are not of one table
_REST = 12  # lines of a cell that a page's end cuts
_UP = 6.0  # of the size: a cell beside several lines may be written after them, and stands higher
_LOOSE = 4  # lines in one column only, one after the other
_CROSSING = 0.15  # of the lines may reach over the gap between two columns
_NARROW = 2  # points: no gap between columns
_TIGHT = 1.4  # of the size, between lines of one cell
_MOST_WORDS = 25  # in a usual cell; more is text in columns
_ROW_GAP = 1.25  # of the distance between lines of one cell, between rows
_LARGER = 1.15  # than the text around it: a heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """``table`` stands in place of the lines from ``begin`` up to ``end``."""

    begin: int
    end: int
    table: Found


def find_table(lines: Sequence[Line], begin: int, rules: Sequence[Rule]) -> Region | None:
    """The table that begins with the line at ``begin``; None when there is none."""
    if len(lines[begin].cells()) < 2 and not (begin == 0 and _is_rest(lines)):
        return None
    if _is_numbered_heading(lines[begin : begin + 2]):
        return None
    end = _end(lines, begin)
    region = lines[begin:end]
    wide = [line for line in region if len(line.cells()) > 1]
    columns = _columns(wide)
    # Cells may be alone on their lines, as those in the middle of the others' height.
    if len(every := _columns(region)) == len(columns) + 1:
        columns = every
    # A name over two columns covers the gap between them.
    below = _columns(wide[1:]) if len(wide) > 2 else []
    if len(wide[0].cells()) < len(below) < len(columns):
        columns = below
    if len(wide) < 2 or len(columns) < 2:
        return None
    groups = _groups(region, columns, rules)
    if len(groups[0]) == 2 and len(groups) > 1:
        above, names = groups[0]
        if _over([above], columns, _row([names], columns)):
            groups[:1] = [[above], [names]]
    rows = [_row(group, columns) for group in groups]
    cells = [cell for row in rows for cell in row if cell]
    if sum(len(cell.split()) for cell in cells) > _MOST_WORDS * len(cells):
        return None
    return Region(begin=begin, end=end, table=_found(region, columns, groups, rows))


def _is_numbered_heading(lines: Sequence[Line]) -> bool:
    """Whether the first of two lines is a heading whose number is set apart."""
    if len(lines) < 2 or not _SECTION.match(lines[0].words[0].text):
        return False
    return len(lines[0].cells()) == 2 and lines[0].size > _LARGER * lines[1].size


def _is_rest(lines: Sequence[Line]) -> bool:
    """Whether the first line is the rest of a cell that the end of the page before cut."""
    first = lines[0]
    if not first.words[0].text[0].islower():
        return False
    for before, line in pairwise(lines[:_REST]):
        if not 0 < before.y - line.y < 2.5 * line.size:
            return False
        cells = line.cells()
        if len(cells) > 1:
            return any(abs(cell[0].x0 - first.x0) < line.size for cell in cells[1:])
        if abs(line.x0 - first.x0) > line.size:
            return False
    return False


def _found(
    region: Sequence[Line],
    columns: Sequence[Span],
    groups: Sequence[Sequence[Line]],
    rows: list[list[str]],
) -> Found:
    bold = [all(line.bold for line in group) for group in groups]
    first = 1
    if len(rows) > 2 and (over := _over(groups[0], columns, rows[1])):
        first = 2
        plain, rows[0] = rows[0], over
    names = name_rows(rows, bold, first)
    if not names and first == 2:
        rows[0] = plain
        names = name_rows(rows, bold, 1)
    titles = {
        index
        for index in range(names, len(rows) - 1)
        if _is_title(groups[index], rows[index], columns, all_bold=all(bold[names:]))
    }
    for index in titles:
        rows[index] = [" ".join(filter(None, rows[index])), *[""] * (len(columns) - 1)]
    return Found(
        columns=tuple(columns),
        rows=rows,
        names=names,
        top=region[0].y + region[0].size,
        bottom=min(line.y for line in region),
        size=max(line.size for line in region),
        order=min(line.order for line in region),
        groups=titles,
        distinct=bool(names) and all(bold[:names]) and not all(bold[names:]),
    )


def _over(group: Sequence[Line], columns: Sequence[Span], below: Sequence[str]) -> list[str] | None:
    """The names of a first row of which one covers several columns, repeated for each of them."""
    if len(group) > 1 or sum(map(bool, below)) < 2:
        return None
    cells = group[0].cells()
    if len(cells) >= len(columns):
        return None
    texts = [""] * len(columns)
    covers = False
    middles = [(x0 + x1) / 2 for x0, x1 in columns]
    edges = [-math.inf, *((a[1] + b[0]) / 2 for a, b in pairwise(columns)), math.inf]
    for index, cell in enumerate(cells):
        x0, x1 = cell[0].x0, cell[-1].x1
        center = (x0 + x1) / 2
        over = [c for c, (one, other) in enumerate(columns) if x0 < other and x1 > one]
        if len(over) < 2:
            # A short name centred over a gap: it covers the columns on both of its sides.
            limit = cells[index + 1][0].x0 if index + 1 < len(cells) else math.inf
            home = max(c for c in range(len(columns)) if edges[c] <= center)
            if (
                index
                and home + 1 < len(columns)
                and columns[home + 1][1] < limit
                and (
                    abs((middles[home] + middles[home + 1]) / 2 - center)
                    < abs(middles[home] - center)
                )
            ):
                over = [home, home + 1]
            elif (
                index
                and home
                and (
                    abs((middles[home] + middles[home - 1]) / 2 - center)
                    < abs(middles[home] - center)
                )
            ):
                over = [home - 1, home]
            else:
                over = [home]
        covers |= len(over) > 1
        for column in over:
            texts[column] = f"{texts[column]} {line_text(cell)}".strip()
    return texts if covers else None


def _is_title(
    group: Sequence[Line], row: Sequence[str], columns: Sequence[Span], *, all_bold: bool
) -> bool:
    """Whether a row names the rows below it: bold alone in the first column, or over several."""
    if len(group) != 1 or len(group[0].cells()) != 1 or not is_group(" ".join(filter(None, row))):
        return False
    line = group[0]
    if line.x0 > columns[0][1]:
        return False
    return (line.bold and not all_bold) or line.x1 > columns[1][0] + line.size


def _end(lines: Sequence[Line], begin: int) -> int:
    """Behind the last line with several cells, and behind what still belongs to its row."""
    last = begin
    loose = 0
    left = second = math.inf  # where the first and the second column begin
    for index in range(begin, len(lines)):
        line = lines[index]
        starts = [cell[0].x0 for cell in line.cells()]
        if index > begin:
            before = lines[index - 1]
            size = max(line.size, before.size)
            gap = before.y - line.y
            hangs = line.x0 >= second - line.size and 0 < gap <= _TIGHT * line.size
            loose = 0 if len(starts) > 1 else loose + (not hangs)
            if not -_UP * size < gap < _APART * size or loose > _LOOSE:
                break
        if len(starts) > 1:
            last = index
            left, second = _first_two(left, second, starts, line.size)
        elif index > begin and _ends_table(line, lines[begin], second):
            break
    return _tail(lines, last, second) + 1


def _ends_table(line: Line, first: Line, second: float) -> bool:
    """Whether a line of one cell is a heading, or what is written above the next table."""
    if line.size > _LARGER * first.size or _CAPTION.match(line.text):
        return True
    return line.x1 > second and line.text.endswith(":")


def _first_two(
    left: float, second: float, starts: Sequence[float], size: float
) -> tuple[float, float]:
    """Where the first two columns begin, with those of one more line."""
    both = sorted({left, second, *starts})
    left = both[0]
    return left, next((x for x in both if x > left + size), math.inf)


def _tail(lines: Sequence[Line], last: int, second: float) -> int:
    """The lines behind ``last`` that continue one of its cells but the first."""
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
    tight = _leading(ordered)
    for before, line in pairwise(ordered):
        if parts:
            new = any(line.y < y <= before.y for y in parts)
        else:
            new = _begins_row(before, line, groups[-1], columns, tight)
        if new:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups if parts else _by_figures(groups, columns)


def _by_figures(groups: list[list[Line]], columns: Sequence[Span]) -> list[list[Line]]:
    """``groups`` with a row for each figure of a column that has nothing but figures.

    The row below may leave its first cell empty, as it belongs to the same thing.
    """
    rows = {id(line): _row([line], columns) for group in groups for line in group}
    body = [rows[id(line)] for group in groups[1:] for line in group]
    figures = [
        column for column in range(1, len(columns))
        if sum(bool(row[column]) for row in body) > 2
        and all(_FIGURE.fullmatch(row[column]) for row in body if row[column])
    ]  # fmt: skip
    if not figures:
        return groups
    found = groups[:1]
    for group in groups[1:]:
        found.append(group[:1])
        for line in group[1:]:
            above = [rows[id(other)] for other in found[-1]]
            new = any(rows[id(line)][c] and any(row[c] for row in above) for c in figures)
            if new:
                found.append([line])
            else:
                found[-1].append(line)
    return found


def _leading(ordered: Sequence[Line]) -> float:
    """The distance between lines of one cell, where rows are further apart than that; else 0.0."""
    gaps = sorted(
        (a.y - b.y) / max(a.size, b.size)
        for a, b in pairwise(ordered)
        if a.y - b.y > 0.5 * max(a.size, b.size)
    )
    if len(gaps) < 2 or gaps[-1] < _ROW_GAP * gaps[0]:
        return 0.0
    return gaps[0] * 1.1


def _begins_row(
    before: Line, line: Line, group: Sequence[Line], columns: Sequence[Span], tight: float
) -> bool:
    """Whether ``line`` begins a row below that of ``group``, without a ruled line between them."""
    gap = before.y - line.y
    if gap > max(_TIGHT * line.size, tight * line.size):
        return True
    first = min(columns[0][1], columns[1][0])
    if line.x0 >= first or not any(other.x0 < first for other in group):
        return False
    # A label of several lines, in a table whose rows are further apart than its lines.
    runs_on = bool(tight) and gap <= tight * line.size
    return not (runs_on and (line.x1 < columns[1][0] or line.words[0].text[0].islower()))


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


def _row(group: Sequence[Line], columns: Sequence[Span]) -> list[str]:
    cells: list[list[str]] = [[] for _ in columns]
    for line in group:
        parts: list[list[Word]] = [[] for _ in columns]
        for cell in line.cells():
            for piece in _pieces(cell, columns):
                middle = (piece[0].x0 + piece[-1].x1) / 2
                nearest = min(range(len(columns)), key=lambda c: _distance(middle, columns[c]))
                parts[nearest] += piece
        for place, words in enumerate(parts):
            if words:
                cells[place].append(line_text(words))
    return [paragraph(cell) for cell in cells]


def _pieces(cell: Sequence[Word], columns: Sequence[Span]) -> list[list[Word]]:
    """A cell where the gaps between columns cut it: two columns may be near each other."""
    gaps = [(a[1], b[0]) for a, b in pairwise(columns)]
    pieces = [[cell[0]]]
    for before, word in pairwise(cell):
        middle = (before.x1 + word.x0) / 2
        apart = any(
            one - 1 <= middle <= other + 1 and before.x1 <= other + 1 and word.x0 >= one - 1
            for one, other in gaps
        )
        if apart and not word.glued:
            pieces.append([word])
        else:
            pieces[-1].append(word)
    return pieces


def _distance(x: float, column: Span) -> float:
    return max(column[0] - x, x - column[1], 0.0)
