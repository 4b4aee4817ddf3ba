"""Plain text, and what it shares with Markdown: decoding, and pages by marks or form feeds."""

from __future__ import annotations

import re
from pathlib import Path

from fieldkit.core.text import clean, clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.encoding import Undecodable, decoded_text
from fieldkit.library.readers.model import (
    TEXT_BYTES,
    Document,
    Page,
    ReadingWarning,
    content,
    unreadable,
)

_PAGE_MARK = re.compile(r"^[ \t]*+<!--[ \t]*+page[ \t]++(\d{1,5})[ \t]*+-->[ \t]*+$", re.MULTILINE)
# What browsers read the control characters of C1 as: windows-1252 (WHATWG HTML, "numeric
# character reference end state").
_C1 = re.compile("[\x80-\x9f]")


def decoded(path: Path) -> str:
    """As ``text_of``, without the warnings."""
    return text_of(path)[0]


def text_of(path: Path) -> tuple[str, tuple[ReadingWarning, ...]]:
    """The text of ``path``, every newline a line feed, and what IT should know of its encoding."""
    try:
        found = decoded_text(content(path, TEXT_BYTES))
    except Undecodable as error:
        raise unreadable(path, str(error)) from error
    if "\0" in found.text:
        raise unreadable(path, "it holds NUL bytes; it is not text")
    text = windows_signs(found.text).removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n"), found.warnings


def windows_signs(text: str) -> str:
    """``text`` with the signs that a browser shows for control characters of C1."""
    return _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "replace"), text)


def read_text(path: Path) -> Document:
    """Read plain text."""
    text, warnings = text_of(path)
    pages = tuple(Page(number=number, text=clean(sheet)) for number, sheet in sheets(text))
    first = pages[0].text if pages else ""
    return Document(
        document=clean_line(path.stem),
        title=clean_line(path.stem),
        revision=printed.revision(first),
        date=printed.date(first),
        pages=pages,
        warnings=(*warnings, *printed.doubts(first, path)),
    )


def sheets(text: str) -> list[tuple[int, str]]:
    """The pages of ``text`` and their numbers, 0 where it has no pages.

    A page begins at a ``<!-- page N -->`` line or a form feed; text that repeats a number joins it.
    """
    paged = "\f" in text or _PAGE_MARK.search(text) is not None
    number = 1 if paged else 0
    pages: dict[int, list[str]] = {}
    for index, piece in enumerate(_PAGE_MARK.split(text)):
        if index % 2:
            number = int(piece)
            continue
        for turned, sheet in enumerate(piece.split("\f")):
            number += 1 if turned else 0
            if sheet.strip() or index:
                pages.setdefault(number, []).append(sheet.strip("\n"))
    return [(key, "\n\n".join(value)) for key, value in pages.items()]
