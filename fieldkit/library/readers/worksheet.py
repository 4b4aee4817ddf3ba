"""One part of a workbook, a worksheet -> its cells, merged areas and what is hidden.

SpreadsheetML (ECMA-376-1, 18.3), transitional and strict: names count, namespaces do not.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from fieldkit.library.readers.cell_styles import named
from fieldkit.library.readers.cell_text import Book, CellReader, Findings, Value, as_float
from fieldkit.library.readers.meter import Meter
from fieldkit.library.readers.references import COLUMNS, ROWS, Area, area, as_index, place
from fieldkit.library.readers.rich_text import free

_TAGS = tuple(
    "{*}" + name for name in ("row", "col", "mergeCell", "sheetView", "pane", "autoFilter")
)
_COLOURING = (b"conditionalFormatting", b"tablePart")


@dataclass(slots=True, kw_only=True)
class Worksheet:
    """The cells of a sheet that show something, by row and column, and notes of the reader."""

    findings: Findings
    cells: dict[int, dict[int, Value]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    names_at: set[int] = field(default_factory=set)  # rows that the file says are names
    names_until: int = 0  # rows that stay on the screen


def worksheet(data: bytes, book: Book, meter: Meter) -> Worksheet:
    """Read a worksheet's XML. Raises TooLarge.

    Where the XML is damaged, what is before stays and the findings say why.
    """
    from lxml import etree

    coloured = any(name in data for name in _COLOURING)
    reader = _Reader(CellReader(book, meter, white_is_hidden=not coloured), meter)
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data), tag=_TAGS, resolve_entities=False, no_network=True
        ):
            reader.take(element)
    except etree.XMLSyntaxError as error:
        reader.sheet.findings.damage = str(error)
    return reader.sheet


class _Reader:
    """Takes the elements of a worksheet one after the other."""

    def __init__(self, cells: CellReader, meter: Meter) -> None:
        self.sheet = Worksheet(findings=cells.findings)
        self._cells = cells
        self._meter = meter
        self._row = 0

    def take(self, element: Any) -> None:
        """Use one element, and free a row."""
        name = str(element.tag).rpartition("}")[2]
        if name == "row":
            self._take_row(element)
            free(element)
        elif name == "mergeCell":
            if found := area(element.get("ref", "")):
                self.sheet.merged.append(found)
        elif name == "col":
            self._take_column(element)
        elif name == "sheetView":
            self._cells.shows_zeros = element.get("showZeros", "1") not in ("0", "false")
        elif name == "pane" and element.get("state", "") in ("frozen", "frozenSplit"):
            self.sheet.names_until = as_index(element.get("ySplit", "").partition(".")[0])
        elif name == "autoFilter" and (found := area(element.get("ref", ""))):
            self.sheet.names_at.add(found.top)

    def _take_column(self, element: Any) -> None:
        if _on(element, "hidden") or _is_zero(element.get("width")):
            ends = as_index(element.get("min")), as_index(element.get("max"))
            self.sheet.hidden_columns.append(ends)

    def _take_row(self, element: Any) -> None:
        number = as_index(element.get("r"))
        self._row = number if number > 0 else self._row + 1
        if not 0 < self._row <= ROWS:
            return
        if _on(element, "hidden") or _is_zero(element.get("ht")):
            self.sheet.hidden_rows.add(self._row)
        column = 0
        found: dict[int, Value] = {}
        for cell in named(element, "c"):
            at = place(cell.get("r", ""))
            column = at[1] if at else column + 1
            if column > COLUMNS:
                break
            if value := self._cells.value(cell, (self._row, column)):
                found[column] = value
        if found:
            self._meter.count(len(found))
            self.sheet.cells.setdefault(self._row, {}).update(found)


def _on(element: Any, name: str) -> bool:
    return element.get(name, "0") in ("1", "true", "on")


def _is_zero(text: str | None) -> bool:
    return text is not None and as_float(text) == 0
