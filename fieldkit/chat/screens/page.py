"""A page of a manual with the passage marked on it."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from fieldkit.chat.i18n import N_, _
from fieldkit.chat.pagetext import PageText, page_text
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError
from fieldkit.library.search import Manual

_KEYS = N_("Esc closes   Up, Down scroll   Left, Right turn")


class Pages(Protocol):
    """The part of a library that this screen reads."""

    def documents(self) -> tuple[Manual, ...]:
        """The manuals."""
        ...

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        """The text of a page; raises KeyError when there is none."""
        ...


class PageScreen(ModalScreen[None]):
    """Shows the page a passage stands on; the pages around it are one key away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,space", "close", "Close", show=False),
        Binding("left,p", "turn(-1)", "Page before", show=False),
        Binding("right,n", "turn(1)", "Page after", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False, priority=True),
        Binding("down,j", "scroll(1)", "Down", show=False, priority=True),
    ]

    def __init__(self, library: Pages, passage: Passage) -> None:
        super().__init__()
        self._library = library
        self._passage = passage
        self._number = passage.page
        issue = (passage.document, passage.revision)
        manuals = library.documents()
        manual = next((m for m in manuals if (m.document, m.revision) == issue), None)
        self._pages = manual.pages if manual else (passage.page,)

    def compose(self) -> ComposeResult:
        """Lay out a frame around the page."""
        with Vertical(id="page-dialog", classes="dialog"):
            yield VerticalScroll(id="page")
            yield Static(_(_KEYS), classes="keys", markup=False)

    async def on_mount(self) -> None:
        """Show the passage's page."""
        await self._show()

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss()

    async def action_turn(self, step: int) -> None:
        """Show the page before or after."""
        if self._number in self._pages:
            index = self._pages.index(self._number) + step
            if 0 <= index < len(self._pages):
                self._number = self._pages[index]
                await self._show()

    def action_scroll(self, step: int) -> None:
        """Scroll the page by a line."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=step, animate=False)

    async def _show(self) -> None:
        view = self.query_one("#page", VerticalScroll)
        self.query_one("#page-dialog").border_title = Content(self._title())
        lines = _lines(self._text())
        async with view.batch():
            await view.remove_children()
            await view.mount_all(lines)
        view.focus()
        view.scroll_home(animate=False)
        for line in lines:
            if line.has_class("-marked"):
                self.call_after_refresh(view.scroll_to_widget, line, animate=False)
                break

    def _text(self) -> PageText:
        here = self._number == self._passage.page
        try:
            passage = self._passage
            page = self._library.page(passage.document, self._number, passage.revision)
        except (KeyError, FieldkitError):
            # The history can be older than the manuals: the passage itself was kept.
            note = _("This page is not in the installed manuals any more. The passage was:")
            return page_text(f"{note}\n\n{self._passage.text}", self._passage.text)
        return page_text(page, self._passage.text if here else "", self._passage.heading)

    def _title(self) -> str:
        passage = self._passage
        parts = [passage.title or passage.document]
        if passage.revision:
            parts.append(_("rev {revision}").format(revision=passage.revision))
        if self._number:
            told = _("page {page} of {last}") if len(self._pages) > 1 else _("page {page}")
            parts.append(told.format(page=self._number, last=max(self._pages)))
        return clean_line(" · ".join(parts))


def _lines(page: PageText) -> list[Static]:
    """One widget a line, so that the screen can scroll to the marked one."""
    result = []
    position = 0
    for line in page.text.split("\n"):
        end = position + len(line)
        content = Content(line)
        for start, stop in page.headings:
            if start < end and stop > position:
                content = content.stylize("bold $primary")
        marked = False
        for start, stop in page.marks:
            if start < end and stop > position:
                content = content.stylize(
                    "$foreground on $primary 35%", max(start - position, 0), stop - position
                )
                marked = True
        result.append(Static(content, classes="-marked" if marked else "", markup=False))
        position = end + 1
    return result
