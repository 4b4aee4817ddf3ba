"""The conversation as it scrolls by: turns, and what is told between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fieldkit.chat.i18n import ngettext
from fieldkit.chat.session import Ended
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.widgets.welcome import Welcome
from fieldkit.core.text import clean

MOST_TURNS = 40  # of a resumed conversation; each answer is a widget tree


class Transcript(VerticalScroll):
    """Stays at its end while it grows; ``welcome`` makes what an empty conversation shows."""

    def __init__(self, welcome: Callable[[], Welcome]) -> None:
        super().__init__(id="transcript", can_focus=False)
        self._make_welcome = welcome

    def compose(self) -> ComposeResult:
        """Begin with an empty conversation."""
        with Vertical(id="turns"):
            yield self._make_welcome()

    def on_mount(self) -> None:
        """Follow the end."""
        self.anchor()

    @property
    def _all(self) -> Vertical:
        return self.query_one("#turns", Vertical)

    @property
    def turns(self) -> list[TurnView]:
        """The turns on the screen, oldest first."""
        return list(self.query(TurnView))

    async def add(self, turn: TurnView) -> None:
        """Put a new turn at the end and show it."""
        await self.query(Welcome).remove()
        await self._all.mount(turn)
        self.anchor()

    def note(self, text: str, kind: str, *, before: TurnView | None = None) -> None:
        """Tell something that is no answer, at the end or before a turn; ``kind``: error, info."""
        note = Static(Content(clean(text)), classes=f"notice -{kind}", markup=False)
        self._all.mount(note, before=before)
        self.anchor()

    async def welcome(self) -> bool:
        """Show the welcome if there is nothing else to see, and say whether it was put there."""
        if self.turns or self.query(Welcome):
            return False
        await self._all.mount(self._make_welcome())
        return True

    async def open(self, kept: Sequence[StoredTurn], waiting: Sequence[TurnView]) -> None:
        """Show a stored conversation; ``waiting`` were asked after it was opened and stay."""
        gone = [child for child in self._all.children if child not in waiting]
        await self._all.remove_children(gone)
        before = waiting[0] if waiting else None
        if len(kept) > MOST_TURNS:
            hidden = len(kept) - MOST_TURNS
            told = ngettext(
                "{count} earlier question is not shown.",
                "{count} earlier questions are not shown.",
                hidden,
            )
            self.note(told.format(count=hidden), "info", before=before)
        for entry in kept[-MOST_TURNS:]:
            turn = TurnView(entry.question)
            turn.done = True
            await self._all.mount(turn, before=before)
            await turn.end(Ended.of(entry))
        await self.welcome()
        self.anchor()

    def page(self, direction: int) -> None:
        """Scroll by a page, up (-1) or down (1)."""
        if direction < 0:
            self.scroll_page_up(animate=False)
        else:
            self.scroll_page_down(animate=False)
