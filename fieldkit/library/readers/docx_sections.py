"""The sections of a Word document: where pages begin, and the numbers printed on them."""

from __future__ import annotations

from typing import Any

from fieldkit.library.readers.docx_names import W, child, count, value
from fieldkit.library.readers.docx_numbers import formatted

_SAME_PAGE = {"continuous", "nextColumn"}


class Sections:
    """Goes through the sections of one document in step with its reader.

    ``w:type`` says how its own section begins; without it, on a new page (ECMA-376-1, 17.6.22).
    """

    def __init__(self, document: Any) -> None:
        self._sections = [
            element
            for element in document.iter(W + "sectPr")
            if element.getparent() is not None
            and element.getparent().tag in {W + "pPr", W + "body"}
        ]
        self._at = 0
        self._printed = 1
        self._format = "decimal"
        self.labels: dict[int, str] = {}
        self._begin()
        self._label(1)

    def end(self) -> bool:
        """Go to the next section; return whether it begins on a page of its own."""
        self._at += 1
        if self._at >= len(self._sections):
            return False
        return value(self._sections[self._at], "type") not in _SAME_PAGE

    def turned(self, page: int, *, section: bool = False) -> None:
        """Note that ``page`` (from 1) began, with a ``section`` or within one."""
        self._printed += 1
        if section:
            self._begin()
        self._label(page)

    def _begin(self) -> None:
        if self._at >= len(self._sections):
            return
        numbers = child(self._sections[self._at], "pgNumType")
        if numbers is None:
            self._format = "decimal"
            return
        self._format = str(numbers.get(W + "fmt", "decimal"))
        start = str(numbers.get(W + "start", ""))
        self._printed = count(start, self._printed) if start else self._printed

    def _label(self, page: int) -> None:
        text = formatted(self._printed, self._format)
        if text != str(page):
            self.labels[page] = text
