"""What is written on a PDF's page besides its text: form fields, notes and strike-outs.

They are annotations (ISO 32000-1, 12.5): PDFium does not count what they show as text of the page.
A field's value is put where a person reads it, beside its printed label; a note behind the line it
is about, so that no passage has the one without the other.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldkit.core.text import clean_line

_ANNOTATIONS = 20_000  # a page's, links too
_MARKS = 1_000  # of them with a text
_OPTIONS = 1_000  # a list's
_BYTES = 1 << 16  # of one text
_QUADS = 500
_HIDDEN = 2 | 32  # the flags Hidden and NoView
_SECRET = 1 << 13  # the flag Password of a text field
_EMPTY = {"", "[ ]", "( )"}
# What programs call a field to which nobody gave a name.
_NO_NAME = re.compile(
    r"(?i)(?:check ?box|text ?field|text|field|button|group|radio|undefined|untitled|dropdown"
    r"|combo ?box|list ?box|on|off|yes|no|ja|nein|oui|non)?[ _#.\d]*"
)

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a place of the page; ``beside``: a note about what is there."""

    text: str
    box: Box
    beside: bool = False


@dataclass(slots=True)
class Marks:
    """What a page's annotations say, the places that are struck out, and what is not read.

    ``offered``: options of lists that are not selected. ``drawn``: whether an annotation may show
    more than its value.
    """

    texts: list[Mark] = field(default_factory=list)
    offered: set[str] = field(default_factory=set)
    drawn: bool = False
    struck: list[Box] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_marks(page: Any, form: Any) -> Marks | None:
    """The marks of a page of ``pypdfium2``; None where it has none.

    ``form`` is the document's form environment, None where it has no form.
    """
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPage_GetAnnotCount(page.raw)
    if count <= 0:
        return None
    return _Reader(pdfium, page.raw, form).read(min(count, _ANNOTATIONS))


class _Reader:
    """Reads the annotations of one page."""

    def __init__(self, pdfium: Any, page: Any, form: Any) -> None:
        self._pdfium = pdfium
        self._page = page
        self._form = form
        self._marks = Marks()
        self._hidden = 0
        self._silent: dict[str, None] = {}  # what has no text that could be read

    def read(self, count: int) -> Marks | None:
        """The page's marks, None where all of ``count`` are links and the like."""
        pdfium = self._pdfium
        kinds = {
            pdfium.FPDF_ANNOT_LINK,
            pdfium.FPDF_ANNOT_POPUP,
            pdfium.FPDF_ANNOT_PRINTERMARK,
            pdfium.FPDF_ANNOT_TRAPNET,
        }
        for index in range(count):
            mark = pdfium.FPDFPage_GetAnnot(self._page, index)
            if not mark:
                continue
            try:
                kind = pdfium.FPDFAnnot_GetSubtype(mark)
                if kind not in kinds:
                    self._one(mark, kind)
                if len(self._marks.texts) + len(self._marks.struck) > _MARKS:
                    self._silent[f"what is behind the first {_MARKS} fields and notes"] = None
                    break
            finally:
                pdfium.FPDFPage_CloseAnnot(mark)
        found = self._marks
        if self._hidden:
            found.left_out.append(_counted(self._hidden, "hidden form field or note"))
        found.left_out += [f"{what} is not read" for what in self._silent]
        known = found.texts or found.struck or found.left_out or found.drawn
        return found if known else None

    def _one(self, mark: Any, kind: int) -> None:
        pdfium = self._pdfium
        is_field = kind == pdfium.FPDF_ANNOT_WIDGET
        text = self._field(mark) if is_field else self._text(mark, "Contents")
        if pdfium.FPDFAnnot_GetFlags(mark) & _HIDDEN:
            self._hidden += text not in _EMPTY
            return
        self._marks.drawn = True
        if is_field and text:
            self._marks.texts.append(Mark(text, self._box(mark)))
        elif not is_field:
            self._note(mark, kind, text)

    def _note(self, mark: Any, kind: int, text: str) -> None:
        """Anything but a field; ``text``: what somebody wrote with it."""
        pdfium = self._pdfium
        quads = self._quads(mark)
        if kind == pdfium.FPDF_ANNOT_STRIKEOUT:
            self._marks.struck += quads
        if self._text(mark, "StateModel"):  # "Accepted", of a review
            return
        if kind == pdfium.FPDF_ANNOT_STAMP and not text:
            text = self._stamp(mark)
        if text:
            # A note is beside the last of the places that it marks.
            box = min(quads, key=lambda quad: quad[1]) if quads else self._box(mark)
            self._marks.texts.append(Mark(f"Note on the page: {text}", box, beside=True))
        if what := _silent(pdfium, kind, text):
            self._silent[what] = None

    def _stamp(self, mark: Any) -> str:
        """The name of a standard stamp: "Not approved" for ``NotApproved``."""
        name = re.sub(r"^(?:SB|SH)?#?", "", self._text(mark, "Name"))
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).strip()
        return words if re.fullmatch(r"[A-Za-z ]{3,40}", words) else ""

    def _field(self, mark: Any) -> str:
        """What a form field shows."""
        pdfium, form = self._pdfium, self._form
        kind = pdfium.FPDFAnnot_GetFormFieldType(form, mark) if form else -1
        if kind in {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}:
            return self._button(mark, kind == pdfium.FPDF_FORMFIELD_CHECKBOX)
        if kind in {pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}:
            return self._chosen(mark)
        if kind in {pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE}:
            return ""
        if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD:
            if pdfium.FPDFAnnot_GetFormFieldFlags(form, mark) & _SECRET:
                return ""
            return self._said(pdfium.FPDFAnnot_GetFormFieldValue, form, mark)
        return self._text(mark, "V")

    def _button(self, mark: Any, box: bool) -> str:
        """A check box as ``[x]``, a radio button as ``(x)``, with the name that it has."""
        pdfium, form = self._pdfium, self._form
        checked = "x" if pdfium.FPDFAnnot_IsChecked(form, mark) else " "
        names = [self._said(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, mark)]
        if box:
            names.append(self._said(pdfium.FPDFAnnot_GetFormFieldName, form, mark))
            names[1] = re.split(r"[.\[]", names[1].rstrip("]0123456789["))[-1]
        else:
            names.insert(0, self._said(pdfium.FPDFAnnot_GetFormFieldExportValue, form, mark))
        name = next((name for name in names if not _NO_NAME.fullmatch(name)), "")
        return f"{f'[{checked}]' if box else f'({checked})'} {name}".strip()

    def _chosen(self, mark: Any) -> str:
        """The options of a list that are selected, as they are shown."""
        pdfium, form = self._pdfium, self._form
        count = min(pdfium.FPDFAnnot_GetOptionCount(form, mark), _OPTIONS)
        chosen = []
        for index in range(count):
            option = self._said(pdfium.FPDFAnnot_GetOptionLabel, form, mark, index)
            if pdfium.FPDFAnnot_IsOptionSelected(form, mark, index):
                chosen.append(option)
            else:
                self._marks.offered.add(option)
        return ", ".join(chosen) or self._said(pdfium.FPDFAnnot_GetFormFieldValue, form, mark)

    def _text(self, mark: Any, key: str) -> str:
        return self._said(self._pdfium.FPDFAnnot_GetStringValue, mark, key.encode("ascii"))

    def _said(self, function: Callable[..., int], *arguments: Any) -> str:
        """The text that a function of PDFium writes into a buffer, lines apart."""
        size = min(function(*arguments, None, 0), _BYTES)
        if size <= 2:
            return ""
        buffer = (ctypes.c_ushort * (size // 2 + 1))()
        function(*arguments, buffer, size)
        text = bytes(buffer)[:size].decode("utf-16-le", "replace").split("\0")[0]
        return "\n".join(filter(None, map(clean_line, re.split(r"[\r\n]+", text))))

    def _box(self, mark: Any) -> Box:
        rectangle = self._pdfium.FS_RECTF()
        if not self._pdfium.FPDFAnnot_GetRect(mark, rectangle):
            return (0.0, 0.0, 0.0, 0.0)
        xs = sorted((rectangle.left, rectangle.right))
        ys = sorted((rectangle.bottom, rectangle.top))
        return xs[0], ys[0], xs[1], ys[1]

    def _quads(self, mark: Any) -> list[Box]:
        """The places of the text that is marked."""
        pdfium = self._pdfium
        points = pdfium.FS_QUADPOINTSF()
        found = []
        for index in range(min(pdfium.FPDFAnnot_CountAttachmentPoints(mark), _QUADS)):
            if pdfium.FPDFAnnot_GetAttachmentPoints(mark, index, points):
                xs = (points.x1, points.x2, points.x3, points.x4)
                ys = (points.y1, points.y2, points.y3, points.y4)
                found.append((min(xs), min(ys), max(xs), max(ys)))
        return found


def _silent(pdfium: Any, kind: int, text: str) -> str:
    """What of an annotation with ``text`` is not read; "" where nothing is lost."""
    always = {
        pdfium.FPDF_ANNOT_FILEATTACHMENT: "an attached file",
        pdfium.FPDF_ANNOT_REDACT: "a mark for redaction that was not applied",
    }
    if text or kind in always:
        return always.get(kind, "")
    drawn = "a line or a shape that somebody drew on the page"
    return {
        pdfium.FPDF_ANNOT_INK: drawn,
        pdfium.FPDF_ANNOT_LINE: drawn,
        pdfium.FPDF_ANNOT_POLYLINE: drawn,
        pdfium.FPDF_ANNOT_STAMP: "a stamp",
        pdfium.FPDF_ANNOT_FREETEXT: "a note without a text of its own",
        pdfium.FPDF_ANNOT_SOUND: "a sound",
        pdfium.FPDF_ANNOT_MOVIE: "a film",
        pdfium.FPDF_ANNOT_SCREEN: "a film or a sound",
        pdfium.FPDF_ANNOT_RICHMEDIA: "a film or a sound",
        pdfium.FPDF_ANNOT_THREED: "a 3D model",
        pdfium.FPDF_ANNOT_XFAWIDGET: "a field of an XFA form",
    }.get(kind, "")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'} left out"


def lines_of(mark: Mark) -> Iterator[tuple[str, Box]]:
    """The lines of a field's value, each with its part of the field from the top down."""
    texts: Sequence[str] = mark.text.split("\n")
    left, bottom, right, top = mark.box
    step = (top - bottom) / len(texts)
    for index, text in enumerate(texts):
        yield text, (left, top - (index + 1) * step, right, top - index * step)
