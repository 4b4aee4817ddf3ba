"""What reading a Word document shares: its parts, and the lines that are read of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fieldkit.library.readers.docx_findings import Findings
from fieldkit.library.readers.docx_notes import Notes
from fieldkit.library.readers.docx_numbers import Numbers
from fieldkit.library.readers.docx_package import Package
from fieldkit.library.readers.docx_styles import Styles

# Marks of page breaks in what is read: no XML can hold these characters.
BREAK = "\f"
RENDERED = "\v"


@dataclass(slots=True, kw_only=True)
class Line:
    """A paragraph: ``pieces`` of text and marks of page breaks, and what is read after it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)  # text boxes, texts of shapes, diagrams
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of its text, with its notes."""
        return " ".join([*(p for p in self.pieces if p not in (BREAK, RENDERED)), *self.notes])


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What reading text needs to know of its document."""

    styles: Styles
    notes: Notes
    numbers: Numbers
    package: Package
    findings: Findings
    comments: dict[str, str]
