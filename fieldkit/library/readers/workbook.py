"""Excel workbooks: each sheet under its name, formulas by the values that were saved with them."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.archive import Archive
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.model import (
    COLUMNS,
    Document,
    Kind,
    Page,
    ReadingWarning,
    unreadable,
)
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.properties import properties
from fieldkit.library.readers.sheet import Meter, lay_out

_VISITED = 20_000_000  # cells, with the empty ones that a row far to the right brings
# A formula beside no value: the program that wrote the file did not calculate. Possessive, so that
# no file can make it slow.
_UNCALCULATED = re.compile(rb"(?:</f>|<f(?:\s[^<>]*+)?/>)\s*+(?:<v\s*+/>|<v></v>)?+\s*+</c>")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml\Z")
# What a damaged workbook makes openpyxl raise; it lets the errors of its parts through.
_DAMAGE = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, SyntaxError, RecursionError,
    ArithmeticError, LookupError, AssertionError,
)  # fmt: skip


def read_xlsx(path: Path) -> Document:
    """Read every visible sheet of a workbook; raises InvalidInput."""
    import openpyxl

    with Archive(path) as archive:
        facts = properties(path, archive)
        uncalculated = _uncalculated(archive)
        copy = archive.checked()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of charts and styles, which are not read
            book = openpyxl.load_workbook(copy, read_only=True, data_only=True, keep_links=False)
            pages, notes = _pages(book)
            book.close()
    except TooLarge as error:
        raise unreadable(path, str(error)) from error
    except _DAMAGE as error:
        raise unreadable(path, f"not a sound workbook: {error}") from error
    if uncalculated:
        message = (
            f"{uncalculated} formulas have no value; open and save it in a spreadsheet program"
        )
        notes.append(ReadingWarning(kind=Kind.DAMAGED, message=message))
    head = "\n".join(pages[0].text.splitlines()[:10])
    return Document(
        document=clean_line(path.stem),
        title=facts.title or clean_line(path.stem),
        revision=facts.version or printed.revision(head),
        date=facts.date,
        pages=pages,
        markdown=True,
        warnings=tuple(notes),
    )


def _uncalculated(archive: Archive) -> int:
    return sum(
        len(_UNCALCULATED.findall(archive.read(name) or b""))
        for name in archive.names()
        if _SHEET.match(name)
    )


def _pages(book: Any) -> tuple[tuple[Page, ...], list[ReadingWarning]]:
    """The sheets of ``book``, and what was left out."""
    pages = Pages()
    meter = Meter()
    notes: list[ReadingWarning] = []
    for sheet in book.worksheets:
        name = clean_line(sheet.title)
        if sheet.sheet_state != "visible":
            message = f"sheet {name!r} is hidden and was not read"
            notes.append(ReadingWarning(kind=Kind.LEFT_OUT, message=message))
            continue
        pages.heading(name, 1)
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        lay_out(pages, _rows(sheet), meter)
    return pages.finish(), notes


def _rows(sheet: Any) -> Iterator[list[str]]:
    visited = 0
    for row in sheet.iter_rows():
        visited += len(row) + 1
        if visited > _VISITED:
            raise TooLarge(f"sheet {clean_line(sheet.title)!r} is too large for a manual")
        if any(cell.value is not None for cell in row[COLUMNS:]):
            raise TooLarge(f"it has a row of more than {COLUMNS} cells")
        yield [_worded(cell) for cell in row[:COLUMNS]]


def _worded(cell: Any) -> str:
    """A cell as a person reads it: ``25``, ``0.1``, ``25%``, ``2026-03-01``."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, percent="%" in str(cell.number_format or ""))
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, dt.time):
        return value.isoformat("minutes")
    return clean_line(str(value))


def _number(value: float, *, percent: bool) -> str:
    """Fifteen digits, as spreadsheets hold: 0.1 + 0.2 is 0.3."""
    text = f"{value * 100 if percent else value:.15g}"
    return f"{text}%" if percent else text
