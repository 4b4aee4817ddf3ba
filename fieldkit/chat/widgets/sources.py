"""The sources of the selected answer: which page, and what it says there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from fieldkit.chat.i18n import _
from fieldkit.chat.wording import label
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean, clean_line


class SourceItem(Static):
    """One passage: its label, then its text."""

    def __init__(self, number: int, passage: Passage, *, cited: bool) -> None:
        head = Content.styled(f"[{number}] {clean_line(label(passage))}", "bold")
        text = clean(passage.text).strip()
        super().__init__(Content.assemble(head, "\n", Content(text)), markup=False)
        self.number = number
        self.passage = passage
        self.set_class(cited, "-cited")


class SourcesPane(VerticalScroll):
    """The passages of one answer; Enter opens the page of the highlighted one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Source before", show=False),
        Binding("down", "move(1)", "Source after", show=False),
        Binding("enter,space", "open", "Open the page", show=False),
        *(Binding(str(n), f"open_number({n})", f"Open page {n}", show=False) for n in range(1, 10)),
    ]
    highlighted: reactive[int] = reactive(0)

    class Opened(Message):
        """The technician wants to see the page of a passage."""

        def __init__(self, passage: Passage) -> None:
            super().__init__()
            self.passage = passage

    @property
    def items(self) -> list[SourceItem]:
        """The passages in order."""
        return list(self.query(SourceItem))

    async def show(
        self, passages: Sequence[Passage], cited: Sequence[Passage] = (), *, title: str = ""
    ) -> None:
        """Show ``passages`` and mark those the answer cites."""
        self.border_title = Content(clean_line(title or _("Sources")))
        self.border_subtitle = _("Tab, Enter: the page")
        async with self.batch():
            await self.remove_children()
            await self.mount_all(
                SourceItem(number, passage, cited=passage in cited)
                for number, passage in enumerate(passages, 1)
            )
        items = self.items
        self.highlighted = next((i for i, item in enumerate(items) if item.has_class("-cited")), 0)
        self._mark()
        self.scroll_home(animate=False)
        if self.highlighted:
            self.call_after_refresh(
                self.scroll_to_widget, items[self.highlighted], animate=False, top=True
            )

    def watch_highlighted(self) -> None:
        """Move the mark."""
        self._mark()

    def action_move(self, step: int) -> None:
        """Highlight another passage."""
        items = self.items
        if items:
            self.highlighted = max(0, min(len(items) - 1, self.highlighted + step))
            self.scroll_to_widget(items[self.highlighted], animate=False)

    def action_open(self) -> None:
        """Open the page of the highlighted passage."""
        self.action_open_number(self.highlighted + 1)

    def action_open_number(self, number: int) -> None:
        """Open the page of passage ``number``."""
        items = self.items
        if 1 <= number <= len(items):
            self.highlighted = number - 1
            self.post_message(self.Opened(items[number - 1].passage))

    def on_click(self, event: events.Click) -> None:
        """Open the page of the passage that was clicked."""
        if isinstance(event.widget, SourceItem):
            self.action_open_number(event.widget.number)

    def _mark(self) -> None:
        for index, item in enumerate(self.items):
            item.set_class(index == self.highlighted, "-highlighted")
