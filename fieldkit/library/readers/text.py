"""Markdown and plain text; pages are marked by ``<!-- page N -->`` lines or form feeds."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from fieldkit.core.text import clean, clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.model import (
    TEXT_BYTES,
    Document,
    Kind,
    Page,
    ReadingWarning,
    content,
    unreadable,
)

_PAGE_MARK = re.compile(r"^[ \t]*<!--[ \t]*page[ \t]+(\d{1,5})[ \t]*-->[ \t]*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FRONT_MATTER_KEYS = ("document", "title", "revision", "date")


def decoded(path: Path) -> str:
    """The text of ``path`` in UTF-8, or UTF-16 with its mark; every newline is a line feed."""
    data = content(path, TEXT_BYTES)
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(path, f"byte {error.start} is not UTF-8; save it as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_markdown(path: Path) -> Document:
    """Read Markdown with or without front matter (document, title, revision, date)."""
    text = decoded(path)
    front: dict[str, str] = {}
    warnings: list[ReadingWarning] = []
    if match := _FRONT_MATTER.match(text):
        text = text[match.end() :]
        front, warnings = _front_matter(match[1])
    pages = _pages(text)
    first = _first(pages)
    return Document(
        document=front.get("document") or clean_line(path.stem),
        title=front.get("title") or _first_heading(text) or path.stem,
        revision=front.get("revision") or printed.revision(first),
        date=front.get("date") or printed.date(first),
        pages=pages,
        markdown=True,
        warnings=tuple(warnings),
    )


def read_text(path: Path) -> Document:
    """Read plain text."""
    pages = _pages(decoded(path))
    first = _first(pages)
    return Document(
        document=clean_line(path.stem),
        title=clean_line(path.stem),
        revision=printed.revision(first),
        date=printed.date(first),
        pages=pages,
    )


def _first(pages: tuple[Page, ...]) -> str:
    return pages[0].text if pages else ""


def _front_matter(block: str) -> tuple[dict[str, str], list[ReadingWarning]]:
    front: dict[str, str] = {}
    warnings = []
    for line in block.splitlines():
        key, colon, value = line.partition(":")
        name = clean_line(key).lower()
        if colon and name in _FRONT_MATTER_KEYS:
            front[name] = clean_line(value).strip("\"'")
        elif name:
            message = f"front matter {name!r} is not used"
            warnings.append(ReadingWarning(kind=Kind.DETAIL, message=message))
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
