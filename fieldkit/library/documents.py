"""Manuals as files -> documents with pages of sanitized text.

Markdown and plain text need nothing else; PDF needs ``pypdf``, which IT has and laptops do not:
manuals are read when a release is built.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.text import clean, clean_line
from fieldkit.errors import FieldkitError, InvalidInput

_PAGE_MARK = re.compile(r"^[ \t]*<!--[ \t]*page[ \t]+(\d{1,5})[ \t]*-->[ \t]*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_DAMAGE = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)
_FRONT_MATTER_KEYS = ("document", "title", "revision", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: ``number`` counts from 1, and is 0 where the format has no pages."""

    number: int
    text: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuals:
    """Every manual found in some folders, and what was left out and why."""

    documents: tuple[Document, ...]
    warnings: tuple[str, ...]


def read(path: Path) -> Document:
    """Read one manual; its format is told by its extension (a key of ``READERS``).

    Raises InvalidInput, naming the file and the reason, when it cannot be read.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise _unreadable(path, f"{path.suffix or 'no extension'} is not a format of manuals")
    try:
        document = reader(path)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if not any(page.text.strip() for page in document.pages):
        raise _unreadable(path, "it holds no text (a scan needs text recognition first)")
    return document


def read_folders(folders: Sequence[Path]) -> Manuals:
    """Read every manual below ``folders``, in the order of their paths.

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


def _unreadable(path: Path, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{path}: cannot be read as a manual: {reason}",
        hint=f"Manuals are {', '.join(sorted(READERS))} files, text in UTF-8.",
    )


def _text(path: Path) -> str:
    data = path.read_bytes()
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start} is not UTF-8; save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_markdown(path: Path) -> Document:
    text = _text(path)
    front: dict[str, str] = {}
    warnings: list[str] = []
    if match := _FRONT_MATTER.match(text):
        text = text[match.end() :]
        front, warnings = _front_matter(match[1])
    title = front.get("title") or _first_heading(text) or path.stem
    return Document(
        document=front.get("document") or clean_line(path.stem),
        title=title,
        revision=front.get("revision", ""),
        date=front.get("date", ""),
        pages=_pages(text),
        markdown=True,
        warnings=tuple(warnings),
    )


def _front_matter(block: str) -> tuple[dict[str, str], list[str]]:
    front: dict[str, str] = {}
    warnings = []
    for line in block.splitlines():
        key, colon, value = line.partition(":")
        name = clean_line(key).lower()
        if colon and name in _FRONT_MATTER_KEYS:
            front[name] = clean_line(value).strip("\"'")
        elif name:
            warnings.append(f"front matter {name!r} is not used")
    return front, warnings


def _first_heading(text: str) -> str:
    match = re.search(r"^#{1,6}[ \t]+(.+)$", text, re.MULTILINE)
    return clean_line(match[1]) if match else ""


def _pages(text: str) -> tuple[Page, ...]:
    """Split at ``<!-- page N -->`` lines and form feeds; text that repeats a number joins it."""
    paged = "\f" in text or _PAGE_MARK.search(text) is not None
    number = 1 if paged else 0
    pages: dict[int, list[str]] = {}
    pieces = _PAGE_MARK.split(text)
    for index, piece in enumerate(pieces):
        if index % 2:
            number = int(piece)
            continue
        for turned, sheet in enumerate(piece.split("\f")):
            number += 1 if turned else 0
            if sheet.strip() or index:
                pages.setdefault(number, []).append(clean(sheet).strip("\n"))
    return tuple(Page(number=key, text="\n\n".join(value)) for key, value in pages.items())


def _read_text(path: Path) -> Document:
    return Document(
        document=clean_line(path.stem),
        title=clean_line(path.stem),
        revision="",
        date="",
        pages=_pages(_text(path)),
    )


def _read_pdf(path: Path) -> Document:
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, PyPdfError
    except ImportError as error:
        raise _unreadable(path, 'PDF needs pypdf: pip install "fieldkit[packager]"') from error
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _unreadable(path, "it is protected by a password")
        texts = [clean(page.extract_text()) for page in reader.pages]
        title = clean_line((reader.metadata and reader.metadata.title) or "")
    except DependencyError as error:
        raise _unreadable(path, "it is encrypted; save it without protection") from error
    # pypdf lets the errors of whatever the damage made it do come through.
    except (PyPdfError, *_DAMAGE) as error:
        raise _unreadable(path, f"not a sound PDF: {error}") from error
    return Document(
        document=clean_line(path.stem),
        title=title or clean_line(path.stem),
        revision="",
        date="",
        pages=tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1)),
        warnings=tuple(
            f"page {number} holds no text (a scan needs text recognition first)"
            for number, text in enumerate(texts, 1)
            if not text.strip()
        ),
    )


READERS: dict[str, Callable[[Path], Document]] = {
    ".md": _read_markdown,
    ".txt": _read_text,
    ".pdf": _read_pdf,
}
