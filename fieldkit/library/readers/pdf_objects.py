"""The drawn objects of a PDF's page, those in forms too, in the order in which they are drawn.

One loop over a page's objects serves all who look at them: a page may have 20,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import Any

from fieldkit.library.readers.pdf_calls import Numbers, address, calls

_OBJECTS = 50_000
_DEPTH = 4  # of forms in forms
_DRAWING = 5_000  # objects of a page or a form; one with more is a drawing, and rules no table
_RULED_DEPTH = 3

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """What an object is part of: the page, or a form in it.

    ``matrix`` leads to the page's coordinates, as ``through`` does one after the other.
    ``is_drawing``: its lines rule no table. ``depth``: of the forms that are read in it.
    """

    matrix: Matrix = _SAME
    through: tuple[Matrix, ...] = ()
    is_drawing: bool = False
    depth: int = _DEPTH


# An object's place in the order, its address, and what it is part of. A page has so many that a
# class for them is felt.
Drawn = tuple[int, int, Frame]


class Objects:
    """The objects of one page of ``pypdfium2`` by their kinds."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = calls()
        self._path = pdfium.FPDF_PAGEOBJ_PATH
        self._text = pdfium.FPDF_PAGEOBJ_TEXT
        self._form = pdfium.FPDF_PAGEOBJ_FORM
        self._image = pdfium.FPDF_PAGEOBJ_IMAGE
        self.texts: list[Drawn] = []
        self.paths: list[Drawn] = []
        self.pictures: list[Drawn] = []
        self.shapes: list[Drawn] = []  # pictures and shadings
        self.count = 0
        self._matrix = Numbers("f", 6)
        raw = address(page.raw)
        count = self._pdfium.FPDFPage_CountObjects(raw)
        frame = Frame(is_drawing=count > _DRAWING)
        self._collect(raw, self._pdfium.FPDFPage_GetObject, min(count, _OBJECTS), frame)

    def _collect(self, parent: int, item_at: Any, count: int, frame: Frame) -> None:
        """Note the ``count`` objects of a page or a form."""
        path, text, form = self._path, self._text, self._form
        texts, paths = self.texts, self.paths
        items = list(map(item_at, repeat(parent, count), range(count)))
        for item, kind in zip(items, map(self._pdfium.FPDFPageObj_GetType, items), strict=True):
            self.count += 1
            if kind == path:
                paths.append((self.count, item, frame))
            elif kind == text:
                texts.append((self.count, item, frame))
            elif kind == form:
                if frame.depth:
                    self._parts(item, frame)
            else:
                self.shapes.append((self.count, item, frame))
                if kind == self._image:
                    self.pictures.append(self.shapes[-1])

    def _parts(self, form: int, outer: Frame) -> None:
        """Note the objects in a form."""
        pdfium = self._pdfium
        known = pdfium.FPDFPageObj_GetMatrix(form, self._matrix.at[0])
        a, b, c, d, e, f = self._matrix.get() if known else _SAME
        own = (a, b, c, d, e, f)
        count = max(pdfium.FPDFFormObj_CountObjects(form), 0)
        frame = Frame(
            matrix=_product(own, outer.matrix) if known else outer.matrix,
            through=(own, *outer.through),
            is_drawing=outer.is_drawing or count > _DRAWING or outer.depth <= _DEPTH - _RULED_DEPTH,
            depth=outer.depth - 1,
        )
        room = max(2 * _OBJECTS - self.count, 0)
        self._collect(form, pdfium.FPDFFormObj_GetObject, min(count, room), frame)


def _product(one: Matrix, other: Matrix) -> Matrix:
    """The matrix that applies ``one`` and then ``other``."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip
