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
from itertools import pairwise, repeat
from typing import Any, NamedTuple

from fieldkit.library.readers.docx_symbols import UNKNOWN, is_private
from fieldkit.library.readers.pdf_calls import Numbers, address, calls
from fieldkit.library.readers.pdf_objects import Objects
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
_PARTED = re.compile(rf"[\d{HYPHEN}]")  # only with one of these may a word be parted
_DIGIT = re.compile(r"\d")
_SHORT = 40  # letters; text set without spaces is longer
_SUBSET = re.compile(r"^[A-Z]{6}\+")
# Nothing outside the basic plane, and nothing that was damaged.
_PLAIN = re.compile(r"[^\0\2\ud800-\udfff\ufffd\uffff\U00010000-\U0010ffff]*")
_NO_CHARACTER = re.compile("\ufffe")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_NEAR = 0.1  # of the size: nearer than any space
_SPACE = 0.25  # of the size: no letters of one word are so far apart
_SAME_SIZE = 0.1  # of the size
_SMALL = 2.0  # points: nobody sets text in that size
_OF_BOX = 0.8  # of the height of a character's box: its size
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


# A word where the page's own coordinates have it: its origin, its last letter's box (left, top,
# right, bottom), its font, whether it begins a line, its text and its first character's index.
_Found = tuple[Point, tuple[float, float, float, float], _Font, bool, str, int]


class PageReader:
    """Reads one page of ``pypdfium2``."""

    def __init__(self, page: Any) -> None:
        self._pdfium = calls()
        self._page = page
        self._quarter = 0
        width, height = page.get_size()  # as shown
        turned = page.get_rotation() in {90, 270}
        self._width, self._height = (height, width) if turned else (width, height)
        self.objects = Objects(page)
        # Made once: PDFium writes into them for every word.
        self._matrix = Numbers("f", 6)
        self._name = ctypes.create_string_buffer(128)
        self._name_at = ctypes.addressof(self._name)
        self._fonts: dict[tuple[int | None, tuple[float, ...] | None, float], _Font] = {}
        self._flags = Numbers("i", 1)
        self._origin = Numbers("d", 2)
        self._box = Numbers("f", 4)  # left, top, right, bottom
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
        return ruling(self.objects.paths, self._turn if self._quarter else None)

    def cut(self, words: Sequence[Word], places: Mapping[int, Sequence[float]]) -> list[Word]:
        """``words``, with those of the orders in ``places`` cut beside the letters nearest to x."""
        textpage = self._page.get_textpage()
        try:
            raw = address(textpage.raw)
            found: list[Word] = []
            for word in words:
                found += self._cut(raw, word, places.get(word.order, ()))
            return found
        finally:
            textpage.close()

    def _cut(self, raw: int, word: Word, places: Sequence[float]) -> list[Word]:
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
            raw = address(textpage.raw)
            count = pdfium.FPDFText_CountChars(raw)
            if count > _CHARACTERS:
                raise TooMuchText(f"{count} characters on one page")
            self.mapped = not map_errors(raw, count)
            return self._placed(raw, self._found(raw, self._characters(raw, count)))
        finally:
            textpage.close()

    def _characters(self, raw: int, count: int) -> str:
        """The page's characters, each at the index that PDFium calls it by."""
        units = (ctypes.c_ushort * (2 * count + 2))()
        written = self._pdfium.FPDFText_GetText(raw, 0, count, ctypes.addressof(units))
        text = bytes(units)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
        # It leaves out what it takes for no text, and then the rest is not where it says.
        character = self._pdfium.FPDFText_GetUnicode
        if len(text) == count and _PLAIN.fullmatch(text):
            # Nearly always the hyphen at a line's end. Every tenth page has one, and to ask for
            # all characters of such a page takes 3 % of the time.
            text = _NO_CHARACTER.sub(lambda match: chr(character(raw, match.start())), text)
        else:
            text = "".join(map(chr, map(character, repeat(raw, count), range(count))))
        return text.translate(_SIGNS)

    def _found(self, raw: int, text: str) -> list[_Found]:
        found = []
        end = 0
        fonts: dict[int | None, _Font] = {}
        # By names of this function: it calls them for every word.
        object_of = self._pdfium.FPDFText_GetTextObject
        origin_of, box_of = (
            self._pdfium.FPDFText_GetCharOrigin,
            self._pdfium.FPDFText_GetLooseCharBox,
        )
        (x_at, y_at), origin = self._origin.at, self._origin.get
        box_at, box = self._box.at[0], self._box.get
        for match in _WORD.finditer(text):
            start = match.start()
            gap = text[end:start]
            begins = not end or (gap != " " and ("\n" in gap or "\r" in gap))
            end = match.end()
            word = match[0]
            plain = word.isalpha() or not _PARTED.search(word)
            if plain and object_of(raw, start) == object_of(raw, end - 1):
                parts = [(start, end - 1)]
            else:
                parts = self._parts(raw, word, start, fonts)
            for first, last in parts:
                shown = object_of(raw, first)
                font = fonts.get(shown) or self._set(raw, first, shown, fonts)
                origin_of(raw, first, x_at, y_at)
                box_of(raw, last, box_at)
                part = text[first : last + 1]
                if not part.isascii() and any(map(is_private, part)):
                    lone = begins and len(part) == 1  # a bullet
                    part = self._shown(raw, first, part, fonts, lone=lone)
                if part.isdigit() and len(part) > 1 and self._is_spread(part, font):
                    found += self._figures(raw, first, part, font, begins=begins)
                else:
                    found.append((origin(), box(), font, begins, part, first))
                begins = False
        return found

    def _is_spread(self, text: str, font: _Font) -> bool:
        """Whether the word found last is figures of an axis, which PDFium takes for one number."""
        wide = self._box.get()[2] - self._origin.get()[0]
        return wide > 0.8 * font.size * len(text) and not font.quarter

    def _shown(
        self, raw: int, first: int, text: str, fonts: dict[int | None, _Font], *, lone: bool
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
        self, raw: int, first: int, text: str, font: _Font, *, begins: bool
    ) -> list[_Found]:
        """The numbers in ``text`` that gaps set apart."""
        starts = [0, *(i for i in range(1, len(text)) if self._apart(raw, first + i, font))]
        found = []
        for one, other in pairwise([*starts, len(text)]):
            origin, box = self._place(raw, first + one, first + other - 1)
            part = text[one:other]
            found.append((origin, box, font, begins and not one, part, first + one))
        return found

    def _parts(
        self, raw: int, word: str, start: int, fonts: dict[int | None, _Font]
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

    def _apart(self, raw: int, index: int, font: _Font) -> bool:
        """Whether there is room for a space before the character at ``index``."""
        _, (_, top, right, _) = self._place(raw, index - 1, index - 1)
        (x, y), _ = self._place(raw, index, index)
        gap = (x - right, y - top)[font.quarter % 2]
        return font.quarter < 2 and gap > _SPACE * font.size

    def _along(self, font: _Font) -> float:
        """The place of the base line that ``_place`` found last."""
        place: float = self._origin.get()[0 if font.quarter % 2 else 1]
        return place

    def _placed(self, raw: int, found: Sequence[_Found]) -> list[Word]:
        """Words with their places as most of the text runs: a page may be drawn on its side."""
        self._quarter = _usual_quarter(found)
        if self._quarter:
            found = [self._upright(word) for word in found]
        placed: list[Word] = []
        before = None
        for (x, y), (left, _, right, _), font, begins, text, start in found:
            turn = (font.quarter - self._quarter) % 4
            size, glued = font.size, False
            if before is not None:
                gap = abs(x - before.x1)
                # Most words have a space before them.
                if gap < _NEAR * size or gap < _NEAR * before.size:
                    glued = self._glued(raw, before, y, font, turn, start)
            end = max(x, left, right)  # the far end of the last letter's box
            before = Word(x, end, y, size, font.bold, begins, text, glued, turn, start)
            placed.append(before)
        return placed

    def _upright(self, found: _Found) -> _Found:
        """A word where it is with the page's text upright; of its box the ends only."""
        origin, (left, top, right, bottom), font, begins, text, start = found
        one, other = self._turn(left, bottom), self._turn(right, top)
        return (self._turn(*origin), (one[0], 0.0, other[0], 0.0), font, begins, text, start)

    def _glued(self, raw: int, before: Word, y: float, font: _Font, turn: int, start: int) -> bool:
        """Whether nothing but a gap that PDFium took for a space separates a word from a near one.

        ``y``, ``font``, ``turn``, ``start``: of the word behind it.
        """
        level = abs(y - before.y) < max(before.size, font.size)
        if not level or before.turn or turn:
            return False
        # 0: the space is the file's own.
        return bool(self._pdfium.FPDFText_IsGenerated(raw, start - 1)) or not before.begins

    def _turn(self, x: float, y: float) -> Point:
        """A place of the page's own as one of the page with its text upright."""
        if not self._quarter:
            return x, y
        turned = ((y, self._width - x), (self._width - x, self._height - y), (self._height - y, x))
        return turned[self._quarter - 1]

    def _place(
        self, raw: int, first: int, last: int
    ) -> tuple[Point, tuple[float, float, float, float]]:
        """Where a word begins on its base line, and the box of its last letter with its gap."""
        self._pdfium.FPDFText_GetCharOrigin(raw, first, *self._origin.at)
        self._pdfium.FPDFText_GetLooseCharBox(raw, last, self._box.at[0])
        return self._origin.get(), self._box.get()

    def _font(
        self, raw: int, index: int, fonts: dict[int | None, _Font]
    ) -> tuple[int | None, _Font]:
        """The text object of the character at ``index`` and how it is set; all of one are alike."""
        shown = self._pdfium.FPDFText_GetTextObject(raw, index)
        return shown, fonts.get(shown) or self._set(raw, index, shown, fonts)

    def _set(
        self, raw: int, index: int, shown: int | None, fonts: dict[int | None, _Font]
    ) -> _Font:
        """How a character and, noted in ``fonts``, its text object ``shown`` are set."""
        pdfium = self._pdfium
        used = pdfium.FPDFTextObj_GetFont(shown) if shown else None
        matrix = None
        if pdfium.FPDFText_GetMatrix(raw, index, self._matrix.at[0]):
            matrix = self._matrix.get()[:4]
        size = pdfium.FPDFText_GetFontSize(raw, index)
        # A page has thousands of text objects and some ten fonts and sizes.
        known = self._fonts.get((used, matrix, size)) if used else None
        if known is not None:
            fonts[shown] = known
            return known
        scale, quarter = 1.0, 0
        if matrix:
            a, b, c, d = matrix
            scale = math.hypot(c, d) or 1.0
            quarter = round(math.atan2(b, a) / (math.pi / 2)) % 4
        self._name.value = b""
        pdfium.FPDFText_GetFontInfo(raw, index, self._name_at, len(self._name), self._flags.at[0])
        size_shown = size * scale
        if size_shown < _SMALL:  # a form on the page may enlarge it, which its matrix lacks
            left, top, right, bottom = self._place(raw, index, index)[1]
            height = right - left if quarter % 2 else top - bottom
            size_shown = max(size_shown, _OF_BOX * abs(height))
        font = _Font(size_shown, *_named(self._name.value), quarter)
        if shown:
            fonts[shown] = self._fonts[used, matrix, size] = font
        return font


def _usual_quarter(found: Sequence[_Found]) -> int:
    """How most of the text is turned."""
    if not {font.quarter for _, _, font, _, _, _ in found} - {0}:
        return 0
    quarters: Counter[int] = Counter()
    for _, _, font, _, text, _ in found:
        quarters[font.quarter] += len(text)
    return quarters.most_common(1)[0][0]


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
