"""What every reader returns, what it raises, and how much it takes in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from fieldkit.errors import InvalidInput

FILE_BYTES = 512 << 20
TEXT_BYTES = 32 << 20  # of one text, page of markup, or part of an office file
MARKUP = 3_000_000  # tags of one text; a parser needs some hundred bytes for each
CELLS = 1_000_000  # of one manual's tables
COLUMNS = 100
PAGES = 20_000

_HINT = (
    "Manuals are .pdf, .docx, .xlsx, .csv, .html, .md or .txt files; text in UTF-8. "
    "Mend or move away this one."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: ``number`` counts from 1, and is 0 where the format has no pages.

    ``recognised``: it is a picture of text, which OCR read.
    """

    number: int
    text: str
    recognised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One manual. ``document`` is the short identity a technician knows (``PX-204``).

    ``markdown`` says whether headings, lists and tables are marked as such; ``warnings`` are what
    the reader could not use (a page without text, an unknown key), as sentences for IT.
    """

    document: str
    title: str
    revision: str
    date: str
    pages: tuple[Page, ...]
    markdown: bool = False
    warnings: tuple[str, ...] = ()

    @classmethod
    def decoded(cls, fields: dict[str, Any]) -> Self:
        """Return the document of ``dataclasses.asdict``, read back from JSON.

        Raises ValueError, TypeError or KeyError where ``fields`` are not that.
        """
        pages = tuple(Page(**page) for page in fields["pages"])
        return cls(**{**fields, "pages": pages, "warnings": tuple(fields["warnings"])})


class Unreadable(InvalidInput):
    """A file cannot be read as a manual; ``reason`` says why, without naming it."""

    def __init__(self, message: str, *, hint: str, reason: str) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


def unreadable(path: Path, reason: str) -> Unreadable:
    """The error for a file that cannot be read, with its name and the ``reason``."""
    message = f"{path}: cannot be read as a manual: {reason}"
    return Unreadable(message, hint=_HINT, reason=reason)


def content(path: Path, limit: int = FILE_BYTES) -> bytes:
    """The bytes of ``path``; raises InvalidInput when there are more than ``limit``."""
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise unreadable(path, f"it is larger than {limit >> 20} MiB; split it")
    return data
