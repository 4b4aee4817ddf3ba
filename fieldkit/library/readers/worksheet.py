"""One part of a workbook, a worksheet -> its cells, merged areas and what is hidden.

SpreadsheetML (ECMA-376-1, 18.3), transitional and strict: names count, namespaces do not.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.cell_styles import PLAIN, CellStyle, first, named
from fieldkit.library.readers.meter import Meter
from fieldkit.library.readers.number_format import number_shown, text_shown
from fieldkit.library.readers.rich_text import Run, free, marked, runs, unescaped
from fieldkit.library.readers.scripts import resolved

_ROWS, _COLUMNS = 1_048_576, 16_384  # of a sheet
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_TAGS = tuple(
    "{*}" + name for name in ("row", "col", "mergeCell", "sheetView", "pane", "autoFilter")
)
Place = tuple[int, int]  # row and column, from 1


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, its ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell shows, how it looks, and the note that is attached to it."""

    text: str
    look: tuple[bool, int] = (False, 0)
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Worksheet:
    """The cells of a sheet that show something, and notes of the reader."""

    cells: dict[int, dict[int, Value]] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    names_at: set[int] = field(default_factory=set)  # rows that the file says are names
    names_until: int = 0  # rows that stay on the screen
    uncalculated: int = 0
    struck: list[Place] = field(default_factory=list)
    unseen: list[Place] = field(default_factory=list)
    signed: list[Place] = field(default_factory=list)
    damage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the cells of all sheets refer to."""

    strings: Sequence[tuple[Run, ...]] = ()
    styles: Sequence[CellStyle] = ()
    from_1904: bool = False


def place(reference: str) -> Place | None:
    """``B3`` as (3, 2); None where it is no cell of a sheet.

    >>> place("$AA$10")
    (10, 27)
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row, column) if 0 < row <= _ROWS and column <= _COLUMNS else None


def area(reference: str) -> Area | None:
    """``A1:C2`` or ``A1`` as an area; None where it is none."""
    start, _, end = reference.partition(":")
    one, two = place(start), place(end or start)
    if one is None or two is None:
        return None
    rows, columns = sorted((one[0], two[0])), sorted((one[1], two[1]))
    return Area(rows[0], columns[0], rows[1], columns[1])


def column_name(column: int) -> str:
    """The letters of a column, counted from 1."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def worksheet(data: bytes, book: Book, meter: Meter) -> Worksheet:
    """Read a worksheet's XML; ``meter`` raises TooLarge.

    Where the XML is damaged, what is before stays and ``damage`` says why.
    """
    from lxml import etree

    reader = _Reader(
        book, meter, white_is_hidden=not _has(data, b"conditionalFormatting", b"tablePart")
    )
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data), tag=_TAGS, resolve_entities=False, no_network=True
        ):
            reader.take(element)
    except etree.XMLSyntaxError as error:
        reader.sheet.damage = str(error)
    return reader.sheet


def _has(data: bytes, *names: bytes) -> bool:
    return any(name in data for name in names)


class _Reader:
    """Takes the elements of a worksheet one after the other."""

    def __init__(self, book: Book, meter: Meter, *, white_is_hidden: bool) -> None:
        self.sheet = Worksheet()
        self._book = book
        self._meter = meter
        self._white_is_hidden = white_is_hidden
        self._row = 0
        self._shows_zeros = True
        self._kept = 0

    def take(self, element: Any) -> None:
        """Use one element, and free it."""
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
            self._shows_zeros = element.get("showZeros", "1") not in ("0", "false")
        elif name == "pane" and element.get("state", "") in ("frozen", "frozenSplit"):
            rows = element.get("ySplit", "0").partition(".")[0]
            self.sheet.names_until = int(rows) if rows.isdecimal() and len(rows) < 3 else 0
        elif name == "autoFilter" and (found := area(element.get("ref", ""))):
            self.sheet.names_at.add(found.top)

    def _take_column(self, element: Any) -> None:
        ends = element.get("min", ""), element.get("max", "")
        if not all(end.isdecimal() and len(end) < 6 for end in ends):
            return
        if _on(element, "hidden") or _is_zero(element.get("width")):
            self.sheet.hidden_columns.append((int(ends[0]), int(ends[1])))

    def _take_row(self, element: Any) -> None:
        number = element.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) < 8 else self._row + 1
        if not 0 < self._row <= _ROWS:
            return
        if _on(element, "hidden") or _is_zero(element.get("ht")):
            self.sheet.hidden_rows.add(self._row)
        column = 0
        found: dict[int, Value] = {}
        for cell in named(element, "c"):
            at = place(cell.get("r", ""))
            column = at[1] if at else column + 1
            if column > _COLUMNS:
                break
            if value := self._value(cell, (self._row, column)):
                found[column] = value
        if found:
            self._meter.count(len(found))
            self.sheet.cells.setdefault(self._row, {}).update(found)

    def _value(self, cell: Any, at: Place) -> Value | None:
        style = PLAIN
        number = cell.get("s", "0")
        if number.isdecimal() and int(number) < len(self._book.styles):
            style = self._book.styles[int(number)]
        text = self._text(cell, style, at)
        self._meter.count_text(len(text))
        text = clean_line(resolved(text))
        if not text:
            return None
        if style.struck and text:
            self.sheet.struck.append(at)
            return None
        if style.white and self._white_is_hidden:
            self.sheet.unseen.append(at)
            return None
        return Value(text, style.look)

    def _text(self, cell: Any, style: CellStyle, at: Place) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = first(cell, "is")
            return self._rich(runs(inline), style, at) if inline is not None else ""
        element = first(cell, "v")
        stored = (element.text or "") if element is not None else ""
        if not stored.strip():
            if kind != "str" and first(cell, "f") is not None:
                self.sheet.uncalculated += 1
            return ""
        if kind == "s":
            index = stored.strip()
            if index.isdecimal() and int(index) < len(self._book.strings):
                return self._rich(self._book.strings[int(index)], style, at)
            self.sheet.damage = f"cell {column_name(at[1])}{at[0]} names a text that is missing"
            return ""
        if kind in ("str", "e"):
            return self._rich((Run(unescaped(stored)),), style, at)
        if kind == "b":
            return "TRUE" if stored.strip() in ("1", "true") else "FALSE"
        return self._number(stored.strip(), kind, style, at)

    def _rich(self, pieces: tuple[Run, ...], style: CellStyle, at: Place) -> str:
        own = CellStyle(level=style.level)  # a cell that is struck out as a whole is seen later
        text, left_out = marked(pieces, own)
        if left_out:
            self.sheet.struck.append(at)
        if style.code in ("General", "@"):
            return text
        shown = text_shown(text, style.code)
        if shown.hidden:
            self.sheet.unseen.append(at)
        return shown.text

    def _number(self, stored: str, kind: str, style: CellStyle, at: Place) -> str:
        value = _serial(stored, self._book.from_1904) if kind == "d" else _float(stored)
        if value is None or (kind == "d" and style.code == "General"):
            return stored
        if value == 0 and not self._shows_zeros:
            return ""
        shown = number_shown(value, style.code, from_1904=self._book.from_1904)
        if shown.hidden:
            self.sheet.unseen.append(at)
        if shown.signed:
            self.sheet.signed.append(at)
        return marked((Run(shown.text),), CellStyle(level=style.level))[0]


def _on(element: Any, name: str) -> bool:
    return element.get(name, "0") in ("1", "true", "on")


def _is_zero(text: str | None) -> bool:
    return text is not None and _float(text) == 0


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _serial(text: str, from_1904: bool) -> float | None:
    """The serial number of an ISO 8601 date or time (ECMA-376-1, 18.17.4)."""
    start = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)
    try:
        if "-" not in text:
            text = f"{start.date().isoformat()}T{text}"
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return (moment - start) / dt.timedelta(days=1)
