"""The quote: what the manual says, word for word, above what the model makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.selection import Selection
from textual.widget import Widget

from fieldkit.chat.i18n import N_, _
from fieldkit.chat.pages import superseded
from fieldkit.chat.widgets.tables import laid_out
from fieldkit.chat.wording import label
from fieldkit.core.citation import MAY_ANSWER, Passage, State
from fieldkit.core.quote import Quote
from fieldkit.core.text import clean, clean_line

MANUAL = N_("Manual")
OTHER = N_("Another manual, against it")
_MARKED = "bold underline"  # differs without colours, too
_TITLE = ".quote--title"
_PLACE = ".quote--place"
_WARNING = ".quote--warning"
_MOST_OTHERS = 3
_MOST = 1200  # characters of a statement; the page holds the rest


class QuoteView(Widget):
    """Shows a quote with its page; nothing until ``show`` is called with one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "quote--title",
        "quote--place",
        "quote--warning",
        "answer--rule",
        "answer--table-head",
    }

    def __init__(self) -> None:
        super().__init__(classes="-empty")
        self.quote: Quote | None = None
        self._passages: tuple[Passage, ...] = ()
        self._state: State | None = None

    def show(
        self, quote: Quote | None, passages: Sequence[Passage], state: State | None = None
    ) -> None:
        """Show ``quote``, which is from one of the ``passages``, or nothing where that is not."""
        there = quote is not None and 1 <= quote.passage <= len(passages)
        self.quote = quote if there else None
        self._passages, self._state = tuple(passages), state
        self.set_class(self.quote is None, "-empty")
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the quote takes at ``width``."""
        del container, viewport
        return sum(1 for _ in self._lines(width)) if width else 0

    def render(self) -> Content:
        """Draw the quote."""
        return Content("\n").join(line for line, _number in self._lines(self.content_size.width))

    def number_on(self, row: int) -> int:
        """The number of the passage that the line ``row`` names, 0 where it names none."""
        numbers = [number for _line, number in self._lines(self.content_size.width)]
        return numbers[row] if 0 <= row < len(numbers) else 0

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The marked text."""
        lines = (line.plain.rstrip() for line, _number in self._lines(self.content_size.width))
        return selection.extract("\n".join(lines)), "\n"

    def _lines(self, width: int) -> Iterator[tuple[Content, int]]:
        """Each line, with the number of the passage whose place it names."""
        quote = self.quote
        if quote is None or not width:
            return
        if self._state is State.PERHAPS:
            yield from _plain(Content.styled(_(MAY_ANSWER), _WARNING).wrap(width))
        yield from self._said(quote, _(MANUAL), width)
        for other in quote.others[:_MOST_OTHERS]:
            if 1 <= other.passage <= len(self._passages):
                yield from self._said(other, _(OTHER), width)

    def _said(self, quote: Quote, who: str, width: int) -> Iterator[tuple[Content, int]]:
        passage = quote.source(self._passages)
        place = f"  [{quote.passage}] {clean_line(label(passage))}"
        for line in Content.assemble((who, _TITLE), (place, _PLACE)).wrap(width):
            yield line, quote.passage
        if warning := superseded(passage):
            yield from _plain(Content.styled(warning, _WARNING).wrap(width))
        yield from _plain(_row(quote, width) if quote.row else self._statement(quote).wrap(width))
        if quote.converted:
            yield from _plain(Content.styled(_converted(quote.converted), "italic").wrap(width))

    def _statement(self, quote: Quote) -> Content:
        """The sentence as it is printed, the value or code in it marked."""
        said = _marked(quote.text[:_MOST], 0, quote.marked).rstrip()
        if len(quote.text) > _MOST:
            return said + Content("…")
        return said + Content(" …") if quote.ends_in_steps(self._passages) else said


def _plain(lines: Iterable[Content]) -> Iterator[tuple[Content, int]]:
    return ((line, 0) for line in lines)


def _converted(text: str) -> str:
    """``320 Nm = 236 lb-ft, converted`` in the language of the interface."""
    values, comma, _word = clean_line(text).rpartition(", converted")
    return _("{values}, converted").format(values=values) if comma else clean_line(text)


def _marked(text: str, at: int, marked: Sequence[tuple[int, int]]) -> Content:
    """``text``, which begins at ``at`` in the quote, sanitized, with its marked places."""
    content = Content(clean(text))
    for start, end in marked:
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            content = content.stylize(_MARKED, len(clean(text[:first])), len(clean(text[:last])))
    return content


def _row(quote: Quote, width: int) -> Iterator[Content]:
    """The row below the names of its columns, or field by field where the width is short."""
    names, cells = [], []
    at = 0
    for name, cell in quote.row:
        found = quote.text.find(cell, at) if cell else -1
        at = found + len(cell) if found >= 0 else at
        shown = _marked(cell, found, quote.marked) if found >= 0 else Content(clean(cell))
        names.append(Content(clean_line(name)))
        cells.append(_one_line(shown))
    for line, _margin in laid_out([names, cells], [], width):
        yield line


def _one_line(content: Content) -> Content:
    """``content`` with spaces for its line ends and tabs; its marks stay where they are."""
    plain = content.plain.replace("\n", " ").replace("\t", " ")
    return Content(plain, spans=list(content.spans))
