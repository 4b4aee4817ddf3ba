"""The text of a manual's page with a passage marked on it, as wide as there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from fieldkit.chat.pagelayout import GUTTER, Kind, Row, lay_out
from fieldkit.chat.pagetext import PageText

Terms = Callable[[str], Sequence[tuple[int, int]]]

# The margin says what is marked where there are no colours; the words of the question are
# underlined for the same reason.
_STYLES: dict[Kind, str] = {
    "heading": "bold $primary",
    "mark": "$foreground on $primary 35%",
    "term": "bold underline",
}
_MARKED, _PLAIN = "\u258c ", "  "
_ABOVE = 3  # rows of the page left to see above the passage


class PageBody(Widget):
    """Draws a page; laid out anew when it becomes wider or narrower."""

    def __init__(self) -> None:
        super().__init__()
        self._page = PageText(text="", headings=(), marks=(), rows=())
        self._terms: Terms | None = None
        self._laid_out: tuple[int, tuple[Row, ...]] = (0, ())

    def show(self, page: PageText, terms: Terms | None) -> None:
        """Draw another page."""
        self._page, self._terms = page, terms
        self._laid_out = (0, ())
        self.refresh(layout=True)

    def rows(self, width: int) -> tuple[Row, ...]:
        """The page at ``width`` cells, the margin included."""
        if self._laid_out[0] != width:
            self._laid_out = (width, lay_out(self._page, width - GUTTER, self._terms))
        return self._laid_out[1]

    @property
    def marked(self) -> list[str]:
        """The rows that hold some of the passage, as they read now."""
        return [row.text for row in self._laid_out[1] if row.marked]

    @property
    def first_marked(self) -> int | None:
        """The first row that holds some of the passage, at the width that is shown."""
        rows = self.rows(self.content_size.width)
        return next((number for number, row in enumerate(rows) if row.marked), None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the page takes."""
        del container, viewport
        return len(self.rows(width)) if width else 0

    def render(self) -> Content:
        """Draw margin and text."""
        width = self.content_size.width
        return Content("\n").join(_drawn(row) for row in self.rows(width)) if width else Content("")


class PageView(VerticalScroll):
    """Scrolls a page and keeps the passage in view when it is shown."""

    def compose(self) -> ComposeResult:
        """Lay out the page's text."""
        yield PageBody()

    @property
    def body(self) -> PageBody:
        """The text."""
        return self.query_one(PageBody)

    def show(self, page: PageText, terms: Terms | None = None) -> None:
        """Show ``page``, from the passage on or from its beginning."""
        self.body.show(page, terms)
        self.scroll_home(animate=False)
        if page.marks:
            self.call_after_refresh(self._to_mark)

    def _to_mark(self) -> None:
        first = self.body.first_marked
        if first is not None:
            above = min(_ABOVE, self.size.height // 4)
            self.scroll_to(y=max(0, first - above), animate=False)


def _drawn(row: Row) -> Content:
    content = Content(row.text)
    for start, end, kind in row.spans:
        content = content.stylize(_STYLES[kind], start, end)
    margin = Content.styled(_MARKED, "$primary") if row.marked else Content(_PLAIN)
    return margin + content
