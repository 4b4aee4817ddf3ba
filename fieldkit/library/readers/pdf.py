"""PDF by page, through PDFium: headings by their size, tables row by row, the rest as lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean, clean_line
from fieldkit.library.readers import pages_read, pdf_file, pdf_labels, printed
from fieldkit.library.readers.grid import TooLarge
from fieldkit.library.readers.model import (
    FILE_BYTES,
    PAGES,
    Document,
    Kind,
    ReadingWarning,
    unreadable,
)
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.pdf_continued import carry_on
from fieldkit.library.readers.pdf_found import Found
from fieldkit.library.readers.pdf_grid import grids, turned_text
from fieldkit.library.readers.pdf_layout import Layout, Part, levels, size, write
from fieldkit.library.readers.pdf_lines import Line, lines
from fieldkit.library.readers.pdf_marks import without
from fieldkit.library.readers.pdf_page import Contents, read_contents
from fieldkit.library.readers.pdf_rules import Rule, Ruling
from fieldkit.library.readers.pdf_running import MARGIN, running
from fieldkit.library.readers.pdf_struck import crossed_out, ends_within
from fieldkit.library.readers.pdf_words import PageReader, TooMuchText, Word

SKIPPED = "reading it takes too long or crashes the reader, so it is left out"
_HEADERS = 5  # pages whose headers are searched for a revision
# What programs write into a title when nobody did.
_NO_TITLE = re.compile(
    r"untitled|document\d*|microsoft .*|.*\.(?:docx?|indd|pdf|xlsx?|fm|tmp)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One page as found: lines and ruled tables, text that is turned, and its height in points."""

    items: Sequence[Line | Found] = ()
    turned: Sequence[Word] = ()
    rules: Sequence[Rule] = ()
    height: float = 0.0
    contents: Contents


def read_pdf(path: Path) -> Document:
    """Read a PDF; raises InvalidInput."""
    import pypdfium2

    if path.stat().st_size > FILE_BYTES:
        raise unreadable(path, f"it is larger than {FILE_BYTES >> 20} MiB; split it")
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            facts = pdf.get_metadata_dict()
            warnings = pdf_file.warnings(pdf)
            sheets = _sheets(path, pdf)
            labels = [pdf.get_page_label(number) for number in range(len(pdf))]
    except pypdfium2.PdfiumError as error:
        raise unreadable(path, pdf_file.reason(error, path)) from error
    return _document(path, facts, sheets, labels, warnings)


def _sheets(path: Path, pdf: Any) -> list[_Sheet]:
    if len(pdf) > PAGES:
        raise unreadable(path, f"it has more than {PAGES} pages; split it")
    if not len(pdf):
        raise unreadable(path, "it has no pages")
    form = pdf_file.form(pdf)
    watch = pages_read.watch()
    sheets = []
    for number in range(1, len(pdf) + 1):
        if number in watch.skip:
            sheets.append(_damaged(number, SKIPPED))
            continue
        watch.begin(number)
        sheets.append(_sheet(pdf, number, form))
    watch.begin(0)
    return sheets


def _sheet(pdf: Any, number: int, form: Any) -> _Sheet:
    import pypdfium2

    try:
        page = pdf[number - 1]
    except pypdfium2.PdfiumError:
        return _damaged(number, "it is damaged and cannot be opened")
    try:
        reader = PageReader(page)
        contents = read_contents(page, reader, number, form)
        drawn = _without_struck(reader, contents, number)
        tables, rest = grids(drawn, contents.words)
        return _Sheet(
            items=[*lines(word for word in rest if not word.turn), *tables],
            turned=[word for word in rest if word.turn],
            rules=(*drawn.rules, *drawn.shades),
            height=reader.height,
            contents=contents,
        )
    except TooMuchText as error:
        return _damaged(number, f"it is not read: {error}")
    except pypdfium2.PdfiumError as error:
        return _damaged(number, f"it is damaged: {error}")
    finally:
        page.close()


def _without_struck(reader: PageReader, contents: Contents, number: int) -> Ruling:
    """Mark the crossed-out words of ``contents``; the ruled lines but those through them."""
    ruling = reader.ruling()
    if places := ends_within(ruling, contents.words):
        contents.words = reader.cut(contents.words, places)
    boxes, rest = crossed_out(ruling, contents.words)
    if boxes:
        contents.words, _ = without(contents.words, boxes)
        message = "words with a line through them count as deleted and are left out"
        warning = ReadingWarning(kind=Kind.LEFT_OUT, message=message, page=number)
        contents.warnings.append(warning)
    return rest


def _damaged(number: int, message: str) -> _Sheet:
    warning = ReadingWarning(kind=Kind.DAMAGED, message=message, page=number)
    contents = Contents([], [warning], recognised=False, pictured=0.0, empty=False, only_text=False)
    return _Sheet(contents=contents)


def _document(
    path: Path,
    facts: dict[str, str],
    sheets: Sequence[_Sheet],
    said_labels: Sequence[str],
    warnings: Sequence[ReadingWarning],
) -> Document:
    of_size = levels(sheet.items for sheet in sheets)
    layout = Layout(of_size)
    margins = running([(sheet.items, sheet.height) for sheet in sheets], layout.is_heading)
    labels = pdf_labels.labels(said_labels, [_margins(sheet) for sheet in sheets])
    found = [
        layout.parts(_body(sheet, margin, label), sheet.rules)
        for sheet, margin, label in zip(sheets, margins, labels, strict=True)
    ]
    carry_on(found)
    pages = Pages()
    reported = list(warnings)
    for sheet, parts, label in zip(sheets, found, labels, strict=True):
        pages.turn_to(pages.number + 1)
        pages.label(label)
        reported += sheet.contents.warnings
        reported += _write(pages, parts, sheet)
    first = next((sheet.items for sheet in sheets if sheet.items), [])
    head = _texts(first)
    # A cover may leave out what the headers of the pages behind it carry.
    headers = _texts(
        item for sheet, margin in zip(sheets[:_HEADERS], margins, strict=False)
        for item in sheet.items if id(item) in margin
    )  # fmt: skip
    unclear = printed.unclear(head)
    reported += printed.doubts(head, path)
    titled = [item for item in first if isinstance(item, Line)]
    return Document(
        document=clean_line(path.stem),
        title=_title(facts.get("Title", ""), titled, of_size) or clean_line(path.stem),
        revision=printed.revision(head) or ("" if unclear else printed.revision(headers)),
        date=printed.date(head)
        or printed.date(headers)
        or printed.stamp(facts.get("ModDate", "") or facts.get("CreationDate", "")),
        pages=tuple(
            replace(page, recognised=sheet.contents.recognised)
            for page, sheet in zip(pages.finish(), sheets, strict=True)
        ),
        markdown=True,
        warnings=tuple(reported),
    )


def _body(sheet: _Sheet, margin: set[int], label: str) -> Sequence[Line | Found]:
    """The items of a page without headers, footers and its printed number."""
    kept = [
        item
        for item in sheet.items
        if id(item) not in margin
        # Roman numbers repeat in no way that can be seen.
        and not (
            label
            and isinstance(item, Line)
            and _is_marginal(item, sheet)
            and pdf_labels.is_number(item.text, label)
        )
    ]
    if not kept and not sheet.turned and sheet.contents.only_text:
        return sheet.items  # what looks like a header is all that the page says
    return kept


def _write(pages: Pages, parts: Sequence[Part], sheet: _Sheet) -> list[ReadingWarning]:
    """Write the current page; return what is to be reported of it."""
    number = pages.number
    reported = []
    try:
        write(pages, parts)
    except TooLarge as error:
        damage = f"a table of it is not read: {error}"
        reported.append(ReadingWarning(kind=Kind.DAMAGED, message=damage, page=number))
    if sheet.turned:
        pages.paragraph(turned_text(sheet.turned))
    return [*reported, *pdf_file.unread(sheet.contents, pages.text, number)]


def _is_marginal(line: Line, sheet: _Sheet) -> bool:
    return not MARGIN * sheet.height < line.y < (1 - MARGIN) * sheet.height


def _margins(sheet: _Sheet) -> list[pdf_labels.Margin]:
    """The lines of headers and footers, each with whether it is at the top."""
    found: list[pdf_labels.Margin] = []
    for item in sheet.items:
        if isinstance(item, Found):
            if item.bottom > (1 - MARGIN) * sheet.height or item.top < MARGIN * sheet.height:
                found += [(item.top > sheet.height / 2, row) for row in item.rows]
        elif _is_marginal(item, sheet):
            cells = [" ".join(word.text for word in cell) for cell in item.cells()]
            found.append((item.y > sheet.height / 2, cells))
    return found


def _texts(items: Iterable[Line | Found]) -> str:
    return "\n".join(
        clean(item.text)
        if isinstance(item, Line)
        else "\n".join(clean(" | ".join(row)) for row in item.rows)
        for item in items
    )


def _title(said: str, first: Sequence[Line], levels: dict[float, int]) -> str:
    title = clean_line(said)
    if title and not _NO_TITLE.fullmatch(title):
        return title
    largest = max((size(line) for line in first), default=0.0)
    if not levels.get(largest):
        return ""
    return clean_line(" ".join(line.text for line in first if size(line) == largest)[:200])
