"""PDF by page, through PDFium: headings by their size, tables row by row, the rest as lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean, clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.model import (
    FILE_BYTES,
    PAGES,
    Document,
    Kind,
    Page,
    ReadingWarning,
    unreadable,
)
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.pdf_continued import carry_on
from fieldkit.library.readers.pdf_found import Found
from fieldkit.library.readers.pdf_grid import grids, turned_text
from fieldkit.library.readers.pdf_layout import Layout, levels, size, write
from fieldkit.library.readers.pdf_lines import Line, lines
from fieldkit.library.readers.pdf_rules import Rule
from fieldkit.library.readers.pdf_running import running
from fieldkit.library.readers.pdf_words import PageReader, TooMuchText, Word

NO_TEXT = "it holds no text (a scan needs text recognition first)"
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_SECURITY = 5  # FPDF_ERR_SECURITY
_HEADERS = 5  # pages whose headers are searched for a revision
# What programs write into a title when nobody did.
_NO_TITLE = re.compile(
    r"untitled|document\d*|microsoft .*|.*\.(?:docx?|indd|pdf|xlsx?|fm|tmp)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One page as found: lines and ruled tables, text that is turned, and its height in points."""

    items: list[Line | Found]
    turned: list[Word]
    rules: Sequence[Rule]
    height: float


def read_pdf(path: Path) -> Document:
    """Read a PDF; raises InvalidInput."""
    import pypdfium2

    if path.stat().st_size > FILE_BYTES:
        raise unreadable(path, f"it is larger than {FILE_BYTES >> 20} MiB; split it")
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            facts = pdf.get_metadata_dict()
            sheets = _sheets(path, pdf)
    except pypdfium2.PdfiumError as error:
        raise unreadable(path, _reason(error)) from error
    return _document(path, facts, sheets)


def _reason(error: Any) -> str:
    if error.err_code == _PASSWORD:
        return "it is protected by a password"
    if error.err_code == _SECURITY:
        return "it is encrypted; save it without protection"
    return f"not a sound PDF: {error}"


def _sheets(path: Path, pdf: Any) -> list[_Sheet]:
    if len(pdf) > PAGES:
        raise unreadable(path, f"it has more than {PAGES} pages; split it")
    sheets = []
    for number in range(len(pdf)):
        page = pdf[number]
        try:
            sheets.append(_sheet(PageReader(page)))
        except TooMuchText as error:
            raise unreadable(path, f"page {number + 1}: {error}") from error
        finally:
            page.close()
    return sheets


def _sheet(reader: PageReader) -> _Sheet:
    words = reader.words()
    drawn = reader.ruling()
    tables, rest = grids(drawn, words)
    found = lines(word for word in rest if not word.turn)
    return _Sheet(
        items=[*found, *tables],
        turned=[word for word in rest if word.turn],
        rules=(*drawn.rules, *drawn.shades),
        height=reader.height,
    )


def _document(path: Path, facts: dict[str, str], sheets: Sequence[_Sheet]) -> Document:
    of_size = levels(sheet.items for sheet in sheets)
    layout = Layout(of_size)
    margins = running([(sheet.items, sheet.height) for sheet in sheets], layout.is_heading)
    found = [
        layout.parts([item for item in sheet.items if id(item) not in margin], sheet.rules)
        for sheet, margin in zip(sheets, margins, strict=True)
    ]
    carry_on(found)
    pages = Pages()
    for sheet, parts in zip(sheets, found, strict=True):
        pages.turn_to(pages.number + 1)
        write(pages, parts)
        if sheet.turned:
            pages.paragraph(turned_text(sheet.turned))
    texts = pages.finish()
    first = next((sheet.items for sheet in sheets if sheet.items), [])
    head = _texts(first)
    # A cover may leave out what the headers of the pages behind it carry.
    headers = _texts(
        item for sheet, margin in zip(sheets[:_HEADERS], margins, strict=False)
        for item in sheet.items if id(item) in margin
    )  # fmt: skip
    titled = [item for item in first if isinstance(item, Line)]
    return Document(
        document=clean_line(path.stem),
        title=_title(facts.get("Title", ""), titled, of_size) or clean_line(path.stem),
        revision=printed.revision(head) or printed.revision(headers),
        date=printed.date(head)
        or printed.date(headers)
        or printed.stamp(facts.get("ModDate", "") or facts.get("CreationDate", "")),
        pages=texts,
        markdown=True,
        warnings=tuple(_warnings(texts)),
    )


def _texts(items: Iterable[Line | Found]) -> str:
    return "\n".join(
        clean(item.text)
        if isinstance(item, Line)
        else "\n".join(clean(cell) for row in item.rows for cell in row)
        for item in items
    )


def _warnings(pages: Sequence[Page]) -> list[ReadingWarning]:
    return [
        ReadingWarning(kind=Kind.NO_TEXT, message=NO_TEXT, page=page.number)
        for page in pages
        if not page.text.strip()
    ]


def _title(said: str, first: Sequence[Line], levels: dict[float, int]) -> str:
    title = clean_line(said)
    if title and not _NO_TITLE.fullmatch(title):
        return title
    largest = max((size(line) for line in first), default=0.0)
    if not levels.get(largest):
        return ""
    return clean_line(" ".join(line.text for line in first if size(line) == largest)[:200])
