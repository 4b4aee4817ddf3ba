"""What stands where on a PDF's page, as PDFium tells it: words with their place, size and weight.

PDFium's own words and their order are kept; coordinates are points as the page is shown, ``y`` up.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from fieldkit.library.readers.docx_symbols import UNKNOWN, is_private
from fieldkit.library.readers.pdf_quality import map_errors
from fieldkit.library.readers.pdf_rules import Ruling, ruling
from fieldkit.library.readers.pdf_signs import signs

_CHARACTERS = 200_000  # a page's; a dense one has 8,000
_WORD = re.compile(r"[^\s\0]+")
HYPHEN = "\2"
# PDFium gives U+FFFE for the hyphen at the end of a line. The others are signs that fonts map their
# hyphen to: a soft hyphen of a PDF is one that is drawn.
_HYPHENS = {0xFFFE: HYPHEN, 0x00AD: "-", 0x2010: "-", 0x2011: "-"}
# A control character is a glyph that the font's map lacks, such as a ligature: it parts no word.
_SIGNS = {code: "\ufffd" for code in range(1, 32) if chr(code) not in "\2\t\n\r"} | _HYPHENS
_DIVIDED = re.compile(HYPHEN)
_DIGIT = re.compile(r"\d")
_SHORT = 40  # letters; text set without spaces is longer
_SUBSET = re.compile(r"^[A-Z]{6}\+")
# Nothing outside the basic plane, no hyphen at a line's end, and nothing that was damaged.
_PLAIN = re.compile(r"[^\0\2\ud800-\udfff\ufffd-\uffff\U00010000-\U0010ffff]*")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_NEAR = 0.1  # of the size: nearer than any space
_SPACE = 0.25  # of the size: no letters of one word are so far apart
_SAME_SIZE = 0.1  # of the size
_SMALLER = 0.85  # than the rest of the word: a mark
_RAISED = 0.15  # of the size, above the base line
_LETTERS = 3  # of a mark

Point = tuple[float, float]


class TooMuchText(Exception):
    """A page holds more characters than any could show."""


class Word(NamedTuple):
    """``x0`` to ``x1`` on the base line ``y``; ``begins`` a line of the file's own.

    ``glued``: no space separates it from the word before. ``turn``: quarter turns of its text
    counterclockwise, compared with most of the page's text. ``order``: its place in the file.
    """

    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    begins: bool
    text: str
    glued: bool = False
    turn: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class _Font:
    """How a word is set; ``quarter``: turns of its text from left to right, counterclockwise."""

    size: float
    bold: bool
    signs: Mapping[int, str] | None
    quarter: int


class _Found(NamedTuple):
    """A word where the page's own coordinates have it."""

    origin: Point
    corners: tuple[Point, Point]
    font: _Font
    begins: bool
    text: str
    start: int  # the index of its first character


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
        self._found_at = (ctypes.c_double(), ctypes.c_double())
        self._origin = tuple(map(ctypes.byref, self._found_at))
        self._rect = pdfium.FS_RECTF()
        self._box = ctypes.byref(self._rect)
        self.unknown = False  # whether it has signs that are not known; after ``words``
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

    def ruling(self) -> Ruling:
        """The page's ruled lines as its text is read; after ``words``."""
        return ruling(self._page, self._turn)

    def cut(self, words: Sequence[Word], places: Mapping[int, Sequence[float]]) -> list[Word]:
        """``words``, with those of the orders in ``places`` cut beside the letters nearest to x."""
        textpage = self._page.get_textpage()
        try:
            raw = textpage.raw
            found: list[Word] = []
            for word in words:
                found += self._cut(raw, word, places.get(word.order, ()))
            return found
        finally:
            textpage.close()

    def _cut(self, raw: Any, word: Word, places: Sequence[float]) -> list[Word]:
        if not places or word.turn:
            return [word]
        edges = []
        for index in range(1, len(word.text)):
            (x, y), _ = self._place(raw, word.order + index, word.order + index)
            edges.append(self._turn(x, y)[0])
        edges = [word.x0, *edges, word.x1]
        cuts = {min(range(len(edges)), key=lambda i: abs(edges[i] - place)) for place in places}
        bounds = sorted({0, len(word.text), *cuts})
        return [
            word._replace(
                x0=edges[one], x1=edges[other], text=word.text[one:other],
                glued=bool(one) or word.glued, begins=word.begins and not one,
                order=word.order + one,
            )
            for one, other in pairwise(bounds)
        ]  # fmt: skip

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
            return self._placed(raw, self._found(raw, self._characters(raw, count)))
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
        return text.translate(_SIGNS)

    def _found(self, raw: Any, text: str) -> list[_Found]:
        found = []
        end = 0
        fonts: dict[int, _Font] = {}
        for match in _WORD.finditer(text):
            start = match.start()
            gap = text[end:start]
            begins = not end or "\n" in gap or "\r" in gap
            end = match.end()
            for first, last in self._parts(raw, match[0], start, fonts):
                font = self._font(raw, first, fonts)[1]
                origin, corners = self._place(raw, first, last)
                part = text[first : last + 1]
                if not part.isascii() and any(map(is_private, part)):
                    lone = begins and len(part) == 1  # a bullet
                    part = self._shown(raw, first, part, fonts, lone=lone)
                spread = (corners[1][0] - origin[0]) > 0.8 * font.size * len(part)
                if spread and part.isdigit() and len(part) > 1 and not font.quarter:
                    # The figures of an axis, which PDFium takes for one number.
                    found += self._figures(raw, first, part, font, begins=begins)
                else:
                    found.append(_Found(origin, corners, font, begins, part, first))
                begins = False
        return found

    def _shown(
        self, raw: Any, first: int, text: str, fonts: dict[int, _Font], *, lone: bool
    ) -> str:
        """``text`` with the signs of each character's own font; ``UNKNOWN`` where none is known."""
        signs = [
            (self._font(raw, index, fonts)[1].signs or {}).get(ord(character), character)
            for index, character in enumerate(text, first)
        ]
        unknown = [is_private(sign) for sign in signs]
        # Most of a word: the font's map is wrong, which is judged for all of its words.
        if not any(unknown) or lone or (len(signs) > 1 and 2 * sum(unknown) > len(signs)):
            return "".join(signs)
        self.unknown = True
        pairs = zip(signs, unknown, strict=True)
        return "".join(UNKNOWN if private else sign for sign, private in pairs)

    def _figures(
        self, raw: Any, first: int, text: str, font: _Font, *, begins: bool
    ) -> list[_Found]:
        """The numbers in ``text`` that gaps set apart."""
        starts = [0, *(i for i in range(1, len(text)) if self._apart(raw, first + i, font))]
        found = []
        for one, other in pairwise([*starts, len(text)]):
            origin, corners = self._place(raw, first + one, first + other - 1)
            part = text[one:other]
            found.append(_Found(origin, corners, font, begins and not one, part, first + one))
        return found

    def _parts(
        self, raw: Any, word: str, start: int, fonts: dict[int, _Font]
    ) -> list[tuple[int, int]]:
        """First and last index of the parts of ``word``: a line's end or a raised mark parts it."""
        end = start + len(word)
        if HYPHEN in word[:-1]:
            cuts = [match.end() + start for match in _DIVIDED.finditer(word)]
            bounds = [start, *cuts, end]
            return [(one, other - 1) for one, other in pairwise(bounds) if one < other]
        if len(word) == 1:
            return [(start, end - 1)]
        place, font = self._font(raw, start, fonts)
        last = self._font(raw, end - 1, fonts)[0]
        # Marks without a figure, a raised "a)" or "o", are short and end or begin the word.
        if place == last and (len(word) < _SHORT or not _DIGIT.search(word)):
            return [(start, end - 1)]
        parts = [start]
        self._place(raw, start, start)
        y = self._along(font)
        up = (1, -1, -1, 1)[font.quarter]
        looks = [(font.size, up * y)]
        for index in range(start + 1, end):
            other, new = self._font(raw, index, fonts)
            if other == place:
                continue
            place = other
            far = self._apart(raw, index, new) if word[index - start].isdigit() else False
            self._place(raw, index, index)
            level = self._along(new)
            if (
                far
                or abs(new.size - font.size) > _SAME_SIZE * font.size
                or abs(level - y) > 0.1 * max(font.size, new.size)
            ):
                parts.append(index)
                font, y = new, level
                looks.append((font.size, up * y))
        found = [(one, other - 1) for one, other in pairwise([*parts, end])]
        return found if _DIGIT.search(word) or _is_marked(found, looks) else [(start, end - 1)]

    def _apart(self, raw: Any, index: int, font: _Font) -> bool:
        """Whether there is room for a space before the character at ``index``."""
        (_, _), (_, (right, top)) = self._place(raw, index - 1, index - 1)
        (x, y), _ = self._place(raw, index, index)
        gap = (x - right, y - top)[font.quarter % 2]
        return font.quarter < 2 and gap > _SPACE * font.size

    def _along(self, font: _Font) -> float:
        """The place of the base line that ``_place`` found last."""
        x, y = self._found_at
        return x.value if font.quarter % 2 else y.value

    def _placed(self, raw: Any, found: Sequence[_Found]) -> list[Word]:
        """Words with their places as most of the text runs: a page may be drawn on its side."""
        quarters: Counter[int] = Counter()
        for word in found:
            quarters[word.font.quarter] += len(word.text)
        self._quarter = quarters.most_common(1)[0][0] if quarters else 0
        placed: list[Word] = []
        for origin, (one, other), font, begins, text, start in found:
            x, y = self._turn(*origin) if self._quarter else origin
            # The far end of the last letter's box.
            ends = (one[0], other[0])
            if self._quarter:
                ends = (self._turn(*one)[0], self._turn(*other)[0])
            turn = (font.quarter - self._quarter) % 4
            end = max(x, *ends)
            shown = Word(x, end, y, font.size, font.bold, begins, text, turn=turn, order=start)
            if placed and self._glued(raw, placed[-1], shown, start):
                shown = shown._replace(glued=True)
            placed.append(shown)
        return placed

    def _glued(self, raw: Any, before: Word, word: Word, start: int) -> bool:
        """Whether nothing but a gap that PDFium took for a space separates two words."""
        size = max(before.size, word.size)
        near = abs(word.x0 - before.x1) < _NEAR * size and abs(word.y - before.y) < size
        if not near or before.turn or word.turn:
            return False
        # 0: the space is the file's own.
        return bool(self._pdfium.FPDFText_IsGenerated(raw, start - 1)) or not before.begins

    def _turn(self, x: float, y: float) -> Point:
        """A place of the page's own as one of the page with its text upright."""
        if not self._quarter:
            return x, y
        turned = ((y, self._width - x), (self._width - x, self._height - y), (self._height - y, x))
        return turned[self._quarter - 1]

    def _place(self, raw: Any, first: int, last: int) -> tuple[Point, tuple[Point, Point]]:
        """Where a word begins on its base line, and the corners of its last letter with its gap."""
        pdfium = self._pdfium
        x, y = self._found_at
        pdfium.FPDFText_GetCharOrigin(raw, first, *self._origin)
        pdfium.FPDFText_GetLooseCharBox(raw, last, self._box)
        rect = self._rect
        return (x.value, y.value), ((rect.left, rect.bottom), (rect.right, rect.top))

    def _font(self, raw: Any, index: int, fonts: dict[int, _Font]) -> tuple[int, _Font]:
        """The text object of the character at ``index`` and how it is set; all of one are alike."""
        shown = self._pdfium.FPDFText_GetTextObject(raw, index)
        if not shown:
            return 0, self._set(raw, index)
        place = ctypes.addressof(shown.contents)
        if place not in fonts:
            fonts[place] = self._set(raw, index)
        return place, fonts[place]

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
        return _Font(size, *_named(name.value), quarter)


def _is_marked(parts: Sequence[tuple[int, int]], looks: Sequence[tuple[float, float]]) -> bool:
    """Whether a short part of a word without figures is raised: not small capitals, not an index.

    ``parts``: first and last index; ``looks``: size and base line.
    """
    size, base = max(looks)
    return all(
        one_size > _SMALLER * size or (y - base > _RAISED * size and last - first < _LETTERS)
        for (first, last), (one_size, y) in zip(parts, looks, strict=True)
    ) and any(y - base > _RAISED * size for _, y in looks)


@lru_cache(maxsize=1000)
def _named(font: bytes) -> tuple[bool, Mapping[int, str] | None]:
    """Whether a font is bold by its name, and its signs."""
    name = _SUBSET.sub("", font.decode("utf-8", "replace"))
    return bool(_BOLD.search(name)), signs(name)
