"""Tables of web pages: spans, rows of names, and tables that only place things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldkit.library.readers.grid import Cell, Table, named, spread

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def is_layout(table: Any) -> bool:
    """Whether a table only places text: it holds tables or headings, or one cell in each row."""
    if any(found is not table for found in table.iter("table")):
        return True
    if next(table.iter(*_HEADINGS), None) is not None:
        return True
    return all(len(_cells(row)) < 2 for row in table.iter("tr"))


def read_table(table: Any, text: Callable[[Any], str]) -> Table:
    """Read a table, its cells by ``text``; raises ``grid.TooLarge``."""
    rows = list(table.iter("tr"))
    names = 0
    while names < len(rows) and _is_names(rows[names]):
        names += 1
    marked = any(cell.tag == "th" for row in rows for cell in _cells(row))
    cells = [
        [
            Cell(text=text(cell), columns=_count(cell, "colspan"), rows=_count(cell, "rowspan"))
            for cell in _cells(row)
        ]
        for row in rows
    ]
    plain = spread(cells, names)
    return named(plain, names if names or marked else None)


def _cells(row: Any) -> list[Any]:
    return [child for child in row if child.tag in {"td", "th"}]


def _is_names(row: Any) -> bool:
    """Whether a row stands in ``thead`` or has names only; the row of a title has one."""
    cells = _cells(row)
    parent = row.getparent()
    if parent is not None and parent.tag == "thead":
        return True
    return len(cells) > 1 and all(cell.tag == "th" for cell in cells)


def _count(cell: Any, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1
