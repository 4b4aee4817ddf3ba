"""What stands where on a PDF's page, as PDFium tells it: words with their place, size and weight.

PDFium's own words and their order are kept; coordinates are points as the page is shown, ``y`` up.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fieldkit.library.readers.pdf_quality import map_errors

_CHARACTERS = 200_000  # a page's; a dense one has 8,000
_OBJECTS = 5_000  # a drawing has more, and its lines rule no table
_WORD = re.compile(r"[^\s\0]+")
HYPHEN = "\2"
# How PDFium tells the hyphen that divides a word at the end of a line.
_HYPHENS = {0xFFFE: HYPHEN}
# Nothing outside the basic plane, no hyphen at a line's end, and nothing that was damaged.
_PLAIN = re.compile(r"[^\0\2\ud800-\udfff\ufffd-\uffff\U00010000-\U0010ffff]*")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_THIN = 2.5  # points: a line, not an area
_SHORT = 5.0

Point = tuple[float, float]


class TooMuchText(Exception):
    """A page holds more characters than any could show."""


class Word(NamedTuple):
    """``x0`` to ``x1`` on the base line ``y``; ``begins`` a line of the file's own."""

    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    begins: bool
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line from ``x0`` to ``x1``, or an edge of a box."""

    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class _Font:
    """How a word is set; ``quarter``: turns of its text from left to right, counterclockwise."""

    size: float
    bold: bool
    quarter: int


class _Found(NamedTuple):
    """A word where the page's own coordinates have it."""

    origin: Point
    corners: tuple[Point, Point]
    font: _Font
    begins: bool
    text: str


class PageReader:
    """Reads one page of ``pypdfium2``."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = page
        self._quarter = 0
        width, height = page.get_size()  # as shown
        turned = page.get_rotation() in {90, 270}
        self._width, self._height = (height, width) if turned else (width, height)
        # Made once: PDFium writes into them for every word.
        self._matrix = pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._found_at = tuple(ctypes.c_double() for _ in range(6))
        self._origin = tuple(map(ctypes.byref, self._found_at[:2]))
        self._box = tuple(map(ctypes.byref, self._found_at[2:]))
        self.mapped = True  # whether fonts say what their characters are; after ``words``

    @property
    def on_side(self) -> bool:
        """Whether the page's text runs in another direction than from left to right."""
        return bool(self._quarter)

    def upright(self, x: float, y: float) -> Point:
        """A place in the page's coordinates as one in those of the words; after ``words``."""
        return self._turn(x, y)

    @property
    def height(self) -> float:
        """From the bottom to the top, as its text is read; after ``words``."""
        height: float = self._width if self._quarter % 2 else self._height
        return height

    def words(self) -> list[Word]:
        """The words in the file's order. Raises TooMuchText."""
        pdfium = self._pdfium
        textpage = self._page.get_textpage()
        try:
            raw = textpage.raw
            count = pdfium.FPDFText_CountChars(raw)
            if count > _CHARACTERS:
                raise TooMuchText(f"{count} characters on one page")
            self.mapped = not map_errors(pdfium, raw, count)
            return self._placed(self._found(raw, self._characters(raw, count)))
        finally:
            textpage.close()

    def _characters(self, raw: Any, count: int) -> str:
        """The page's characters, each at the index that PDFium calls it by."""
        units = (ctypes.c_ushort * (2 * count + 2))()
        written = self._pdfium.FPDFText_GetText(raw, 0, count, units)
        text = bytes(units)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
        # It leaves out what it takes for no text, and then the rest is not where it says.
        if len(text) != count or not _PLAIN.fullmatch(text):
            character = self._pdfium.FPDFText_GetUnicode
            text = "".join(chr(character(raw, index)) for index in range(count))
        return text.translate(_HYPHENS)

    def _found(self, raw: Any, text: str) -> list[_Found]:
        found = []
        end = 0
        font = _Font(0.0, False, 0)
        fonts: dict[int, _Font] = {}
        for match in _WORD.finditer(text):
            start = match.start()
            gap = text[end:start]
            begins = not end or "\n" in gap or "\r" in gap
            end = match.end()
            if begins or end - start > 1:
                font = self._font(raw, start, fonts)
            origin, corners = self._place(raw, start, end - 1)
            found.append(_Found(origin, corners, font, begins, match[0]))
        return found

    def _placed(self, found: Sequence[_Found]) -> list[Word]:
        """Words with their places as most of the text runs: a page may be drawn on its side."""
        quarters = Counter(word.font.quarter for word in found)
        self._quarter = quarters.most_common(1)[0][0] if quarters else 0
        placed = []
        for origin, (one, other), font, begins, text in found:
            x, y = self._turn(*origin) if self._quarter else origin
            # The far end of the last letter's box.
            ends = (one[0], other[0])
            if self._quarter:
                ends = (self._turn(*one)[0], self._turn(*other)[0])
            end = max(x, *ends)
            placed.append(Word(x, end, y, font.size, font.bold, begins, text))
        return placed

    def _turn(self, x: float, y: float) -> Point:
        """A place of the page's own as one of the page with its text upright."""
        if not self._quarter:
            return x, y
        turned = ((y, self._width - x), (self._width - x, self._height - y), (self._height - y, x))
        return turned[self._quarter - 1]

    def _place(self, raw: Any, first: int, last: int) -> tuple[Point, tuple[Point, Point]]:
        """Where a word begins on its base line, and the corners of its last letter."""
        pdfium = self._pdfium
        x, y, left, right, bottom, top = self._found_at
        pdfium.FPDFText_GetCharOrigin(raw, first, *self._origin)
        pdfium.FPDFText_GetCharBox(raw, last, *self._box)
        return (x.value, y.value), ((left.value, bottom.value), (right.value, top.value))

    def _font(self, raw: Any, index: int, fonts: dict[int, _Font]) -> _Font:
        """How the character at ``index`` is set; all of one text object is set alike."""
        shown = self._pdfium.FPDFText_GetTextObject(raw, index)
        if not shown:
            return self._set(raw, index)
        place = ctypes.addressof(shown.contents)
        if place not in fonts:
            fonts[place] = self._set(raw, index)
        return fonts[place]

    def _set(self, raw: Any, index: int) -> _Font:
        """Size in points as shown, whether it is bold by its name, and where its text runs."""
        pdfium, matrix, name = self._pdfium, self._matrix, self._name
        scale, quarter = 1.0, 0
        if pdfium.FPDFText_GetMatrix(raw, index, matrix):
            scale = math.hypot(matrix.c, matrix.d) or 1.0
            quarter = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        size = pdfium.FPDFText_GetFontSize(raw, index) * scale
        name.value = b""
        pdfium.FPDFText_GetFontInfo(raw, index, name, len(name), self._flags)
        return _Font(size, bool(_BOLD.search(name.value.decode("utf-8", "replace"))), quarter)

    def rules(self) -> list[Rule]:
        """Horizontal lines and edges, none on a page that is a drawing; after ``words``."""
        pdfium = self._pdfium
        count = pdfium.FPDFPage_CountObjects(self._page.raw)
        if not 0 < count <= _OBJECTS:
            return []
        found: list[Rule] = []
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        for index in range(count):
            item = pdfium.FPDFPage_GetObject(self._page.raw, index)
            if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
                continue
            if pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
                one = self._turn(left.value, bottom.value)
                other = self._turn(right.value, top.value)
                found += _edges(one, other)
        return found


def _edges(one: Sequence[float], other: Sequence[float]) -> list[Rule]:
    x0, x1 = sorted((one[0], other[0]))
    y0, y1 = sorted((one[1], other[1]))
    if x1 - x0 < _SHORT:
        return []
    if y1 - y0 <= _THIN:
        return [Rule(x0, x1, (y0 + y1) / 2)]
    return [Rule(x0, x1, y0), Rule(x0, x1, y1)]
