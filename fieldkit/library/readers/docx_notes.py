"""Footnotes and endnotes of Word: their numbers, and what they say (ECMA-376-1, 17.11)."""

from __future__ import annotations

from typing import Any

from fieldkit.library.readers.docx_names import W
from fieldkit.library.readers.docx_package import Package

FOOTNOTE, ENDNOTE = "footnote", "endnote"
_REFERENCES = {W + "footnoteReference": FOOTNOTE, W + "endnoteReference": ENDNOTE}
REFERENCES = frozenset(_REFERENCES)


class Notes:
    """The notes of one document, numbered in the order in which the text refers to them.

    One that the text refers to in two places keeps its number.
    """

    def __init__(self, package: Package) -> None:
        self._notes = {kind: _notes(package.part(f"{kind}s"), kind) for kind in (FOOTNOTE, ENDNOTE)}
        self._numbers: dict[str, dict[str, int]] = {FOOTNOTE: {}, ENDNOTE: {}}

    def refer(self, reference: Any) -> tuple[str, str, Any | None]:
        """The mark, the name before the text and the element of a note; None if it is missing.

        A note with a mark of its own, which follows in the text, has no number: its mark is "".
        A second reference gets an element without text.
        """
        kind = _REFERENCES[reference.tag]
        identity = str(reference.get(W + "id"))
        element = self._notes[kind].get(identity)
        if element is not None:
            self._notes[kind][identity] = element.makeelement(element.tag)
        if str(reference.get(W + "customMarkFollows", "0")).lower() in {"1", "true", "on"}:
            return "", "Note", element
        numbers = self._numbers[kind]
        number = numbers.setdefault(identity, len(numbers) + 1)
        if kind == ENDNOTE:
            return f"({number})", f"Endnote {number}", element
        return f"{number})", f"Note {number}", element


def _notes(root: Any | None, kind: str) -> dict[str, Any]:
    """Notes by identity, without the lines that separate them from the page."""
    elements = () if root is None else root.findall(W + kind)
    return {
        str(element.get(W + "id")): element
        for element in elements
        if element.get(W + "type", "normal") == "normal"
    }
