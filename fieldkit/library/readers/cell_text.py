"""One cell of a worksheet -> the text that it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.cell_styles import PLAIN, CellStyle, first
from fieldkit.library.readers.meter import Meter
from fieldkit.library.readers.number_format import Shown, number_shown, text_shown
from fieldkit.library.readers.references import Place, as_index, column_name
from fieldkit.library.readers.rich_text import Run, marked, runs, unescaped
from fieldkit.library.readers.scripts import resolved


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the cells of all sheets refer to."""

    strings: Sequence[tuple[Run, ...]] = ()
    styles: Sequence[CellStyle] = ()
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell shows, how it looks, and the note that is attached to it."""

    text: str
    look: tuple[bool, int] = (False, 0)
    note: str = ""


@dataclass(slots=True, kw_only=True)
class Findings:
    """The cells of a sheet whose text was left out or changed."""

    uncalculated: int = 0
    struck: list[Place] = field(default_factory=list)
    unseen: list[Place] = field(default_factory=list)
    signed: list[Place] = field(default_factory=list)
    damage: str = ""


class CellReader:
    """Reads the cells of one sheet. ``white_is_hidden``: nothing else gives cells a colour."""

    def __init__(self, book: Book, meter: Meter, *, white_is_hidden: bool) -> None:
        self.findings = Findings()
        self.shows_zeros = True
        self._book = book
        self._meter = meter
        self._white_is_hidden = white_is_hidden

    def value(self, cell: Any, at: Place) -> Value | None:
        """What the element ``c`` shows, None where it shows nothing. Raises TooLarge."""
        number = as_index(cell.get("s", "0"))
        style = self._book.styles[number] if 0 <= number < len(self._book.styles) else PLAIN
        text, struck = marked(self._runs(cell, style, at), style)
        self._meter.count_text(len(text))
        text = clean_line(resolved(text))
        if struck:
            self.findings.struck.append(at)
        if text and style.white and self._white_is_hidden:
            self.findings.unseen.append(at)
            return None
        return Value(text, style.look) if text else None

    def _runs(self, cell: Any, style: CellStyle, at: Place) -> tuple[Run, ...]:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = first(cell, "is")
            return self._text(runs(inline), style, at) if inline is not None else ()
        element = first(cell, "v")
        stored = (element.text or "") if element is not None else ""
        if not stored.strip():
            if kind != "str" and first(cell, "f") is not None:
                self.findings.uncalculated += 1
            return ()
        if kind == "s":
            return self._text(self._shared(stored.strip(), at), style, at)
        if kind in ("str", "e"):
            return self._text((Run(unescaped(stored)),), style, at)
        if kind == "b":
            return (Run("TRUE" if stored.strip() in ("1", "true") else "FALSE"),)
        return (Run(self._number(stored.strip(), kind, style, at)),)

    def _shared(self, index: str, at: Place) -> tuple[Run, ...]:
        number = as_index(index)
        if 0 <= number < len(self._book.strings):
            return self._book.strings[number]
        name = f"{column_name(at[1])}{at[0]}"
        self.findings.damage = f"the text of cell {name} is missing from the file"
        return ()

    def _text(self, pieces: tuple[Run, ...], style: CellStyle, at: Place) -> tuple[Run, ...]:
        """``pieces`` under the number format of the cell, which may add to them or hide them."""
        if style.code in ("General", "@") or not pieces:
            return pieces
        text = "".join(run.text for run in pieces)
        shown = text_shown(text, style.code)
        self._note(shown, at)
        return pieces if shown.text == text else (Run(shown.text),)

    def _number(self, stored: str, kind: str, style: CellStyle, at: Place) -> str:
        value = _serial(stored, self._book.from_1904) if kind == "d" else as_float(stored)
        if value is None or (kind == "d" and style.code == "General"):
            return stored
        if value == 0 and not self.shows_zeros:
            return ""
        shown = number_shown(value, style.code, from_1904=self._book.from_1904)
        self._note(shown, at)
        return shown.text

    def _note(self, shown: Shown, at: Place) -> None:
        if shown.hidden:
            self.findings.unseen.append(at)
        if shown.signed:
            self.findings.signed.append(at)


def as_float(text: str) -> float | None:
    """``text`` as a number, or None."""
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
