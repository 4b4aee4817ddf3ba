"""A page of a manual with the passage marked on it, on the whole screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import _
from fieldkit.chat.pages import Pages, Reader, Sources
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.widgets.pageview import PageView
from fieldkit.core.citation import Passage

_NAMES = ("close", "up", "down", "previous", "next", "source_after", "source_before", "printed")
_IDS = {name: f"page_screen.{name}" for name in _NAMES}


class PageScreen(Dialog[None]):
    """Shows the page a passage stands on; other pages and passages are one key away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of("page_screen"),
        *(Binding(str(n), f"go({n})", f"Source {n}", show=False) for n in range(1, 10)),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's type

    def __init__(
        self,
        library: Pages,
        sources: Sources,
        at: int = 0,
        *,
        open_printed: Callable[[Passage, int], None] | None = None,
    ) -> None:
        """``open_printed`` shows a page of a passage's manual as it is printed, by its number."""
        super().__init__()
        self._open_printed = open_printed
        self._sources = sources
        self._reader = Reader(library, sources.passages, at)

    def compose(self) -> ComposeResult:
        """Lay out a frame around the page."""
        with Vertical(id="page-dialog", classes="dialog"):
            yield Static("", id="page-warning", markup=False)
            yield PageView(id="page")
            yield Static("", id="page-keys", classes="keys", markup=False)

    def on_mount(self) -> None:
        """Show the passage's page."""
        keys = _("{close} closes  {up}/{down} scroll  {previous}/{next} page")
        if len(self._sources.passages) > 1:
            keys += "  " + _("{source_after}/{source_before} source")
        if self._open_printed is not None:
            keys += "  " + _("{printed} as printed")
        self.query_one("#page-keys", Static).update(Content(keys_of(self).fill(keys, **_IDS)))
        self._view.focus()
        self._show()

    @property
    def _view(self) -> PageView:
        return self.query_one("#page", PageView)

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss()

    def action_turn(self, step: int) -> None:
        """Show the page before or after."""
        if self._reader.turn(step):
            self._show()

    def action_passage(self, step: int) -> None:
        """Show the passage before or after."""
        if self._reader.step(step):
            self._show()

    def action_go(self, number: int) -> None:
        """Show passage ``number``."""
        if 1 <= number <= len(self._sources.passages):
            self._reader.go(number - 1)
            self._show()

    def action_printed(self) -> None:
        """Show the page as it is printed."""
        if self._open_printed is not None:
            self._open_printed(self._reader.passage, self._reader.number)

    def action_scroll(self, step: int) -> None:
        """Scroll the page by a line."""
        self._view.scroll_relative(y=step, animate=False)

    def _show(self) -> None:
        reader = self._reader
        self.query_one("#page-dialog").border_title = Content(reader.title)
        warning = self.query_one("#page-warning", Static)
        warning.update(Content(reader.warning))
        warning.display = bool(reader.warning)
        self._view.show(reader.text(), self._sources.terms)
