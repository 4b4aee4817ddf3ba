"""What every reader returns, what it raises, and how much it takes in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
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


class Kind(StrEnum):
    """What a reader could not use, or changed. The values are a contract: JSON holds them."""

    NO_TEXT = "no_text"  # the page is a picture
    UNUSABLE_TEXT = "unusable_text"  # its text is not what the page shows: a font without a map
    DAMAGED = "damaged"  # the page, or a part of it, could not be read
    LEFT_OUT = "left_out"  # hidden or crossed-out text, hidden rows, attachments, pictures
    RECOGNISED = "recognised"  # OCR or a scanner's software read it, which makes mistakes
    DETAIL = "detail"  # what is worth a look: an unknown key, page numbers that may be wrong


UNREAD = frozenset({Kind.NO_TEXT, Kind.UNUSABLE_TEXT, Kind.DAMAGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWarning:
    """One thing that did not arrive as the document has it.

    ``page`` counts from 1 and is 0 for the document as a whole; ``message`` is a sentence for IT
    without the page and without the file's name.
    """

    kind: Kind
    message: str
    page: int = 0

    def __str__(self) -> str:
        """The message with its page."""
        return f"page {self.page}: {self.message}" if self.page else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: ``number`` counts from 1, and is 0 where the format has no pages.

    ``label`` is the page number as printed (``ii``, ``2-3``), "" where it is the ``number`` or not
    known. ``recognised``: it is a picture of text, which OCR read.
    """

    number: int
    text: str
    label: str = ""
    recognised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One manual. ``document`` is the short identity a technician knows (``PX-204``).

    ``markdown`` says whether headings, lists and tables are marked as such. ``file`` is the path
    below the folder of manuals (``pumps/PX-204.pdf``) and ``sha256`` that of its content, in hex;
    both are "" until a folder is read. ``family`` is what revisions are compared within, where
    that is not ``document``: files of one name in two folders may be revisions of one manual.
    """

    document: str
    title: str
    revision: str
    date: str
    pages: tuple[Page, ...]
    markdown: bool = False
    warnings: tuple[ReadingWarning, ...] = ()
    file: str = ""
    sha256: str = ""
    family: str = ""

    @property
    def unread(self) -> tuple[int, ...]:
        """The numbers of the pages that could not be read, in order."""
        return tuple(sorted({w.page for w in self.warnings if w.kind in UNREAD and w.page}))

    @classmethod
    def decoded(cls, fields: dict[str, Any]) -> Self:
        """Return the document of ``dataclasses.asdict``, read back from JSON.

        Raises ValueError, TypeError or KeyError where ``fields`` are not that.
        """
        pages = tuple(Page(**page) for page in fields["pages"])
        warnings = tuple(
            ReadingWarning(**{**warning, "kind": Kind(warning["kind"])})
            for warning in fields["warnings"]
        )
        return cls(**{**fields, "pages": pages, "warnings": warnings})


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
