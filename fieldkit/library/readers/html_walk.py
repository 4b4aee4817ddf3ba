"""Goes through a web page in reading order and collects its blocks."""

from __future__ import annotations

import re
from typing import Any

from fieldkit.core.text import clean_line
from fieldkit.library.readers.html_list import Counter
from fieldkit.library.readers.html_shown import (
    BREAK,
    Entered,
    Shown,
    State,
    is_block,
    name_of,
    one_line,
)
from fieldkit.library.readers.html_style import Properties
from fieldkit.library.readers.html_table import is_layout, read_table, stray_text, strays
from fieldkit.library.readers.pages import Pages
from fieldkit.library.readers.scripts import resolved

_HEADING = re.compile(r"h([1-6])")


class Walk:
    """Writes what is shown into ``pages``; ``title`` is the first heading of the first level."""

    def __init__(self, pages: Pages, shown: Shown) -> None:
        self.pages = pages
        self.shown = shown
        self.title = ""
        self._text: list[str] = []
        self._item: str | None = None  # the number of an item whose text is to come; "" a bullet
        self._terms: list[str] = []
        self._term = ""

    def read(self, root: Any) -> None:
        """Read the page whose outermost element is ``root``."""
        entered = self.shown.enters(root, State())
        if entered is not None:
            self._into(root, entered[0])
        self._end()

    def _end(self) -> None:
        """End the block under way."""
        text = one_line("".join(self._text))
        self._text.clear()
        if not text:
            return
        if self._term:
            text, self._term = f"{self._term}: {text}", ""
        if self._item is None:
            self.pages.paragraph(text)
        else:
            self.pages.item(text, self._item)
            self._item = None

    def _into(self, element: Any, state: State, _parts: list[str] | None = None) -> None:
        """Read the content of ``element``."""
        self._add(element.text, state)
        for child in element:
            if isinstance(child.tag, str):
                self._element(child, state)
            self._add(child.tail, state)

    def _add(self, text: str | None, state: State) -> None:
        if text:
            self.shown.text(text, state, self._text)

    def _element(self, element: Any, state: State) -> None:
        entered = self.shown.enters(element, state)
        if entered is None:
            return
        if name_of(element) == "br":
            self._text.append(BREAK)
        elif not is_block(element, entered[1]):
            self.shown.inline(element, entered, self._text, self._into)
        else:
            self._end()
            self._block(element, entered)
            self._end()

    def _block(self, element: Any, entered: Entered) -> None:
        tag = name_of(element)
        state, style = entered
        if match := _HEADING.fullmatch(tag):
            self._heading(self.shown.line(element, state), int(match[1]))
        elif tag in {"ol", "ul", "menu", "dir"}:
            self._list(element, state, style)
        elif tag == "dt":
            self._terms.append(self.shown.line(element, state).rstrip(":"))
        elif tag == "dd":
            self._term = ", ".join(filter(None, self._terms))
            self._into(element, state)
            self._end()
            following = element.getnext()
            if following is None or name_of(following) != "dd":
                self._terms.clear()
            self._term = ""
        elif tag == "pre":
            self._listing(element, state)
        elif tag == "table" and not is_layout(element):
            self._table(element, state)
        else:
            self._into(element, state)

    def _heading(self, text: str, level: int) -> None:
        if level == 1 and not self.title:
            self.title = clean_line(text)
        self.pages.heading(text, level)

    def _listing(self, element: Any, state: State) -> None:
        """Lines that keep their breaks."""
        self._into(element, state)
        text = "".join(self._text).replace(BREAK, "\n").strip("\n")
        self._text.clear()
        for line in text.split("\n"):
            if line.strip():
                self.pages.verbatim(resolved(line))
            else:
                self.pages.gap()
        self.pages.gap()

    def _list(self, element: Any, state: State, style: Properties) -> None:
        counter = Counter(element, style)
        self._add(element.text, state)
        for child in element:
            if not isinstance(child.tag, str):
                continue
            entered = self.shown.enters(child, state) if child.tag == "li" else None
            if entered is not None:
                self._end()
                self._item = counter.mark(child, entered[1])
                self._into(child, entered[0])
                self._end()
                self._item = None
            elif child.tag != "li":
                self._element(child, state)
            self._add(child.tail, state)
        self._end()
        self.pages.gap()

    def _table(self, element: Any, state: State) -> None:
        self._add(stray_text(element), state)
        for stray in strays(element):
            self._element(stray, state)
        self._end()
        for caption in element.findall("caption"):
            if entered := self.shown.enters(caption, state):
                self.pages.paragraph(self.shown.line(caption, entered[0]))

        def text(cell: Any) -> str:
            entered = self.shown.enters(cell, state)
            return self.shown.line(cell, entered[0]) if entered else ""

        def shown(part: Any) -> bool:
            return self.shown.enters(part, state) is not None

        for piece in read_table(element, text, shown):
            if piece.table is None:
                self.pages.paragraph(piece.title)
            else:
                self.pages.table(piece.table.header, piece.table.rows, piece.table.groups)
