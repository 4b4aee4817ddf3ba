"""Word's tables: merged cells, rows of names, and the pages that begin between rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers.docx_styles import W, value
from fieldkit.library.readers.docx_text import BREAK, RENDERED, pieces
from fieldkit.library.readers.grid import Cell, narrowed, spread
from fieldkit.library.readers.model import COLUMNS

_WRAPPERS = {W + name for name in ("sdt", "sdtContent", "ins", "customXml")}


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedTable:
    """``names``: how many rows are names, None if not said; ``before``: row -> page breaks."""

    rows: list[list[str]]
    names: int | None
    before: dict[int, list[str]]


def read_table(element: Any) -> PagedTable:
    """Read ``w:tbl``; raises ``grid.TooLarge``. A table in a cell is text of the cell."""
    elements = list(_below(element, W + "tr"))
    names = 0
    while names < len(elements) and _is_names(elements[names]):
        names += 1
    found = [_row(row) for row in elements]
    plain = spread(_joined([cells for cells, _, _ in found]), names)
    rows: list[list[str]] = []
    before: dict[int, list[str]] = {}
    for line, (_, above, below) in zip(plain, found, strict=True):
        before.setdefault(len(rows), []).extend(above)
        if any(line):
            rows.append(line)
        elif len(rows) < names:
            names -= 1
        before.setdefault(len(rows), []).extend(below)
    return PagedTable(rows=narrowed(rows), names=names or None, before=before)


def _is_names(row: Any) -> bool:
    mark = row.find(f"{W}trPr/{W}tblHeader")
    return mark is not None and mark.get(W + "val", "1") not in {"0", "false", "off"}


def _row(row: Any) -> tuple[list[Cell], list[str], list[str]]:
    """The cells of a row, and the page break before it or in it.

    Each cell of a row that the end of a page cuts notes the same break. The row is on the page
    where its first word is.
    """
    cells: list[Cell] = []
    above: list[str] = []
    below: list[str] = []
    for element in _below(row, W + "tc"):
        found = pieces(element)
        texts = [piece for piece in found if piece not in (BREAK, RENDERED)]
        marks = [piece for piece in found if piece in (BREAK, RENDERED)]
        if marks and not (above or below):
            first = not cells and found[0] in (BREAK, RENDERED)
            above, below = (marks[:1], []) if first else ([], marks[:1])
        merged = element.find(f"{W}tcPr/{W}vMerge")
        continues = merged is not None and merged.get(W + "val") != "restart"
        text = " ".join(texts)
        cells.append(Cell(text=text, columns=_span(element), rows=0 if continues else 1))
    return cells, above, below


def _joined(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Cells that continue the one above say what it says."""
    above: dict[int, str] = {}
    joined = []
    for row in rows:
        line = []
        column = 0
        for cell in row:
            text = above.get(column, "") if cell.rows == 0 else cell.text
            above[column] = text
            line.append(Cell(text=text, columns=cell.columns))
            column += cell.columns
        joined.append(line)
    return joined


def _span(cell: Any) -> int:
    span = value(cell, "tcPr", "gridSpan")
    return min(int(span), COLUMNS) if span.isdecimal() and len(span) < 6 else 1


def _below(element: Any, tag: str) -> Iterator[Any]:
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _below(child, tag)
