"""Word documents, from their XML: python-docx leaves out content controls.

Pages are those that Word noted when it last saved (``lastRenderedPageBreak``), and explicit breaks.
ECMA-376-1, part 17, has the elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.archive import Archive
from fieldkit.library.readers.docx_blocks import Block, blocks, is_mark, shape_lines
from fieldkit.library.readers.docx_context import BREAK, RENDERED, Context
from fieldkit.library.readers.docx_fields import Fields
from fieldkit.library.readers.docx_findings import Findings
from fieldkit.library.readers.docx_margins import margin_lines, print_pages
from fieldkit.library.readers.docx_names import W, has_text
from fieldkit.library.readers.docx_notes import Notes
from fieldkit.library.readers.docx_numbers import Label, Numbers
from fieldkit.library.readers.docx_package import Package
from fieldkit.library.readers.docx_sections import Sections
from fieldkit.library.readers.docx_styles import Style, Styles
from fieldkit.library.readers.docx_table import (
    PagedTable,
    cells,
    only_arranges,
    read_table,
    table_rows,
)
from fieldkit.library.readers.grid import TooLarge, named
from fieldkit.library.readers.model import (
    PAGES,
    TEXT_BYTES,
    Document,
    Kind,
    Page,
    ReadingWarning,
    unreadable,
)  # fmt: skip
from fieldkit.library.readers.pages import Pages, plain

_FEW_WORDS = 800  # on a page
_HEADING_LENGTH = 80
_IDENTITY = 4  # letters and digits


def read_docx(path: Path) -> Document:
    """Read a Word document; raises InvalidInput."""
    with Archive(path) as archive:
        try:
            return _read(path, Package(path, archive))
        except TooLarge as error:
            raise unreadable(path, str(error)) from error
        except RecursionError as error:
            raise unreadable(path, "its parts are nested too deeply") from error


def _read(path: Path, package: Package) -> Document:
    bodies = package.document.findall(W + "body")
    if not bodies:
        raise unreadable(path, "not a Word document: it has no body")
    facts = package.properties()
    context = _context(package)
    reading = _Reader(context, Sections(package.document), Fields(package.document))
    for body in bodies:
        reading.blocks(body)
    pages = reading.finish(labels=any(print_pages(context, body) for body in bodies))
    warnings = tuple(reading.warnings())
    margins = [line for body in bodies for line in margin_lines(context, body)]
    first = "\n".join([next((page.text for page in pages if page.text), ""), *margins])
    return Document(
        document=clean_line(path.stem),
        title=facts.title or reading.title or clean_line(path.stem),
        revision=facts.version or printed.revision(first),
        date=printed.date(first) or facts.date,
        pages=_with_margins(pages, margins),
        markdown=True,
        warnings=(*warnings, *printed.doubts(first, path, facts.version)),
    )


def _context(package: Package) -> Context:
    findings = Findings()
    styles = Styles(package.part("styles"))
    comments = package.part("comments")
    return Context(
        styles=styles,
        notes=Notes(package),
        numbers=Numbers(package.part("numbering"), styles, findings),
        package=package,
        findings=findings,
        comments={
            str(comment.get(W + "id")): " ".join(t.text or "" for t in comment.iter(W + "t"))
            for comment in (() if comments is None else comments.findall(W + "comment"))
        },
    )


def _with_margins(pages: tuple[Page, ...], lines: Sequence[str]) -> tuple[Page, ...]:
    """``pages``, the first with those lines of headers and footers that hold a figure of their own.

    The number of a document is often nowhere else.
    """
    body = "\n".join(page.text for page in pages)
    new = [line for line in lines if _is_identity(line) and line not in body]
    if not new or not pages:
        return pages
    text = "\n\n".join([*map(plain, new), pages[0].text]).strip("\n")
    return (replace(pages[0], text=text), *pages[1:])


def _is_identity(line: str) -> bool:
    """Whether ``line`` can hold the number of a document; a page number is shorter."""
    return any(map(str.isdigit, line)) and sum(map(str.isalnum, line)) >= _IDENTITY


class _Reader:
    """The state of reading one document from its beginning to its end."""

    def __init__(self, context: Context, sections: Sections, fields: Fields) -> None:
        self.pages = Pages()
        self.title = ""
        self._context = context
        self._fields = fields
        self._sections = sections
        self._fresh = False  # the current page holds nothing yet
        self._rendered = False
        self._repeated = 0  # characters of names of columns

    def finish(self, *, labels: bool) -> tuple[Page, ...]:
        """All pages; ``labels``: with the numbers printed on them."""
        printed = self._sections.labels if labels else {}
        return tuple(
            replace(page, label=printed.get(page.number, "")) for page in self.pages.finish()
        )

    def warnings(self) -> Iterator[ReadingWarning]:
        """What IT should know of the page numbers, and of what was left out."""
        pages = self.pages.finish()
        longest = max((len(page.text.split()) for page in pages), default=0)
        if self.pages.number and not self._rendered and longest > _FEW_WORDS:
            yield ReadingWarning(
                kind=Kind.DETAIL,
                message="page numbers count explicit breaks only and may be too low; "
                "open and save it in Word, or save it as PDF",
            )
        first = 1 if self.pages.number else 0
        findings = self._context.findings
        if any(page.text for page in pages):
            findings.empty_pages((page.number for page in pages if not page.text), first)
        yield from findings.warnings(first)

    def blocks(self, parent: Any) -> None:
        """Read the paragraphs and tables below ``parent``."""
        for block in blocks(self._context, parent, self._fields):
            if block.line is None:
                self._table(block.element)
            else:
                self._paragraph(block)

    def _turn(self, mark: str, *, section: bool = False) -> None:
        """Turn the page for ``mark``; Word notes an explicit break a second time."""
        if mark == RENDERED:
            self._rendered = True
            if self._fresh:
                self._fresh = False
                return
        if self.pages.number >= PAGES:
            raise TooLarge(f"it has more than {PAGES} pages")
        self.pages.turn()
        self._context.findings.page = self.pages.number
        self._sections.turned(self.pages.number, section=section)
        self._fresh = mark == BREAK

    def _paragraph(self, block: Block) -> None:
        line, label = block.line, block.label
        assert line is not None
        if block.style.breaks_before:
            self._turn(BREAK)
        texts = [at for at, piece in enumerate(line.pieces) if not is_mark(piece)]
        for at, piece in enumerate(line.pieces):
            if is_mark(piece):
                self._turn(piece)
                continue
            self._fresh = False
            notes = line.notes if at == texts[-1] else []
            self._text(block, label if at == texts[0] else None, piece, notes)
        if line.notes and not texts:
            self.pages.paragraph(" ".join(line.notes))
        for box in line.boxes:
            self._box(box)
        if block.style.ends_section and self._sections.end():
            self._turn(BREAK, section=True)

    def _text(self, block: Block, label: Label | None, text: str, notes: Sequence[str]) -> None:
        style, number = block.style, label.text if label else ""
        whole = f"{number} {text}" if number else text
        level = self._heading_level(block, text)
        if level:
            if style.title or style.level == 1:
                self.title = self.title or text
            self.pages.heading(whole, level)
            for note in notes:
                self.pages.paragraph(note)
            return
        whole = " ".join([whole, *notes])
        if label is None or not (number or label.bullet):
            self.pages.paragraph(whole)
        elif number.removesuffix(".").isdecimal() and number.endswith("."):
            self.pages.item(" ".join([text, *notes]), number.removesuffix("."))
        else:
            self.pages.item(whole)

    def _heading_level(self, block: Block, text: str) -> int:
        style = block.style
        if style.title:
            return 1
        if style.level:
            return style.level
        looks_so = style.bold and len(text) <= _HEADING_LENGTH and text[-1] not in ".,;:!?"
        return 6 if looks_so and not style.number and self._names_what_follows(block.element) else 0

    def _names_what_follows(self, paragraph: Any) -> bool:
        """Whether text or a table follows: a bold line before another heading is text itself."""
        for element in paragraph.itersiblings():
            if element.tag != W + "p":
                return element.tag in {W + "tbl", W + "sdt"}
            if has_text(element):
                style: Style = self._context.styles.of(element)
                return not (style.level or style.title or style.bold)
        return False

    def _box(self, box: Any) -> None:
        if box.tag != W + "txbxContent":
            for text in shape_lines(self._context, box):
                self.pages.paragraph(text)
            return
        outer, self._fields = self._fields, self._fields.within(box)
        self.blocks(box)
        self._fields = outer

    def _table(self, element: Any) -> None:
        """Add a table; the rows of each page carry the names of the columns and of their group."""
        if only_arranges(element):
            for row in table_rows(element, self._context):
                for cell in cells(row):
                    self.blocks(cell)
            return
        table = read_table(self._context, element, self._fields)
        self._context.findings.page = self.pages.number
        for mark in table.before.pop(0, ()):
            self._turn(mark)
        for title in table.titles:
            self._fresh = False
            self.pages.paragraph(title)
        self._paged(table)

    def _paged(self, table: PagedTable) -> None:
        whole = named(table.rows, table.names)
        begin = len(table.rows) - len(whole.rows)
        for index in range(1, len(table.rows) + 1):
            for mark in table.before.get(index, ()):
                self._rows(whole.header, table, begin, index)
                begin = max(begin, index)
                self._turn(mark)
        self._rows(whole.header, table, begin, len(table.rows))

    def _rows(self, header: tuple[str, ...], table: PagedTable, begin: int, end: int) -> None:
        if begin >= end:
            return
        self._fresh = False
        places = list(range(begin, end))
        if begin not in table.groups and (earlier := [g for g in table.groups if g < begin]):
            places.insert(0, max(earlier))
        rows = [table.rows[place] for place in places]
        self._repeated += sum(map(len, header)) + len(rows[0][0])
        if self._repeated > TEXT_BYTES:
            raise TooLarge("the names of its tables, repeated on each page, hold too much text")
        groups = [at for at, place in enumerate(places) if place in table.groups]
        self.pages.table(header, rows, groups)
