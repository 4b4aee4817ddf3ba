"""Fields of Word: what they show is read, their codes are not (ECMA-376-1, 17.16)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fieldkit.library.readers.docx_names import MC, W, child, count, switch, value
from fieldkit.library.readers.docx_symbols import shown, sign

_CODE = 500  # characters of a field's code that are looked at
_NESTED = 50
# Their results repeat text of other pages beside a page number.
_CONTENTS = {"TOC", "INDEX", "TOA"}
# What they show is not in the file: formulas, and numbers of paragraphs.
_LOST = {"EQ", "LISTNUM", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT"}
_SYMBOL = re.compile(
    r"SYMBOL\s{1,9}(?P<code>0x[0-9a-f]{1,6}|\d{1,7}|\S)(?P<rest>[^\n]{0,200})", re.IGNORECASE
)
_FONT = re.compile(r'\\f\s{0,9}(?:"([^"]{1,40})"|(\S{1,40}))', re.IGNORECASE)
_FRACTION = re.compile(
    r"EQ\s{1,9}\\f\s?\(([\w.,]{1,20})[,;]\s?([\w.]{1,20})\)\s{0,9}", re.IGNORECASE
)
# What is read apart, or not at all: a field begins and ends in the same one.
_PARTS = (W + "txbxContent", MC + "Choice", MC + "Fallback")
_MOVED = {W + "del", W + "moveFrom"}


@dataclass(slots=True)
class _Field:
    code: str = ""
    result: bool = False  # whether its result is being read
    form: Any = None  # w:ffData of a form field

    @property
    def name(self) -> str:
        words = self.code.split(None, 1)
        return words[0].upper() if words else ""


class Fields:
    """The fields that are open at one place of one part of a document (body, note, header)."""

    def __init__(self, root: Any, *, without: frozenset[str] = frozenset()) -> None:
        """``without``: names of fields whose results are not read."""
        self._marks = _matched(root)
        self._open: list[_Field] = []
        self._without = without | _CONTENTS

    def within(self, root: Any) -> Fields:
        """Fields for a box in this part of the document, which has its own."""
        return Fields(root, without=self._without)

    @property
    def shown(self) -> bool:
        """Whether text here is part of what the document shows and not of a table of contents."""
        return all(field.result and field.name not in self._without for field in self._open)

    @property
    def in_contents(self) -> bool:
        """Whether text here is of a table of contents or an index."""
        return any(field.result and field.name in _CONTENTS for field in self._open)

    @property
    def is_note_mark(self) -> bool:
        """Whether text here is the repeated mark of a note."""
        return any(field.name == "NOTEREF" for field in self._open)

    def code(self, text: str) -> None:
        """Add ``text`` to the code of the field that is open."""
        if self._open and not self._open[-1].result and len(self._open[-1].code) < _CODE:
            self._open[-1].code += text[:_CODE]

    def begin(self, code: str) -> None:
        """Open a field with a result and this ``code`` (w:fldSimple)."""
        self._open.append(_Field(code=code[:_CODE], result=True))

    def end(self) -> None:
        """Close the field that was opened last."""
        if self._open:
            self._open.pop()

    def mark(self, element: Any) -> tuple[str, str]:
        """Follow ``w:fldChar``: the text that the field shows by itself, and a code not read."""
        if element not in self._marks:
            return "", ""
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            self._open.append(_Field(form=child(element, "ffData")))
        elif not self._open:
            return "", ""  # it began where nothing is read
        elif kind == "separate":
            self._open[-1].result = True
        else:
            field = self._open.pop()
            if self.shown:
                return _computed(field)
        return "", ""


def _matched(root: Any) -> set[Any]:
    """The marks of fields that are complete; the others would hide the rest of the document."""
    found: set[Any] = set()
    open_fields: dict[Any, list[list[Any]]] = {}
    for mark in root.iter(W + "fldChar"):
        ancestors = list(mark.iterancestors(*_PARTS, *_MOVED))
        if any(ancestor.tag in _MOVED for ancestor in ancestors):
            continue
        stack = open_fields.setdefault(ancestors[0] if ancestors else None, [])
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            stack.append([mark])
        elif kind == "separate" and stack and len(stack[-1]) == 1:
            stack[-1].append(mark)
        elif kind == "end" and stack:
            whole = [*stack.pop(), mark]
            if len(stack) < _NESTED:
                found.update(whole)
    return found


def _computed(field: _Field) -> tuple[str, str]:
    """What Word shows for a field whose result is not stored; and its code where that is lost."""
    if field.name == "FORMCHECKBOX" or (field.name == "" and field.form is not None):
        return _checkbox(field.form), ""
    if field.name == "FORMDROPDOWN":
        return _dropdown(field.form), ""
    if field.result:
        return "", ""
    if match := _SYMBOL.match(field.code.strip()):
        return _symbol(match), ""
    if field.name == "EQ" and (match := _FRACTION.fullmatch(field.code.strip())):
        return f" {match[1]}/{match[2]} ", ""
    return "", field.code if field.name in _LOST else ""


def _checkbox(form: Any) -> str:
    box = None if form is None else child(form, "checkBox")
    if box is None:
        return ""
    checked = switch(box, "checked")
    return "\u2611" if (switch(box, "default") if checked is None else checked) else "\u2610"


def _dropdown(form: Any) -> str:
    choices = None if form is None else child(form, "ddList")
    if choices is None:
        return ""
    entries = [str(entry.get(W + "val", "")) for entry in choices.findall(W + "listEntry")]
    place = count(value(choices, "result") or value(choices, "default"))
    return entries[place] if place < len(entries) else ""


def _symbol(match: re.Match[str]) -> str:
    font = _FONT.search(match["rest"])
    name = (font[1] or font[2]) if font else ""
    text = match["code"]
    if text.lower().startswith("0x"):
        return sign(int(text, 16), name)
    return sign(int(text), name) if text.isdecimal() else shown(text, name)
