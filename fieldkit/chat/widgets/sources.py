"""The sources of the selected answer: which pages, and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import _
from fieldkit.chat.pages import Pages, Reader, Sources, superseded
from fieldkit.chat.tablerows import Rows, covers
from fieldkit.chat.widgets.pageview import PageView
from fieldkit.chat.widgets.rowtable import RowTable
from fieldkit.chat.wording import label
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean, clean_line


class SourceItem(Static):
    """One passage: its label, a warning, and its text where no page is shown beside it."""

    class Clicked(Message):
        """The passage ``number``, counted from 1, was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(
        self, number: int, passage: Passage, *, cited: bool, rows: Sequence[Rows] = ()
    ) -> None:
        """``rows`` are those of tables that the passage says, and that are shown below this."""
        super().__init__(markup=False)
        self.number = number
        self.rows = rows
        self.passage = passage
        self.set_class(cited, "-cited")

    def on_click(self) -> None:
        """Say so."""
        self.post_message(self.Clicked(self.number))

    def label(self, *, full: bool) -> None:
        """Show the label; ``full``: and what the passage says."""
        style = "bold" if self.has_class("-cited") else ""
        parts = [Content.styled(f"[{self.number}] {clean_line(label(self.passage))}", style)]
        if warning := superseded(self.passage):
            parts.append(Content.styled(warning, "bold $warning"))
        if full and not covers(self.rows, self.passage.text):
            parts.append(Content(clean(self.passage.text).strip()))
        self.update(Content("\n").join(parts))


class SourcesPane(Vertical, can_focus=True):
    """The passages of one answer and, where there is room, the page of the highlighted one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("sources_pane"),
        *(Binding(str(n), f"open_number({n})", f"Open page {n}", show=False) for n in range(1, 10)),
    ]
    highlighted: reactive[int] = reactive(0, init=False)

    class Opened(Message):
        """The technician wants to see the page of a passage, counted from 0.

        ``printed``: as it is printed, page by this number.
        """

        def __init__(self, sources: Sources, at: int, *, printed: int | None = None) -> None:
            super().__init__()
            self.sources = sources
            self.at = at
            self.printed = printed

    def __init__(self, pages: Pages, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._pages = pages
        self._sources = Sources()
        self._reader: Reader | None = None
        self._beside = False

    def compose(self) -> ComposeResult:
        """Lay out the list, and the page below it."""
        yield VerticalScroll(id="source-list", can_focus=False)
        view = PageView(id="source-page", can_focus=False)
        view.display = False
        yield view

    @property
    def beside(self) -> bool:
        """Whether the pane shows the page itself."""
        return self._beside

    @property
    def items(self) -> list[SourceItem]:
        """The passages in order."""
        return list(self.query(SourceItem))

    async def show(self, sources: Sources, *, title: str) -> None:
        """Show the passages of ``sources`` and begin with the first that the answer cites.

        Does nothing where the pane is taken off the screen before or meanwhile.
        """
        if not self.is_attached:
            return
        self._sources = sources
        self.border_title = Content(clean_line(title))
        self.border_subtitle = Content(
            keys_of(self).fill(
                _("{focus_sources}, {open}: the page  {printed}: as printed"),
                open="sources_pane.open",
                printed="sources_pane.printed",
            )
        )
        passages = self._sources.passages
        items = [
            SourceItem(n, p, cited=p in sources.cited, rows=sources.rows(self._pages, p))
            for n, p in enumerate(passages, 1)
        ]
        at = next((i for i, item in enumerate(items) if item.has_class("-cited")), 0)
        self._reader = Reader(self._pages, passages, at) if passages else None
        entries = self.query_one("#source-list", VerticalScroll)
        async with self.batch():
            await entries.remove_children()
            for item in items:
                if not entries.is_attached:
                    return  # the assistant is being closed
                await entries.mount(item, *map(RowTable, item.rows))
        self._show_rows()
        for item in items:
            item.label(full=not self._beside)
        self.set_reactive(SourcesPane.highlighted, at)
        self._mark()
        entries.scroll_home(animate=False)
        if at:
            self.call_after_refresh(entries.scroll_to_widget, items[at], animate=False, top=True)
        self._show_page()

    def lay_beside(self, beside: bool) -> None:
        """Show the page itself, too (``beside`` the conversation there is room for it), or not."""
        if beside != self._beside:
            self._beside = beside
            self.query_one("#source-page", PageView).display = beside
            for item in self.items:
                item.label(full=not beside)
            self._show_rows()
            self._show_page()

    def watch_highlighted(self) -> None:
        """Move the mark, and show that page."""
        self._mark()
        if self._reader is not None:
            self._reader.go(self.highlighted)
            self._show_page()

    def action_move(self, step: int) -> None:
        """Highlight another passage."""
        items = self.items
        if items:
            self.highlighted = max(0, min(len(items) - 1, self.highlighted + step))
            items[self.highlighted].scroll_visible(animate=False)

    def action_scroll_page(self, direction: int) -> None:
        """Scroll the page, or the list where there is none, by what fits."""
        view = self.query_one("#source-page" if self._beside else "#source-list", VerticalScroll)
        if direction < 0:
            view.scroll_page_up(animate=False)
        else:
            view.scroll_page_down(animate=False)

    def action_turn(self, step: int) -> None:
        """Show the page before or after."""
        if self._beside and self._reader is not None and self._reader.turn(step):
            self._show_page()

    def action_open(self) -> None:
        """Open the page of the highlighted passage on the whole screen."""
        self.action_open_number(self.highlighted + 1)

    def action_printed(self) -> None:
        """Show the page that the reader is at as it is printed."""
        if self._reader is not None:
            number = self._reader.number
            self.post_message(self.Opened(self._sources, self.highlighted, printed=number))

    def action_open_number(self, number: int) -> None:
        """Open the page of passage ``number`` on the whole screen."""
        if self.choose(number):
            self.post_message(self.Opened(self._sources, number - 1))

    def choose(self, number: int) -> bool:
        """Highlight passage ``number``, counted from 1; False where there is none."""
        there = 1 <= number <= len(self._sources.passages)
        if there:
            self.action_move(number - 1 - self.highlighted)
        return there

    def on_source_item_clicked(self, message: SourceItem.Clicked) -> None:
        """Go to the passage that was clicked."""
        message.stop()
        if self._beside:
            self.choose(message.number)
        else:
            self.action_open_number(message.number)

    def _show_rows(self) -> None:
        """Show rows of tables where no page is beside them."""
        for table in self.query(RowTable):
            table.display = not self._beside

    def _show_page(self) -> None:
        """Show the page that the reader is at; nothing is read while it would not be seen."""
        if not self._beside or self._reader is None:
            return
        view = self.query_one("#source-page", PageView)
        view.border_title = Content(self._reader.place)
        view.show(self._reader.text(), self._sources.terms)

    def _mark(self) -> None:
        for index, item in enumerate(self.items):
            item.set_class(index == self.highlighted, "-highlighted")
