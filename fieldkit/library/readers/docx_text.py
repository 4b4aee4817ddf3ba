"""The text of a Word paragraph as it is shown, in pieces between page breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.docx_context import BREAK, RENDERED, Context, Line
from fieldkit.library.readers.docx_fields import Fields
from fieldkit.library.readers.docx_findings import (
    CHANGES,
    CHARTS,
    COMMENTS,
    CONTENTS,
    FIELD_NUMBERS,
    FORMULAS,
    HIDDEN,
    NOTES,
    OBJECTS,
    SIGNS,
    STRUCK,
    WHITE,
    Topic,
)
from fieldkit.library.readers.docx_looks import PLAIN
from fieldkit.library.readers.docx_math import formula
from fieldkit.library.readers.docx_names import (
    CHART,
    DIAGRAM,
    INLINE,
    MC,
    OFFICE,
    VML,
    A,
    M,
    W,
    child,
    chosen,
)
from fieldkit.library.readers.docx_notes import REFERENCES
from fieldkit.library.readers.docx_styles import Style
from fieldkit.library.readers.docx_symbols import UNKNOWN, shown, sign
from fieldkit.library.readers.scripts import LEVEL, lowered, raised, resolved

_QUOTED = 200  # characters of what is left out, which is quoted in part
_TYPED = "\x11"  # no XML can hold it, and cleaning drops it
_MARK_WORDS = 3
_SHORT = 8  # characters; longer text is moved up or down for its line, not as a mark
_RAISED = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
_NOTE_MARK = re.compile(rf"(?<=[^\W{_RAISED}])(?=\u207d?[{_RAISED}]{{1,5}}\u207e)")
_SKIPPED = frozenset(
    W + name for name in ("pPr", "rPr", "sdtPr", "sdtEndPr", "delText", "delInstrText", "tbl")
)
_DELETED = frozenset((W + "del", W + "moveFrom"))
_INSERTED = frozenset((W + "ins", W + "moveTo"))
_SIGNS = {
    W + "tab": " ", W + "ptab": " ", W + "cr": " ", W + "noBreakHyphen": "-", W + "softHyphen": "",
}  # fmt: skip
_BOXES = frozenset((W + "txbxContent", A + "txBody"))
_INLINE = frozenset((INLINE, W + "object"))  # words before and behind a picture are apart
_PICTURES = frozenset((A + "blip", VML + "imagedata"))


def read_line(
    context: Context, paragraph: Any, style: Style, fields: Fields, *, notes: bool = True
) -> Line:
    """Read ``w:p`` of ``style``; ``notes`` False in a note, which refers to no others."""
    reading = _Reading(context, style, fields, notes=notes)
    reading.below(paragraph)
    return reading.finish()


class _Reading:
    """The state of reading one paragraph."""

    def __init__(self, context: Context, style: Style, fields: Fields, *, notes: bool) -> None:
        self._context = context
        self._findings = context.findings
        self._style = style
        self._fields = fields
        self._notes = notes
        self._look = PLAIN
        self._line = Line()
        self._found: list[str] = []
        self._dropped: dict[Topic, str] = {}
        self._custom_note: Any | None = None
        self._apart = -1  # how much was found when the next word had to stay apart
        self._handlers: dict[str, Callable[[Any], None]] = {
            W + "r": self._run,
            W + "t": self._text,
            W + "sym": self._symbol,
            W + "br": self._break,
            W + "lastRenderedPageBreak": self._rendered,
            W + "fldChar": self._field_mark,
            W + "instrText": self._field_code,
            W + "fldSimple": self._simple_field,
            W + "sdt": self._control,
            W + "ruby": self._ruby,
            W + "commentReference": self._comment,
            MC + "AlternateContent": self._alternatives,
            M + "oMath": self._formula,
            M + "oMathPara": self._formula,
            DIAGRAM + "relIds": self._box,
            CHART + "chart": self._chart,
            VML + "textpath": self._word_art,
            OFFICE + "OLEObject": self._object,
            W + "control": self._object,
        }

    def finish(self) -> Line:
        """The paragraph, its raised and lowered marks resolved."""
        for topic, text in self._dropped.items():
            if clean_line(text):
                self._findings.add(topic, text)
        for piece in re.split(f"([{BREAK}{RENDERED}])", "".join(self._found)):
            if piece in (BREAK, RENDERED):
                self._line.pieces.append(piece)
            elif text := clean_line(_NOTE_MARK.sub(" ", resolved(piece))):
                self._line.pieces.append(text)
        return self._line

    def below(self, element: Any) -> None:
        """Read what is in ``element``."""
        for part in element:
            tag = part.tag
            if tag in _SKIPPED:
                continue
            if handler := self._handlers.get(tag):
                handler(part)
            else:
                self._other(part, tag)

    def _other(self, part: Any, tag: str) -> None:
        if tag in _SIGNS:
            self._show(_SIGNS[tag])
        elif tag in REFERENCES:
            self._reference(part)
        elif tag in _DELETED:
            self._findings.add(CHANGES)
        elif tag in _BOXES:
            self._box(part)
        elif tag in _INLINE:
            self._show(" ")
            self.below(part)
            self._show(" ")
        else:
            if tag in _INSERTED:
                self._findings.add(CHANGES)
            if tag in _PICTURES:
                self._findings.picture()
            self.below(part)

    def _note_contents(self, text: str) -> None:
        if text and self._fields.in_contents:
            self._findings.add(CONTENTS)

    def _show(self, text: str) -> None:
        """Add ``text`` as its run looks, or note that it is left out."""
        if not text or not self._fields.shown:
            self._note_contents(text)
            return
        if self._apart == len(self._found) and text[0].isalnum():
            text = f" {text}"  # no figure joins a formula, or the one before a crossed-out one
        if self._look.struck or self._look.hidden:
            self._drop(text)
            return
        inner = text.strip()
        level = self._look.level or 0
        if not level and len(inner) <= _SHORT:
            level = self._look.moved or 0
        if self._fields.is_note_mark and inner.isalnum():
            self._mark(f"{inner})")
        elif level and len(inner.split()) > _MARK_WORDS:
            self._found.append(f" {text}")  # a sentence in small letters, no mark
        elif level and inner:
            before, _, after = text.partition(inner)
            mark = raised(inner) if level > 0 else lowered(inner)
            self._found += [part for part in (before, mark, after) if part]
        else:
            # A mark that the author typed stays where it is.
            self._found.append(_NOTE_MARK.sub(_TYPED, text) if "\u207e" in text else text)
        if self._look.white and inner:
            self._dropped[WHITE] = f"{self._dropped.get(WHITE, '')[:_QUOTED]} {text}"
        if self._custom_note is not None and inner:
            self._note(f"Note {inner}", self._custom_note)

    def _drop(self, text: str) -> None:
        """Note that ``text`` is left out; a crossed-out one still separates two figures."""
        topic = STRUCK if self._look.struck else HIDDEN
        self._dropped[topic] = self._dropped.get(topic, "")[:_QUOTED] + text
        if topic is STRUCK and self._found and self._found[-1][-1:].isdigit():
            self._apart = len(self._found)

    def _mark(self, mark: str) -> None:
        """Add the mark of a note, which is no power of the unit before it."""
        if self._found and self._found[-1].endswith(LEVEL):
            self._found.append(" ")
        self._found.append(raised(mark))

    def _run(self, run: Any) -> None:
        outer, self._look = self._look, self._context.styles.run(self._style, child(run, "rPr"))
        if self._look.white and _has_ground(run):
            self._look = replace(self._look, white=False)
        self.below(run)
        self._look = outer
        if self._custom_note is not None:
            self._note("Note", self._custom_note)

    def _text(self, element: Any) -> None:
        text = element.text or ""
        seen = shown(text, self._look.font or "")
        self._show(seen)
        if seen.count(UNKNOWN) > text.count(UNKNOWN):
            self._unknown(text)

    def _unknown(self, text: str) -> None:
        if self._fields.shown and not self._look.struck and not self._look.hidden:
            self._findings.add(SIGNS, shown(text, ""))

    def _symbol(self, element: Any) -> None:
        code = str(element.get(W + "char", ""))
        try:
            text = sign(int(code[:8], 16), str(element.get(W + "font", "")))
        except ValueError:
            text = UNKNOWN
        self._show(text)
        if text == UNKNOWN:
            self._unknown(f"{element.get(W + 'font', '')} {code}")

    def _break(self, element: Any) -> None:
        page = element.get(W + "type") == "page"
        if not page:
            self._show(" ")
        elif not self._look.hidden:
            self._found.append(BREAK)

    def _rendered(self, element: Any) -> None:
        del element
        self._found.append(RENDERED)

    def _field_mark(self, element: Any) -> None:
        text, lost = self._fields.mark(element)
        self._show(text)
        if lost:
            topic = FORMULAS if lost.strip().upper().startswith("EQ") else FIELD_NUMBERS
            self._findings.add(topic, lost)

    def _field_code(self, element: Any) -> None:
        self._fields.code(element.text or "")

    def _simple_field(self, element: Any) -> None:
        self._fields.begin(str(element.get(W + "instr", "")))
        self.below(element)
        self._fields.end()

    def _control(self, element: Any) -> None:
        """A content control; the words that say what to enter are not what was entered."""
        if child(element, "sdtPr", "showingPlcHdr") is None:
            self.below(element)

    def _alternatives(self, element: Any) -> None:
        part = chosen(element)
        if part is not None:
            self.below(part)

    def _ruby(self, element: Any) -> None:
        base, reading = child(element, "rubyBase"), child(element, "rt")
        if base is not None:
            self.below(base)
        if reading is not None:
            self._show("(")
            self.below(reading)
            self._show(")")

    def _reference(self, element: Any) -> None:
        visible = self._fields.shown and not self._look.struck and not self._look.hidden
        if not self._notes or not visible:
            return
        mark, name, note = self._context.notes.refer(element)
        if note is None:
            self._findings.add(NOTES)
        if mark:
            self._mark(mark)
        if note is not None:
            if mark:
                self._note(name, note)
            else:
                self._custom_note = note

    def _note(self, name: str, note: Any) -> None:
        self._custom_note = None
        fields = Fields(note)
        lines = []
        for paragraph in note.iter(W + "p"):
            style = self._context.styles.of(paragraph)
            lines.append(read_line(self._context, paragraph, style, fields, notes=False).text)
        if text := clean_line(" ".join(lines)):
            self._line.notes.append(f"({name}: {text})")

    def _comment(self, element: Any) -> None:
        self._findings.add(COMMENTS, self._context.comments.get(str(element.get(W + "id")), ""))

    def _formula(self, element: Any) -> None:
        text = formula(element)
        before = "".join(self._found[-1:])
        apart = text[:1].isalnum() and before[-1:].isdigit()
        self._show(f" {text}" if apart else text)
        self._apart = len(self._found)

    def _box(self, element: Any) -> None:
        if self._fields.shown:
            self._line.boxes.append(element)

    def _word_art(self, element: Any) -> None:
        self._show(f" {element.get('string', '')} ")

    def _object(self, element: Any) -> None:
        program = str(element.get("ProgID", ""))
        is_formula = program.lower().startswith(("equation", "mathtype"))
        self._findings.add(FORMULAS if is_formula else OBJECTS, program)

    def _chart(self, element: Any) -> None:
        del element
        self._findings.add(CHARTS)


def _has_ground(run: Any) -> bool:
    """Whether ``run`` may be on another colour than that of the paper."""
    if any(child(run, "rPr", name) is not None for name in ("shd", "highlight")):
        return True
    return any(
        outer.tag != W + "p" or child(outer, "pPr", "shd") is not None
        for outer in run.iterancestors(W + "p", W + "tbl", W + "txbxContent")
    )
