"""Word documents, from their XML: python-docx would leave out what stands in content controls.

Pages are those that Word noted when it last saved (``lastRenderedPageBreak``), and explicit breaks.
ECMA-376-1, part 17, has the elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers import printed
from fieldkit.library.readers.archive import Archive
from fieldkit.library.readers.docx_styles import Numbers, Style, Styles, W, section_turns
from fieldkit.library.readers.docx_table import read_table
from fieldkit.library.readers.docx_text import BREAK, FALLBACK, RENDERED, pieces
from fieldkit.library.readers.grid import TooLarge, named
from fieldkit.library.readers.model import PAGES, Document, Kind, ReadingWarning, unreadable
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.properties import parse, properties

_BODY = "word/document.xml"
_READ = re.compile(r"word/(?:styles|numbering|(?:header|footer)\d*)\.xml")
_MARGINAL = re.compile(r"word/(?:header|footer)\d*\.xml")
_FEW_WORDS = 800  # on a page
_HEADING_LENGTH = 80
_CONTAINERS = {W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}


def read_docx(path: Path) -> Document:
    """Read a Word document; raises InvalidInput."""
    with Archive(path) as archive:
        data = archive.read(_BODY)
        if data is None:
            raise unreadable(path, f"not a Word document: it has no {_BODY}")
        body = parse(path, _BODY, data).find(W + "body")
        facts = properties(path, archive)
        parts = {
            name: parse(path, name, part)
            for name in archive.names()
            if _READ.fullmatch(name) and (part := archive.read(name)) is not None
        }
    if body is None:
        raise unreadable(path, "not a Word document: it has no body")
    reading = _Reading(
        Styles(parts.get("word/styles.xml")),
        Numbers(parts.get("word/numbering.xml")),
        section_turns(body),
    )
    try:
        reading.blocks(body)
    except (TooLarge, RecursionError) as error:
        raise unreadable(path, str(error)) from error
    pages = reading.pages.finish()
    first = next((page.text for page in pages if page.text), "")
    first += "".join(
        "\n" + " ".join(pieces(line))
        for name, part in parts.items()
        if _MARGINAL.fullmatch(name)
        for line in part.iter(W + "p")
    )
    return Document(
        document=clean_line(path.stem),
        title=facts.title or reading.title or clean_line(path.stem),
        revision=facts.version or printed.revision(first),
        date=printed.date(first) or facts.date,
        pages=pages,
        markdown=True,
        warnings=tuple(reading.warnings()),
    )


class _Reading:
    """The state of reading one document from its beginning to its end."""

    def __init__(self, styles: Styles, numbers: Numbers, sections: Sequence[bool]) -> None:
        self.pages = Pages()
        self.title = ""
        self._styles = styles
        self._numbers = numbers
        self._sections = iter(sections)
        self._fresh = False  # a page was turned and nothing stands on it yet
        self._rendered = False

    def warnings(self) -> Iterator[ReadingWarning]:
        """What IT should know of the page numbers."""
        pages = self.pages.finish()
        longest = max((len(page.text.split()) for page in pages), default=0)
        if self.pages.number and not self._rendered and longest > _FEW_WORDS:
            yield ReadingWarning(
                kind=Kind.DETAIL,
                message="page numbers count explicit breaks only and may be too low; "
                "open and save it in Word, or save it as PDF",
            )

    def blocks(self, parent: Any) -> None:
        """Read the paragraphs and tables below ``parent``."""
        for element in parent:
            if element.tag == W + "p":
                self._paragraph(element)
            elif element.tag == W + "tbl":
                self._table(element)
            elif element.tag in _CONTAINERS:
                self.blocks(element)

    def _turn(self, mark: str) -> None:
        """Turn the page for ``mark``; Word notes a break that was asked for a second time."""
        if mark == RENDERED:
            self._rendered = True
            if self._fresh:
                self._fresh = False
                return
        if self.pages.number >= PAGES:
            raise TooLarge(f"it has more than {PAGES} pages")
        self.pages.turn()
        self._fresh = mark == BREAK

    def _paragraph(self, element: Any) -> None:
        style = self._styles.of(element)
        if style.contents:
            return
        if style.breaks_before:
            self._turn(BREAK)
        for piece in pieces(element):
            if piece in (BREAK, RENDERED):
                self._turn(piece)
            elif text := clean_line(piece):
                self._fresh = False
                self._text(style, text)
        for box in element.iter(W + "txbxContent"):
            # Older programs find each box a second time, as a fallback.
            if next(box.iterancestors(W + "p", FALLBACK)) is element:
                self.blocks(box)
        if style.ends_section and next(self._sections, False):
            self._turn(BREAK)

    def _text(self, style: Style, text: str) -> None:
        if style.title:
            self.title = self.title or text
            self.pages.heading(text, 1)
        elif style.level:
            self.title = self.title or (text if style.level == 1 else "")
            self.pages.heading(text, style.level)
        elif style.item is not None:
            self.pages.item(text, self._numbers.next(*style.item))
        elif style.bold and len(text) <= _HEADING_LENGTH and text[-1] not in ".,;:!?":
            self.pages.heading(text, 6)
        else:
            self.pages.paragraph(text)

    def _table(self, element: Any) -> None:
        """Add a table; the rows of each page carry the names of the columns."""
        table = read_table(element)
        whole = named(table.rows, table.names)
        begin = len(table.rows) - len(whole.rows)
        for index in range(len(table.rows) + 1):
            for mark in table.before.get(index, ()):
                self._rows(whole.header, table.rows[begin:index])
                begin = max(begin, index)
                self._turn(mark)
        self._rows(whole.header, table.rows[begin:])

    def _rows(self, header: tuple[str, ...], rows: Sequence[Sequence[str]]) -> None:
        if rows:
            self._fresh = False
            self.pages.table(header, rows)
