"""Word's tables: merged cells, rows of names, groups, and the pages that begin between rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fieldkit.library.readers.docx_blocks import flat, inside, is_mark
from fieldkit.library.readers.docx_context import Context
from fieldkit.library.readers.docx_fields import Fields
from fieldkit.library.readers.docx_findings import CHANGES, HIDDEN_ROWS
from fieldkit.library.readers.docx_names import W, child, count, has_text, switch, value
from fieldkit.library.readers.grid import Cell, TooLarge, named, narrowed, spread
from fieldkit.library.readers.model import COLUMNS, TEXT_BYTES

_VALUE = re.compile(r"[<>\u2264\u2265\u00b1~+-]?\d")
_NAME = 60  # characters
_GROUP = 80
_PARAGRAPHS = 3  # in a cell of a table of one row, which only arranges text


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedTable:
    """``names``: how many rows are names, None if not said; ``before``: row -> page breaks.

    ``titles`` are the rows above the names that have one cell over all columns; ``groups`` are the
    places in ``rows`` of those that only name the rows below them.
    """

    titles: list[str]
    rows: list[list[str]]
    names: int | None
    groups: frozenset[int]
    before: dict[int, list[str]]


@dataclass(slots=True)
class _Row:
    cells: list[Cell] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    names: bool = False
    padded: bool = False  # has no cells below or above some of the others
    bold: bool = False

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells if cell.text)

    def is_whole(self, width: int) -> bool:
        """Whether one cell over all ``width`` columns is all there is."""
        return len(self.cells) == 1 and self.cells[0].columns >= width > 1 and bool(self.text)

    @property
    def is_bold_name(self) -> bool:
        """Whether a bold name in the first of three or more cells is all there is."""
        others = [cell for cell in self.cells[1:] if not cell.text and cell.rows]
        return self.bold and bool(self.text) and 2 <= len(others) == len(self.cells) - 1


def only_arranges(table: Any) -> bool:
    """Whether ``w:tbl`` has no columns to read together: a box, a picture beside its text."""
    rows = [list(cells(row)) for row in table_rows(table)]
    if all(sum(map(has_text, row)) <= 1 for row in rows):
        return True
    return len(rows) == 1 and any(_is_long(cell) for cell in rows[0])


def table_rows(table: Any, context: Context | None = None) -> Iterator[Any]:
    """The rows that are shown; those left out are noted in ``context``."""
    for row in inside(table):
        properties = child(row, "trPr")
        if row.tag != W + "tr":
            continue
        if properties is not None and child(properties, "del") is not None:
            topic = CHANGES
        elif properties is not None and switch(properties, "hidden"):
            topic = HIDDEN_ROWS
        else:
            yield row
            continue
        if context is not None:
            text = "" if topic is CHANGES else " ".join(t.text or "" for t in row.iter(W + "t"))
            context.findings.add(topic, text)


def cells(row: Any) -> Iterator[Any]:
    """The cells of a row."""
    return (cell for cell in inside(row) if cell.tag == W + "tc")


def read_table(context: Context, table: Any, fields: Fields) -> PagedTable:
    """Read ``w:tbl``; raises ``grid.TooLarge``. A table in a cell is text of the cell."""
    found = [_row(context, row, fields) for row in table_rows(table, context)]
    _regular(found)
    width = max((sum(cell.columns for cell in row.cells) for row in found), default=0)
    above: list[str] = []
    titles: list[str] = []
    while found and (found[0].is_whole(width) or not found[0].text):
        row = found.pop(0)
        titles += [row.text] if row.text else []
        above += row.above + row.below
    known = _names(found, width)
    names = known or 0
    _continue_cells(found)
    _share_values(found, names)
    plain = spread([row.cells for row in found], names)
    rows: list[list[str]] = []
    groups = set()
    before: dict[int, list[str]] = {0: above}
    for index, (line, row) in enumerate(zip(plain, found, strict=True)):
        before.setdefault(len(rows), []).extend(row.above)
        if any(line):
            if index >= names and _is_group(found[index : index + 2], width):
                groups.add(len(rows))
            rows.append(line)
        elif index < names:
            names -= 1
        before.setdefault(len(rows), []).extend(row.below)
    return PagedTable(
        titles=titles,
        rows=narrowed(rows),
        names=known if known is None else names,
        groups=frozenset(groups),
        before=before,
    )


def table_text(context: Context, table: Any, fields: Fields) -> list[str]:
    """A table in a cell as text: ``M8: dry 25, oiled 21; M10: dry 49``."""
    found = read_table(context, table, fields)
    whole = named(found.rows, found.names)
    lines = list(found.titles)
    for row in whole.rows:
        names = [*whole.header[1:], *[""] * len(row)]
        rest = [f"{n} {cell}".strip() for n, cell in zip(names, row[1:], strict=False) if cell]
        lines.append(": ".join(part for part in (row[0], ", ".join(rest)) if part))
    if not whole.rows and whole.header:
        lines.append(", ".join(filter(None, whole.header)))
    marks = [mark for row in found.before.values() for mark in row]
    return [*marks, *(["; ".join(lines)] if lines else [])]


def _row(context: Context, element: Any, fields: Fields) -> _Row:
    """Read a row, and the page break before it or in it.

    Each cell of a row that the end of a page cuts notes the same break. The row is on the page
    where its first word is.
    """
    paragraphs = (context.styles.of(part) for part in element.iter(W + "p") if has_text(part))
    row = _Row(
        names=bool(switch(element, "trPr", "tblHeader")),
        bold=all(style.bold or bool(style.level) for style in paragraphs),
    )
    if before := count(value(element, "trPr", "gridBefore")):
        row.cells.append(Cell(text="", columns=min(before, COLUMNS)))
        row.padded = True
    if child(element, "trPr", "ins") is not None:
        context.findings.add(CHANGES)
    for cell in cells(element):
        pieces = flat(context, cell, fields, lambda table: table_text(context, table, fields))
        marks = [piece for piece in pieces if is_mark(piece)]
        if marks and not (row.above or row.below):
            first = len(row.cells) == 0 and is_mark(pieces[0])
            row.above, row.below = (marks[:1], []) if first else ([], marks[:1])
            context.findings.turn()
        merged = child(cell, "tcPr", "vMerge")
        continues = merged is not None and merged.get(W + "val") != "restart"
        deleted = child(cell, "tcPr", "cellDel") is not None
        text = "" if deleted else " ".join(piece for piece in pieces if not is_mark(piece))
        row.cells.append(Cell(text=text, columns=_span(cell), rows=0 if continues else 1))
    if after := count(value(element, "trPr", "gridAfter")):
        row.cells.append(Cell(text="", columns=min(after, COLUMNS)))
        row.padded = True
    return row


def _names(rows: Sequence[_Row], width: int) -> int | None:
    """How many of ``rows`` are names of the columns; None where only their words can say."""
    marked = 0
    while marked < len(rows) and rows[marked].names:
        marked += 1
    if 0 < marked < len(rows):
        return marked
    names = 0
    while names + 2 < len(rows) and _divides(rows[names], rows[names + 1], width):
        names += 1
    if names and _is_text(rows[names]):
        return names + 1
    # "Oil: VG 46" is a pair, also above "Volume: 8 l".
    if width == 2 and rows and any(map(str.isdigit, rows[0].text)):
        return 0
    return 1 if _is_bold_head(rows) else None


def _is_bold_head(rows: Sequence[_Row]) -> bool:
    """Whether only the first of ``rows`` is bold, with a name in all columns but one."""
    if len(rows) < 2 or rows[1].bold or not rows[0].bold or not _is_text(rows[0]):
        return False
    return sum(1 for cell in rows[0].cells if cell.text) >= max(2, len(rows[0].cells) - 1)


def _divides(above: _Row, below: _Row, width: int) -> bool:
    """Whether names in ``above`` are those of several columns, each with a name ``below``.

    A row that says more ``below`` a name of one column is the first row of values.
    """
    starts = {start for start, cell in _placed(below) if cell.text and cell.rows}
    single = {start for start, cell in _placed(above) if cell.text and cell.columns == 1}
    wide = [
        len(starts.intersection(range(start, start + cell.columns)))
        for start, cell in _placed(above)
        if cell.text and 1 < cell.columns < width
    ]
    return _is_text(above) and bool(wide) and min(wide) > 1 and not starts & single


def _placed(row: _Row) -> Iterator[tuple[int, Cell]]:
    column = 0
    for cell in row.cells:
        yield column, cell
        column += cell.columns


def _share_values(rows: Sequence[_Row], names: int) -> None:
    """Put a value over several named columns in each of them, as it holds for all."""
    named_at = {start for row in rows[: max(names, 1)] for start, cell in _placed(row) if cell.text}
    for row in rows[max(names, 1) :]:
        shared: list[Cell] = []
        for start, cell in _placed(row):
            holds = start and cell.columns > 1 and _VALUE.match(cell.text)
            if holds and named_at.issuperset(range(start, start + cell.columns)):
                shared += [replace(cell, columns=1)] * cell.columns
            else:
                shared.append(cell)
        row.cells = shared


def _regular(rows: Sequence[_Row]) -> None:
    """Make each cell one column where all rows have as many, however far their edges are apart.

    Edges that a hand moved are columns of their own to Word.
    """
    width = max((sum(cell.columns for cell in row.cells) for row in rows), default=0)
    parts = [row for row in rows if not row.is_whole(width)]
    counts = {len(row.cells) for row in parts}
    ends = {sum(cell.columns for cell in row.cells) for row in parts}
    if len(counts) != 1 or len(ends) != 1 or any(row.padded for row in parts):
        return
    for row in rows:
        columns = counts.copy().pop() if row.is_whole(width) else 1
        row.cells = [replace(cell, columns=columns) for cell in row.cells]


def _is_text(row: _Row) -> bool:
    """Whether no cell of ``row`` reads as a value."""
    return not any(_VALUE.match(cell.text) or len(cell.text) > _NAME for cell in row.cells)


def _is_group(rows: Sequence[_Row], width: int) -> bool:
    """Whether the first of two ``rows`` only names those below it."""
    if len(rows) < 2 or rows[1].is_whole(width) or rows[1].is_bold_name:
        return False
    if not (rows[0].is_whole(width) or rows[0].is_bold_name):
        return False
    return len(rows[0].text) <= _GROUP and rows[0].text[-1] not in ".!?;,"


def _continue_cells(rows: Sequence[_Row]) -> None:
    """Let cells that continue the one above say what it says; raises ``grid.TooLarge``."""
    above: dict[int, str] = {}
    repeated = 0
    for row in rows:
        line = []
        for start, cell in _placed(row):
            text = above.get(start, "") if cell.rows == 0 else cell.text
            repeated += len(text) if cell.rows == 0 else 0
            if repeated > TEXT_BYTES:
                raise TooLarge("the merged cells of a table hold too much text")
            above[start] = text
            line.append(Cell(text=text, columns=cell.columns))
        row.cells = line


def _span(cell: Any) -> int:
    return min(max(count(value(cell, "tcPr", "gridSpan"), 1), 1), COLUMNS)


def _is_long(cell: Any) -> bool:
    if any(element.tag == W + "tbl" for element in inside(cell)):
        return True
    return sum(map(has_text, (p for p in inside(cell) if p.tag == W + "p"))) >= _PARAGRAPHS
