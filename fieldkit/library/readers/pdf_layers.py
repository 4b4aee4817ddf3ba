"""What a PDF's page draws besides its text: pictures, and text that nobody can see.

Text may be drawn invisibly: by a scanner's software over the picture of a page, in white on white,
or outside the page. What is found so is switched off before the page's text is read.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from fieldkit.library.readers.pdf_calls import Numbers, calls
from fieldkit.library.readers.pdf_objects import Drawn, Matrix, Objects
from fieldkit.library.readers.pdf_words import Word

_INVISIBLE = 3  # text render mode, ISO 32000-1, 9.3.6
_WHITE = 250  # of 255
_MARKS = 8  # of an object: the layers and the structure that it is part of
_PIXELS = 700.0  # the longer side of a picture that is compared
_NEARLY_ALL = 0.9  # of the page
_SAMPLES = 50  # texts of a page
_AREAS = 2_000  # of a page that are looked at
_LATER = 300  # boxes drawn behind text; a drawing has more
_BOX = 6  # segments
_LOW = 4.0  # points: a line, which covers no text
_CLEAR = 8  # of 255: the opacity of what nobody sees

_NAME = 8  # units of UTF-16
_OPTIONAL = (ord("O"), ord("C"), 0)  # the name of a mark for optional content

Box = tuple[float, float, float, float]  # left, bottom, right, top
Pixels = tuple[int, int, int, int]  # left, top, right, bottom


class Layers:
    """The drawn ``objects`` of one page of ``pypdfium2``."""

    def __init__(self, page: Any, objects: Objects) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = calls()
        self._raw = pdfium
        self._page = page
        self._box = _page_box(pdfium, page)
        self._colour = Numbers("I", 4)
        self._bounds = Numbers("f", 4)
        self._name = Numbers("H", _NAME)
        self._length = Numbers("L", 1)
        self._texts, self._paths = objects.texts, objects.paths
        self._pictures, self._shapes = objects.pictures, objects.shapes
        self._items = [item for _, item, _ in objects.texts]
        self.empty = not objects.count
        self.only_text = not self._paths and not self._shapes
        # The share of the page that is pictures: a scan may be cut into strips.
        self.pictured = min(sum(self._share(self._place(d)) for d in self._pictures), 1.0)

    def hidden(self) -> list[int]:
        """The text objects with the render mode "invisible"."""
        modes = list(map(self._pdfium.FPDFTextObj_GetTextRenderMode, self._items))
        if _INVISIBLE not in modes:
            return []
        return [
            drawn[1]
            for drawn, mode in zip(self._texts, modes, strict=True)
            if mode == _INVISIBLE and _has_area(self._place(drawn))
        ]

    def covered(self) -> bool:
        """Whether a picture of nearly all of the page is drawn over its text."""
        if not self._texts:
            return False
        last = self._texts[-1][0]
        texts = [self._place(d) for d in self._texts[:_SAMPLES]]
        return any(
            self._share(place) > _NEARLY_ALL
            and not self._pdfium.FPDFPageObj_HasTransparency(picture[1])
            and all(_within(text, place) for text in texts if _has_area(text))
            for picture, place in ((d, self._place(d)) for d in self._pictures if d[0] > last)
        )

    def unseen(self) -> list[int]:
        """The text objects that are clear, or white with nothing but the page behind them."""
        mode_of = self._pdfium.FPDFTextObj_GetTextRenderMode
        filled = self._raw.FPDF_TEXTRENDERMODE_FILL
        found: list[int] = []
        behind: list[tuple[int, Box]] | None = None
        colour_of, colour = self._pdfium.FPDFPageObj_GetFillColor, self._colour.get
        red_at, green_at, blue_at, opacity_at = self._colour.at
        for drawn in self._texts:
            order, item, _ = drawn
            if not colour_of(item, red_at, green_at, blue_at, opacity_at):
                continue
            red, green, blue, opacity = colour()
            clear = opacity <= _CLEAR
            if not clear and (red < _WHITE or green < _WHITE or blue < _WHITE):
                continue
            if mode_of(item) != filled:
                continue
            place = self._place(drawn)
            if not _has_area(place):  # spaces
                continue
            if not clear:
                behind = self._areas() if behind is None else behind
                if self._on_something(place, order, behind):
                    continue
            found.append(item)
            if len(found) == _AREAS:
                break
        return found

    def switched_off(self) -> list[int]:
        """The text objects of optional content (layers) that the page does not show.

        PDFium does not say which layers are shown: a text is in one that is not where the page
        looks the same without it.
        """
        if not any(map(self._pdfium.FPDFPageObj_CountMarks, self._items)):
            return []
        return self._needless([drawn for drawn in self._texts if self._is_optional(drawn[1])])

    def painted_over(self) -> list[int]:
        """The text objects under a shape or a picture that is drawn later."""
        areas = self._later_areas()
        if not areas:
            return []
        last = areas[-1][0]
        centres = [
            (drawn[0], (left + right) / 2, (bottom + top) / 2, drawn)
            for drawn in self._texts
            if drawn[0] < last
            for left, bottom, right, top in (self._place(drawn),)
            if left < right and bottom < top
        ]
        covered = {
            order: drawn
            for behind, (left, bottom, right, top) in areas
            for order, x, y, drawn in centres
            if order < behind and left <= x <= right and bottom <= y <= top
        }
        return self._needless(list(covered.values()))

    def _later_areas(self) -> list[tuple[int, Box]]:
        """Pictures and filled boxes behind the first text, in the order of drawing."""
        if not self._texts:
            return []
        pdfium, first, modes = self._pdfium, self._texts[0][0], Numbers("i", 2)
        boxes = [
            drawn
            for drawn in self._paths
            if drawn[0] > first
            and pdfium.FPDFPath_CountSegments(drawn[1]) <= _BOX
            and pdfium.FPDFPath_GetDrawMode(drawn[1], *modes.at)
            and modes.get()[0]
        ]
        shapes = [drawn for drawn in self._shapes if drawn[0] > first]
        ordered = sorted([*boxes, *shapes], key=itemgetter(0))
        found = [(drawn[0], self._place(drawn)) for drawn in ordered]
        found = [(order, area) for order, area in found if area[3] - area[1] > _LOW]
        return found if len(found) <= _LATER else []

    def _needless(self, texts: list[Drawn]) -> list[int]:
        """Those of ``texts`` without which the page looks the same."""
        if not texts:
            return []
        width, height = self._page.get_size()
        scale = min(_PIXELS / max(width, height, 1.0), 2.0)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        places = [self._pixels(self._place(drawn), size) for drawn in texts]
        items = [item for _, item, _ in texts]
        with_them = self._drawing(places, size)
        self.switch_off(items)
        without = self._drawing(places, size)
        for item in items:
            self._pdfium.FPDFPageObj_SetIsActive(item, True)
        pairs = zip(items, with_them, without, strict=True)
        return [item for item, one, other in pairs if one == other]

    def _pixels(self, box: Box, size: tuple[int, int]) -> Pixels:
        """Where ``box`` is on a picture of the page of ``size``, and a little around it."""
        x, y = ctypes.c_int(), ctypes.c_int()
        corners = []
        for left, bottom in ((box[0], box[1]), (box[2], box[3])):
            to_device = self._raw.FPDF_PageToDevice
            to_device(self._page.raw, 0, 0, *size, 0, left, bottom, x, y)
            corners.append((x.value, y.value))
        (x0, x1), (y0, y1) = (sorted(values) for values in zip(*corners, strict=True))
        return (
            min(max(x0 - 1, 0), size[0] - 1), min(max(y0 - 1, 0), size[1] - 1),
            max(min(x1 + 2, size[0]), 1), max(min(y1 + 2, size[1]), 1),
        )  # fmt: skip

    def _drawing(self, places: Sequence[Pixels], size: tuple[int, int]) -> list[list[bytes]]:
        """The rows of grey pixels in each of ``places`` of the page, drawn coarsely.

        Only the part of the page that holds them is drawn: a drawing of a whole page takes long.
        """
        import pypdfium2

        left, top = min(p[0] for p in places), min(p[1] for p in places)
        right, bottom = max(p[2] for p in places), max(p[3] for p in places)
        raw = self._raw
        shown = pypdfium2.PdfBitmap.new_native(right - left, bottom - top, raw.FPDFBitmap_Gray)
        shown.fill_rect((255, 255, 255, 255), 0, 0, right - left, bottom - top)
        flags = raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE
        raw.FPDF_RenderPageBitmap(shown.raw, self._page.raw, -left, -top, *size, 0, flags)
        pixels, stride = memoryview(shown.buffer).cast("B"), shown.stride
        return [
            [
                bytes(pixels[row * stride + x0 - left : row * stride + x1 - left])
                for row in range(y0 - top, y1 - top)
            ]
            for x0, y0, x1, y1 in places
        ]

    def outside(self) -> list[int]:
        """The text objects that are not on the page as it is shown."""
        return [d[1] for d in self._texts if not _overlap(self._place(d), self._box)]

    def on_page(self, words: Sequence[Word]) -> bool:
        """Whether all of ``words`` begin on the page as shown, give or take.

        Their places are those of the page's own coordinates.
        """
        left, bottom, right, top = self._box
        return not [
            word
            for word in words
            if not (left - 2 <= word.x0 <= right + 2 and bottom - 2 <= word.y <= top + 2)
        ]

    def switch_off(self, items: list[int]) -> None:
        """Have PDFium leave out ``items`` when it reads the page's text from now on."""
        for item in items:
            self._pdfium.FPDFPageObj_SetIsActive(item, False)

    def _is_optional(self, item: int) -> bool:
        pdfium, name_at, length_at = self._pdfium, self._name.at[0], self._length.at[0]
        for index in range(min(pdfium.FPDFPageObj_CountMarks(item), _MARKS)):
            mark = pdfium.FPDFPageObj_GetMark(item, index)
            if pdfium.FPDFPageObjMark_GetName(mark, name_at, 2 * _NAME, length_at) and (
                self._name.get()[:3] == _OPTIONAL
            ):
                return True
        return False

    def _areas(self) -> list[tuple[int, Box]]:
        """Pictures, shadings and filled shapes that are not white, with their index."""
        pdfium = self._pdfium
        found = [(shape[0], self._place(shape)) for shape in self._shapes[:_AREAS]]
        modes = Numbers("i", 2)
        for index, item, frame in self._paths:
            if not pdfium.FPDFPath_GetDrawMode(item, *modes.at) or not modes.get()[0]:
                continue
            coloured = pdfium.FPDFPageObj_GetFillColor(item, *self._colour.at)
            if not coloured or min(self._colour.get()[:3]) < _WHITE:
                found.append((index, self._place((index, item, frame))))
                if len(found) >= _AREAS:
                    break
        return found

    def _on_something(self, box: Box, index: int, behind: list[tuple[int, Box]]) -> bool:
        """Whether what is drawn before the object ``index`` at ``box`` is behind its centre."""
        return len(behind) >= _AREAS or any(
            place < index and _within(box, area) for place, area in behind
        )

    def _place(self, drawn: Drawn) -> Box:
        _, item, frame = drawn
        if not self._pdfium.FPDFPageObj_GetBounds(item, *self._bounds.at):
            return (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = self._bounds.get()
        if not frame.through:
            return left, bottom, right, top
        matrix = frame.matrix
        corners = [_moved(x, y, matrix) for x in (left, right) for y in (bottom, top)]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def _share(self, box: Box) -> float:
        left, bottom, right, top = self._box
        area = max((right - left) * (top - bottom), 1e-6)
        width = min(box[2], right) - max(box[0], left)
        height = min(box[3], top) - max(box[1], bottom)
        return max(width, 0.0) * max(height, 0.0) / area


def _page_box(pdfium: Any, page: Any) -> Box:
    """The part of the page that is shown, in its own coordinates."""
    box = pdfium.FS_RECTF()
    if pdfium.FPDF_GetPageBoundingBox(page.raw, box):
        return box.left, box.bottom, box.right, box.top
    width, height = page.get_size()
    return 0.0, 0.0, width, height


def _moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _has_area(box: Box) -> bool:
    return box[0] < box[2] and box[1] < box[3]


def _within(one: Box, other: Box) -> bool:
    """Whether the centre of ``one`` is in ``other``."""
    x, y = (one[0] + one[2]) / 2, (one[1] + one[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
