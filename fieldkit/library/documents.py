"""Manuals as files -> documents with pages of sanitized text.

A company's manuals are read when a release is built, a technician's own documents on the laptop;
both in a process of their own (``reader_process``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, InvalidInput
from fieldkit.library.readers.delimited import read_csv
from fieldkit.library.readers.docx import read_docx
from fieldkit.library.readers.html import read_html
from fieldkit.library.readers.model import Document, Kind, Page, unreadable
from fieldkit.library.readers.pdf import read_pdf
from fieldkit.library.readers.text import read_markdown, read_text
from fieldkit.library.readers.workbook import read_xlsx

__all__ = ["READERS", "Document", "Manuals", "Page", "load", "read", "read_folders", "with_text"]

READERS: dict[str, Callable[[Path], Document]] = {
    ".csv": read_csv,
    ".docx": read_docx,
    ".htm": read_html,
    ".html": read_html,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".tsv": read_csv,
    ".txt": read_text,
    ".xlsx": read_xlsx,
}
# "PX-204_rev-C.pdf" is revision C of PX-204.
_NAMED_REVISION = re.compile(
    r"(?P<name>.+?)[\s_.-]+rev(?:ision)?[\s_.-]*(?P<value>[A-Z]{1,2}|\d+(?:\.\d+)*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuals:
    """Every manual found in some folders, and what was left out and why."""

    documents: tuple[Document, ...]
    warnings: tuple[str, ...]


def read(path: Path) -> Document:
    """Read one manual; its format is told by its extension (a key of ``READERS``).

    Raises InvalidInput, naming the file and the reason, when it cannot be read.
    """
    return with_text(load(path), path)


def with_text(document: Document, path: Path) -> Document:
    """``document``, read from ``path``; raises InvalidInput when it holds no text."""
    if not any(page.text.strip() for page in document.pages):
        unusable = (w.message for w in document.warnings if w.kind is Kind.UNUSABLE_TEXT)
        no_text = "it holds no text (a scan needs text recognition first)"
        raise unreadable(path, next(unusable, no_text))
    return document


def load(path: Path) -> Document:
    """As ``read``, but a manual may hold no text: a scan."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise unreadable(path, f"{path.suffix or 'no extension'} is not a format of manuals")
    try:
        document = reader(path)
    except OSError as error:
        raise unreadable(path, error.strerror or str(error)) from error
    except MemoryError as error:
        raise unreadable(path, "it needs more memory than there is") from error
    return _named(document, clean_line(path.stem))


def _named(document: Document, stem: str) -> Document:
    """``document`` without the revision that its file's name ends in."""
    match = _NAMED_REVISION.fullmatch(stem)
    if match is None or document.document != stem:
        return document
    return replace(
        document,
        document=match["name"],
        title=match["name"] if document.title == stem else document.title,
        revision=document.revision or match["value"].upper(),
    )


def read_folders(folders: Sequence[Path], *, read: Callable[[Path], Document] = read) -> Manuals:
    """Read every manual below ``folders`` by ``read``, in the order of their paths.

    Files of other formats are named in the warnings. Raises InvalidInput with every manual that
    cannot be read, with two that claim the same identity and revision, or when there is none.
    """
    documents: dict[tuple[str, str], tuple[Document, Path]] = {}
    warnings: list[str] = []
    problems: list[str] = []
    for path in _files(folders):
        if path.suffix.lower() not in READERS:
            warnings.append(f"{path}: not indexed, only {', '.join(sorted(READERS))} are read")
            continue
        try:
            document = read(path)
        except FieldkitError as error:
            problems.append(error.message)
            continue
        warnings += [f"{path}: {warning}" for warning in document.warnings]
        identity = (document.document, document.revision)
        if identity in documents:
            other = documents[identity][1]
            problems.append(
                f"{path}: document {document.document} is also {other}, of the same revision"
            )
        documents[identity] = (document, path)
    if not documents and not problems:
        problems.append(f"no manual in {', '.join(str(folder) for folder in folders)}")
    if problems:
        raise InvalidInput(
            "The manuals cannot be read.",
            problems=problems,
            hint="Mend or move away these files and build again.",
        )
    return Manuals(
        documents=tuple(document for document, _ in documents.values()), warnings=tuple(warnings)
    )


def _files(folders: Sequence[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        for path in paths:
            hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
            if path.is_file() and not hidden:
                found[path] = None
    return list(found)
