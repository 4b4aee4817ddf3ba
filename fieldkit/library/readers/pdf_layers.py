"""What a PDF's page draws besides its text: pictures, and text that nobody can see.

Text may be drawn invisibly: by a scanner's software over the picture of a page, in white on white,
or outside the page. What is found so is switched off before the page's text is read.
"""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

_OBJECTS = 50_000
_DEPTH = 4  # of forms in forms
_INVISIBLE = 3  # text render mode, ISO 32000-1, 9.3.6
_WHITE = 250  # of 255
_MARKS = 8  # of an object: the layers and the structure that it is part of
_PIXELS = 1_200.0  # the longer side of a picture that is compared
_NEARLY_ALL = 0.9  # of the page
_SAMPLES = 50  # texts of a page
_AREAS = 2_000  # of a page that are looked at
_LATER = 300  # boxes drawn behind text; a drawing has more
_BOX = 6  # segments
_LOW = 4.0  # points: a line, which covers no text
_CLEAR = 8  # of 255: the opacity of what nobody sees

Box = tuple[float, float, float, float]  # left, bottom, right, top
Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


class _Drawn(NamedTuple):
    """An object of the page, its place in the order, and the matrix of what it is part of."""

    order: int
    item: Any
    kind: int
    matrix: Matrix


class Layers:
    """The drawn objects of one page of ``pypdfium2``."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = page
        self._box = _page_box(pdfium, page)
        self._numbers = [ctypes.c_uint() for _ in range(4)]
        self._colour = tuple(map(ctypes.byref, self._numbers))
        self._floats = [ctypes.c_float() for _ in range(4)]
        self._bounds = tuple(map(ctypes.byref, self._floats))
        self._name = (ctypes.c_ushort * 8)()
        self._length = ctypes.c_ulong()
        self._texts: list[_Drawn] = []
        self._paths: list[tuple[int, Any, Matrix]] = []
        self._shapes: list[_Drawn] = []  # pictures and shadings
        self._count = 0
        self._collect()
        self.empty = not self._count
        self.only_text = not self._paths and not self._shapes
        pictures = [d for d in self._shapes if d.kind == pdfium.FPDF_PAGEOBJ_IMAGE]
        # The share of the page that is pictures: a scan may be cut into strips.
        self.pictured = min(sum(self._share(self._place(d)) for d in pictures), 1.0)

    def hidden(self) -> list[Any]:
        """The text objects with the render mode "invisible"."""
        mode = self._pdfium.FPDFTextObj_GetTextRenderMode
        return [
            d.item for d in self._texts if mode(d.item) == _INVISIBLE and _has_area(self._place(d))
        ]

    def covered(self) -> bool:
        """Whether a picture of nearly all of the page is drawn over its text."""
        if not self._texts:
            return False
        last = self._texts[-1].order
        after = [
            d for d in self._shapes if d.order > last and d.kind == self._pdfium.FPDF_PAGEOBJ_IMAGE
        ]
        texts = [self._place(d) for d in self._texts[:_SAMPLES]]
        return any(
            self._share(place) > _NEARLY_ALL
            and not self._pdfium.FPDFPageObj_HasTransparency(drawn.item)
            and all(_within(text, place) for text in texts if _has_area(text))
            for drawn, place in ((d, self._place(d)) for d in after)
        )

    def unseen(self) -> list[Any]:
        """The text objects that are clear, or white with nothing but the page behind them."""
        pdfium = self._pdfium
        found = []
        behind: list[tuple[int, Box]] | None = None
        colour_of, colour = pdfium.FPDFPageObj_GetFillColor, self._colour
        red, green, blue, opacity = self._numbers
        for drawn in self._texts:
            if not colour_of(drawn.item, *colour):
                continue
            clear = opacity.value <= _CLEAR
            if not clear and (red.value < _WHITE or min(green.value, blue.value) < _WHITE):
                continue
            if pdfium.FPDFTextObj_GetTextRenderMode(drawn.item) != pdfium.FPDF_TEXTRENDERMODE_FILL:
                continue
            place = self._place(drawn)
            if not _has_area(place):  # spaces
                continue
            if not clear:
                behind = self._areas() if behind is None else behind
                if self._on_something(place, drawn.order, behind):
                    continue
            found.append(drawn.item)
            if len(found) == _AREAS:
                break
        return found

    def switched_off(self) -> list[Any]:
        """The text objects of optional content (layers) that the page does not show.

        PDFium does not say which layers are shown: a text is in one that is not where the page
        looks the same without it.
        """
        return self._needless([drawn for drawn in self._texts if self._is_optional(drawn.item)])

    def painted_over(self) -> list[Any]:
        """The text objects under a shape or a picture that is drawn later."""
        areas = self._later_areas()
        if not areas:
            return []
        places = [(drawn, self._place(drawn)) for drawn in self._texts]
        return self._needless(
            [
                drawn for drawn, place in places
                if _has_area(place)
                and any(order > drawn.order and _within(place, area) for order, area in areas)
            ]
        )  # fmt: skip

    def _later_areas(self) -> list[tuple[int, Box]]:
        """Pictures and filled boxes behind the first text, in the order of drawing."""
        pdfium = self._pdfium
        first = self._texts[0].order if self._texts else self._count
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        boxes = [
            _Drawn(index, item, pdfium.FPDF_PAGEOBJ_PATH, matrix)
            for index, item, matrix in self._paths
            if index > first
            and pdfium.FPDFPath_CountSegments(item) <= _BOX
            and pdfium.FPDFPath_GetDrawMode(item, mode, stroke)
            and mode.value
        ]
        shapes = [drawn for drawn in self._shapes if drawn.order > first]
        found = [(d.order, self._place(d)) for d in (*boxes, *shapes)]
        found = [(order, area) for order, area in found if area[3] - area[1] > _LOW]
        return found if len(found) <= _LATER else []

    def _needless(self, texts: list[_Drawn]) -> list[Any]:
        """Those of ``texts`` without which the page looks the same."""
        if not texts:
            return []
        with_them = self._drawing()
        self.switch_off([drawn.item for drawn in texts])
        without = self._drawing()
        for drawn in texts:
            self._pdfium.FPDFPageObj_SetIsActive(drawn.item, True)
        return [d.item for d in texts if self._is_same(self._place(d), with_them, without)]

    def outside(self) -> list[Any]:
        """The text objects that are not on the page as it is shown."""
        return [d.item for d in self._texts if not _overlap(self._place(d), self._box)]

    def on_page(self, x: float, y: float) -> bool:
        """Whether a place in the page's coordinates is on the page as shown, give or take."""
        left, bottom, right, top = self._box
        return left - 2 <= x <= right + 2 and bottom - 2 <= y <= top + 2

    def switch_off(self, items: list[Any]) -> None:
        """Have PDFium leave out ``items`` when it reads the page's text from now on."""
        for item in items:
            self._pdfium.FPDFPageObj_SetIsActive(item, False)

    def _collect(self) -> None:
        """Note all objects, those in forms too, in the order in which they are drawn."""
        pdfium, page = self._pdfium, self._page.raw
        kind_of, item_at = pdfium.FPDFPageObj_GetType, pdfium.FPDFPage_GetObject
        path, text = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_TEXT
        for top in range(min(pdfium.FPDFPage_CountObjects(page), _OBJECTS)):
            item = item_at(page, top)
            kind = kind_of(item)
            index = self._count = self._count + 1
            if kind == path:
                self._paths.append((index, item, _SAME))
            elif kind == text:
                self._texts.append(_Drawn(index, item, kind, _SAME))
            else:
                self._note(item, kind, _SAME, _DEPTH)

    def _note(self, item: Any, kind: int, matrix: Matrix, depth: int) -> None:
        pdfium = self._pdfium
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if depth:
                self._parts(item, matrix, depth - 1)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._paths.append((self._count, item, matrix))
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            self._texts.append(_Drawn(self._count, item, kind, matrix))
        else:
            self._shapes.append(_Drawn(self._count, item, kind, matrix))

    def _parts(self, form: Any, outer: Matrix, depth: int) -> None:
        """Note the objects in a form."""
        pdfium = self._pdfium
        found = pdfium.FS_MATRIX()
        matrix = outer
        if pdfium.FPDFPageObj_GetMatrix(form, found):
            own = (found.a, found.b, found.c, found.d, found.e, found.f)
            matrix = _product(own, outer)
        count = max(pdfium.FPDFFormObj_CountObjects(form), 0)
        for index in range(min(count, max(2 * _OBJECTS - self._count, 0))):
            item = pdfium.FPDFFormObj_GetObject(form, index)
            self._count += 1
            self._note(item, pdfium.FPDFPageObj_GetType(item), matrix, depth)

    def _is_optional(self, item: Any) -> bool:
        pdfium, name = self._pdfium, self._name
        for index in range(min(pdfium.FPDFPageObj_CountMarks(item), _MARKS)):
            mark = pdfium.FPDFPageObj_GetMark(item, index)
            if pdfium.FPDFPageObjMark_GetName(mark, name, len(name) * 2, self._length) and (
                name[0] == ord("O") and name[1] == ord("C") and not name[2]
            ):
                return True
        return False

    def _drawing(self) -> Any:
        """The page as a picture in grey, coarse."""
        longest = max(*self._page.get_size(), 1.0)
        return self._page.render(scale=min(_PIXELS / longest, 2.0), grayscale=True)

    def _is_same(self, box: Box, one: Any, other: Any) -> bool:
        """Whether two pictures of the page are the same where ``box`` is."""
        pdfium, size = self._pdfium, (one.width, one.height)
        x, y = ctypes.c_int(), ctypes.c_int()
        corners = []
        for left, bottom in ((box[0], box[1]), (box[2], box[3])):
            pdfium.FPDF_PageToDevice(self._page.raw, 0, 0, *size, 0, left, bottom, x, y)
            corners.append((x.value, y.value))
        xs, ys = (sorted(values) for values in zip(*corners, strict=True))
        first, last = max(xs[0] - 1, 0), min(xs[1] + 2, one.width)
        rows = range(max(ys[0] - 1, 0), min(ys[1] + 2, one.height))
        ours, theirs = (memoryview(drawn.buffer).cast("B") for drawn in (one, other))
        return all(
            ours[row * one.stride + first : row * one.stride + last]
            == theirs[row * other.stride + first : row * other.stride + last]
            for row in rows
        )

    def _coloured(self, item: Any) -> bool:
        """Whether the fill colour is known; it is then in ``_numbers``."""
        return bool(self._pdfium.FPDFPageObj_GetFillColor(item, *self._colour))

    def _areas(self) -> list[tuple[int, Box]]:
        """Pictures, shadings and filled shapes that are not white, with their index."""
        pdfium = self._pdfium
        found = [(shape.order, self._place(shape)) for shape in self._shapes[:_AREAS]]
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        for index, item, matrix in self._paths:
            if not pdfium.FPDFPath_GetDrawMode(item, mode, stroke) or not mode.value:
                continue
            white = self._coloured(item) and (
                min(number.value for number in self._numbers[:3]) >= _WHITE
            )
            if not white:
                drawn = _Drawn(index, item, pdfium.FPDF_PAGEOBJ_PATH, matrix)
                found.append((index, self._place(drawn)))
                if len(found) >= _AREAS:
                    break
        return found

    def _on_something(self, box: Box, index: int, behind: list[tuple[int, Box]]) -> bool:
        """Whether what is drawn before the object ``index`` at ``box`` is behind its centre."""
        return len(behind) >= _AREAS or any(
            place < index and _within(box, area) for place, area in behind
        )

    def _place(self, drawn: _Drawn) -> Box:
        if not self._pdfium.FPDFPageObj_GetBounds(drawn.item, *self._bounds):
            return (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = (value.value for value in self._floats)
        if drawn.matrix is _SAME:
            return left, bottom, right, top
        corners = [_moved(x, y, drawn.matrix) for x in (left, right) for y in (bottom, top)]
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


def _product(one: Matrix, other: Matrix) -> Matrix:
    """The matrix that applies ``one`` and then ``other``."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip


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
