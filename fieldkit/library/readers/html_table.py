"""Tables of web pages: spans, names, rows that name others, tables that only place things."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers.grid import Cell, Table, named, names_columns, spread, tells_apart

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_GROUP_LENGTH = 80  # characters; a longer text over all columns is a note
_FIGURE = re.compile(r"[<>\u2264\u2265\u00b1~+\u2212-]?[ \u00a0]?[.,]?\d")
_SECTIONS = {"thead": 0, "tbody": 1, "tfoot": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row: its ``cells``, which of them are ``th``, and whether it is in ``thead``."""

    cells: tuple[Cell, ...]
    head: bool
    bold: bool  # the first cell is bold, or a th

    @property
    def filled(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.text]

    @property
    def width(self) -> int:
        return sum(cell.columns for cell in self.cells)

    @property
    def names(self) -> bool:
        """Whether the row holds names only; that of a title has one cell."""
        filled = self.filled
        if len(self.cells) < 2 or not filled or not all(cell.header for cell in filled):
            return False
        return len(filled) > 1 or not self.cells[0].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a table: a ``title`` or note over all columns, or rows with their own names."""

    title: str = ""
    table: Table | None = None


def own_rows(table: Any) -> list[Any]:
    """The rows of ``table``, not those of tables in it, in the order in which they are shown."""
    found: list[tuple[int, Any]] = []
    for child in table:
        if child.tag == "tr":
            found.append((1, child))
        elif child.tag in _SECTIONS:
            found += [(_SECTIONS[child.tag], row) for row in child if row.tag == "tr"]
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def strays(table: Any) -> Iterator[Any]:
    """The elements of ``table`` that are in no row; browsers show them above it."""
    known = {"caption", "colgroup", "col", "tr", "thead", "tbody", "tfoot"}
    for part in (table, *(child for child in table if child.tag in _SECTIONS)):
        for child in part:
            if isinstance(child.tag, str) and child.tag not in known:
                yield child


def stray_text(table: Any) -> str:
    """The text of ``table`` that is in no element of it."""
    parts = [table.text or "", *(child.tail or "" for child in table)]
    return " ".join(" ".join(parts).split())


def is_layout(table: Any) -> bool:
    """Whether a table only places text: it holds tables or headings, or one cell in each row."""
    if (table.get("role") or "") in ("presentation", "none"):
        return True
    rows = own_rows(table)
    if all(len(_cells(row)) < 2 for row in rows):
        return True
    names = any(cell.tag == "th" for row in rows for cell in _cells(row))
    if names or table.find("thead") is not None or table.find("caption") is not None:
        return False
    if any(found is not table for found in table.iter("table")):
        return True
    return next(table.iter(*_HEADINGS), None) is not None


def read_table(
    table: Any, text: Callable[[Any], str], shown: Callable[[Any], bool] = lambda _: True
) -> Iterator[Piece]:
    """Read the parts of a table, its cells by ``text``; raises ``grid.TooLarge``.

    ``shown`` says of a row or a cell whether a browser shows it.
    """
    rows = [_row(row, text, shown) for row in own_rows(table) if shown(row)]
    rows = [row for row in rows if row.cells]
    width = max((row.width for row in rows), default=0)
    while rows and len(rows) > 1 and _over_all(rows[0], width) and not _is_group(rows, 0, width):
        yield Piece(title=rows.pop(0).filled[0].text)
    notes: list[str] = []
    while len(rows) > 1 and _over_all(rows[-1], width):
        notes.insert(0, rows.pop().filled[0].text)
    for part in _parts(rows):
        yield Piece(table=_table(part, width))
    for note in notes:
        yield Piece(title=note)


def _row(row: Any, text: Callable[[Any], str], shown: Callable[[Any], bool]) -> _Row:
    elements = [cell for cell in _cells(row) if shown(cell)]
    cells = tuple(
        Cell(
            text=text(cell),
            columns=_count(cell, "colspan"),
            rows=_count(cell, "rowspan"),
            header=cell.tag == "th",
        )
        for cell in elements
    )
    parent = row.getparent()
    head = parent is not None and parent.tag == "thead"
    return _Row(cells=cells, head=head, bold=bool(elements) and _is_bold(elements[0]))


def _is_bold(cell: Any) -> bool:
    """Whether all of ``cell`` is bold."""
    if cell.tag == "th":
        return True
    inner = [child for child in cell if isinstance(child.tag, str)]
    texts = [cell.text or "", *(child.tail or "" for child in inner)]
    return (
        bool(inner) and not "".join(texts).strip() and all(c.tag in ("b", "strong") for c in inner)
    )


def _over_all(row: _Row, width: int) -> bool:
    """Whether the row has one text, over all columns."""
    return width > 1 and len(row.cells) == 1 and row.width >= width and bool(row.cells[0].text)


def _is_group(rows: Sequence[_Row], index: int, width: int) -> bool:
    """Whether the row names those below it: short, alone, and over all columns or bold.

    The first of a table is its title, unless names of columns are above it.
    """
    row = rows[index]
    if (
        index == 0
        or row.head
        or len(row.filled) != 1
        or index + 1 == len(rows)
        or not row.cells[0].text
    ):
        return False
    text = row.cells[0].text
    if len(text) > _GROUP_LENGTH or text[-1] in ".;!?":
        return False
    return _over_all(row, width) or (row.bold and row.width >= width and len(row.cells) > 1)


def _parts(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """``rows``, parted where a row of other names is; names that only repeat go."""
    part: list[_Row] = []
    for row in rows:
        names = row.head or row.names
        if names and part and not (part[-1].head or part[-1].names):
            if [cell.text for cell in row.cells] == [cell.text for cell in part[0].cells]:
                continue
            yield part
            part = []
        part.append(row)
    yield part


def _table(rows: Sequence[_Row], width: int) -> Table:
    names = 0
    while names < len(rows) and (rows[names].head or rows[names].names):
        names += 1
    names = 0 if names == len(rows) > 1 else names
    names = names or _unmarked_names(rows)
    marked = any(cell.header for row in rows[:1] for cell in row.cells)
    cells = [row.cells if n < names else tuple(_repeated(row, width)) for n, row in enumerate(rows)]
    plain = spread(cells, names)
    if names == 1 and tells_apart(plain):
        names = 2
    groups = {n for n in range(names, len(rows)) if names and _is_group(rows, n, width)}
    if not names and not marked and names_columns(plain):
        names = 1
        groups = {n for n in range(1, len(rows)) if _is_group(rows, n, width)}
    found = named(plain, names)
    if not groups:
        return found
    # ``named`` leaves empty rows out; rows of groups are never empty.
    kept = [n for n in range(names, len(plain)) if any(cell.strip() for cell in plain[n])]
    places = frozenset(place for place, n in enumerate(kept) if n in groups)
    return Table(header=found.header, rows=found.rows, groups=places)


def _unmarked_names(rows: Sequence[_Row]) -> int:
    """2 where cells of two rows of names are joined and no ``th`` marks them; else 0."""
    if len(rows) < 3 or any(cell.header for row in rows[:2] for cell in row.cells):
        return 0
    joined = any(cell.columns > 1 for cell in rows[0].cells) and len(rows[0].cells) > 1
    figures = [any(_FIGURE.match(cell.text) for cell in row.cells) for row in rows[:3]]
    return 2 if joined and figures == [False, False, True] else 0


def _repeated(row: _Row, width: int) -> Iterator[Cell]:
    """The cells of a row of values; one over several columns holds for each of them."""
    for index, cell in enumerate(row.cells):
        if index == 0 or cell.columns < 2 or len(row.cells) == 1:
            yield cell
            continue
        for _ in range(min(cell.columns, width)):
            yield Cell(text=cell.text, rows=cell.rows)


def _cells(row: Any) -> list[Any]:
    return [child for child in row if child.tag in {"td", "th"}]


def _count(cell: Any, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1
