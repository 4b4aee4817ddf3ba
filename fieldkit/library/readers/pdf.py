"""PDF by page, through PDFium: headings by their size, tables row by row, the rest as lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
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
from fieldkit.library.readers.pdf_lines import Line, lines
from fieldkit.library.readers.pdf_page import Contents, read_contents
from fieldkit.library.readers.pdf_table import find_table
from fieldkit.library.readers.pdf_words import HYPHEN, PageReader, Rule, TooMuchText

SKIPPED = "reading it takes too long or crashes the reader, so it is left out"
_LARGER = 1.12  # than the text: a heading
_HEADING_LENGTH = 100
_MARGIN = 0.12  # of the page's height, where headers and footers stand
_REPEATED = 0.6  # of the pages
_MIN_REPEATED = 3
_GAP = 1.7  # of the size, between the lines of two paragraphs
# What programs write into a title when nobody did.
_NO_TITLE = re.compile(
    r"untitled|document\d*|microsoft .*|.*\.(?:docx?|indd|pdf|xlsx?|fm|tmp)", re.IGNORECASE
)
# The file's name says its revision (``documents``).
_NAMED_REVISION = re.compile(r"[\s_.-]rev(?:ision)?[\s_.-]*[A-Za-z0-9.]{1,9}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One page as found, and its height in points."""

    lines: list[Line]
    rules: list[Rule]
    height: float
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
        found = lines(contents.words)
        several = any(len(line.cells()) > 1 for line in found)
        rules = reader.rules() if several else []
        return _Sheet(lines=found, rules=rules, height=reader.height, contents=contents)
    except TooMuchText as error:
        return _damaged(number, f"it is not read: {error}")
    except pypdfium2.PdfiumError as error:
        return _damaged(number, f"it is damaged: {error}")
    finally:
        page.close()


def _damaged(number: int, message: str) -> _Sheet:
    warning = ReadingWarning(kind=Kind.DAMAGED, message=message, page=number)
    contents = Contents([], [warning], recognised=False, pictured=0.0, empty=False, only_text=False)
    return _Sheet(lines=[], rules=[], height=0.0, contents=contents)


def _document(
    path: Path,
    facts: dict[str, str],
    sheets: Sequence[_Sheet],
    labels: Sequence[str],
    warnings: Sequence[ReadingWarning],
) -> Document:
    first = next((sheet.lines for sheet in sheets if sheet.lines), [])
    head = "\n".join(clean(line.text) for line in first)
    levels = _levels(sheets)
    repeated = _repeated(sheets, levels)
    printed_labels = pdf_labels.labels(labels, [_margins(sheet) for sheet in sheets])
    pages = Pages()
    found = list(warnings)
    for sheet, label in zip(sheets, printed_labels, strict=True):
        pages.turn_to(pages.number + 1)
        pages.label(label)
        kept = [
            line
            for line in sheet.lines
            if (key := _key(line, sheet, levels)) not in repeated
            # Roman numbers repeat in no way that can be seen.
            and not (key and label and pdf_labels.is_number(line.text, label))
        ]
        if not kept and sheet.contents.only_text:
            kept = sheet.lines  # what looks like a header is all that the page says
        text = "\n".join(line.text for line in kept)
        found += sheet.contents.warnings
        found += pdf_file.unread(sheet.contents, text, pages.number)
        try:
            _Layout(pages, kept, sheet.rules, levels).write()
        except TooLarge as error:
            damage = f"a table of it is not read: {error}"
            found.append(ReadingWarning(kind=Kind.DAMAGED, message=damage, page=pages.number))
    if (unclear := printed.unclear(head)) and not _NAMED_REVISION.search(path.stem):
        found.append(ReadingWarning(kind=Kind.DETAIL, message=unclear))
    return Document(
        document=clean_line(path.stem),
        title=_title(facts.get("Title", ""), first, levels) or clean_line(path.stem),
        revision=printed.revision(head),
        date=printed.date(head)
        or printed.stamp(facts.get("ModDate", "") or facts.get("CreationDate", "")),
        pages=tuple(
            replace(page, recognised=sheet.contents.recognised)
            for page, sheet in zip(pages.finish(), sheets, strict=True)
        ),
        markdown=True,
        warnings=tuple(found),
    )


def _margins(sheet: _Sheet) -> list[pdf_labels.Margin]:
    """The lines of headers and footers, each with whether it is at the top."""
    return [
        (
            line.y > sheet.height / 2,
            [" ".join(word.text for word in cell) for cell in line.cells()],
        )
        for line in sheet.lines
        if not _MARGIN * sheet.height < line.y < (1 - _MARGIN) * sheet.height
    ]


def _levels(sheets: Sequence[_Sheet]) -> dict[float, int]:
    """Size -> level of its headings. The size of most characters is that of the text."""
    characters: Counter[float] = Counter()
    for sheet in sheets:
        for line in sheet.lines:
            characters[_size(line)] += len(line.text)
    if not characters:
        return {}
    text = characters.most_common(1)[0][0]  # level 0
    larger = sorted((size for size in characters if size >= text * _LARGER), reverse=True)
    # The smallest headings count most: of ten sizes of a cover the first ones share a level.
    levels = {size: max(5 - index, 1) for index, size in enumerate(reversed(larger))}
    shift = min(levels.values(), default=1) - 1
    return {size: level - shift for size, level in levels.items()} | {text: 0}


def _size(line: Line) -> float:
    return round(line.size * 2) / 2


def _key(line: Line, sheet: _Sheet, levels: dict[float, int]) -> tuple[str, int] | None:
    """What a header or footer has in common with that of other pages; None in the middle.

    They may count pages. A large or bold line that counts is a heading.
    """
    if _MARGIN * sheet.height < line.y < (1 - _MARGIN) * sheet.height:
        return None
    counts = not line.bold and not levels.get(_size(line), 0)
    return re.sub(r"\d+", "#", line.text) if counts else line.text, round(line.y / 3)


def _repeated(sheets: Sequence[_Sheet], levels: dict[float, int]) -> set[tuple[str, int]]:
    """The headers and footers: nothing to look for, and in the way where a page is cut."""
    counts = Counter(
        key
        for sheet in sheets
        for key in {_key(line, sheet, levels) for line in sheet.lines}
        if key
    )
    needed = max(_MIN_REPEATED, _REPEATED * len(sheets))
    return {key for key, count in counts.items() if count >= needed}


def _title(said: str, first: Sequence[Line], levels: dict[float, int]) -> str:
    title = clean_line(said)
    if title and not _NO_TITLE.fullmatch(title):
        return title
    largest = max((_size(line) for line in first), default=0.0)
    if not levels.get(largest):
        return ""
    return clean_line(" ".join(line.text for line in first if _size(line) == largest)[:200])


class _Layout:
    """Writes the lines of one page."""

    def __init__(
        self, pages: Pages, page: Sequence[Line], rules: Sequence[Rule], levels: dict[float, int]
    ) -> None:
        self._pages = pages
        self._lines = page
        self._rules = rules
        self._levels = levels
        self._text_size = next((size for size, level in levels.items() if not level), 0.0)
        self._held = ""  # the part of a word before the hyphen that divides it

    def write(self) -> None:
        """Add the page's headings, tables and paragraphs."""
        index = 0
        while index < len(self._lines):
            region = find_table(self._lines, index, self._rules)
            if region is not None:
                self._flush()
                self._pages.table(region.table.header, region.table.rows)
                index = region.end
            elif (end := self._heading_end(index)) > index:
                self._flush()
                level = self._levels.get(_size(self._lines[index]), 0) or 6
                text = " ".join(line.text for line in self._lines[index:end])
                self._pages.heading(text.replace(HYPHEN, "-"), level)
                index = end
            else:
                self._line(index)
                index += 1
        self._flush()

    def _heading_end(self, begin: int) -> int:
        """Behind the lines of the heading that begins there; ``begin`` when none does."""
        first = self._lines[begin]
        if not self._is_heading(first):
            return begin
        end = begin + 1
        while (
            end < len(self._lines)
            and self._is_heading(self._lines[end])
            and _size(self._lines[end]) == _size(first)
            and 0 < self._lines[end - 1].y - self._lines[end].y <= 1.5 * first.size
            and not re.match(r"\d", self._lines[end].text)
        ):
            end += 1
        return end

    def _is_heading(self, line: Line) -> bool:
        text = line.text
        if len(text) > _HEADING_LENGTH or not any(letter.isalpha() for letter in text):
            return False
        if self._levels.get(_size(line), 0):
            return True
        stands_out = line.bold and _size(line) >= self._text_size
        return stands_out and text[-1] not in ".,;:!?" and text[0].isalnum()

    def _line(self, index: int) -> None:
        line = self._lines[index]
        if index:
            before = self._lines[index - 1]
            if not 0 < before.y - line.y <= _GAP * max(line.size, before.size):
                self._flush()
                self._pages.gap()
        text = self._held + line.text
        self._held = ""
        if text.endswith(HYPHEN) and index + 1 < len(self._lines):
            begins = self._lines[index + 1].text[0]
            # "mainte-" + "nance" is one word; "P-" + "204" keeps its hyphen.
            self._held = text[:-1] + ("" if begins.islower() else "-")
            return
        self._pages.line(text.replace(HYPHEN, "-"))

    def _flush(self) -> None:
        if self._held:
            self._pages.line(self._held)
            self._held = ""
