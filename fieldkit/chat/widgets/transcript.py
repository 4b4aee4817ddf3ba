"""The conversation as it scrolls by: turns, and what is told between them.

Only what is seen and some screens around it are widgets, so that a conversation of five hundred
questions costs what one of twenty does; the others are made when they come near.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Region, Size
from textual.layout import DockArrangeResult
from textual.message import Message
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widget import Widget
from textual.widgets import Static

from fieldkit.chat.session import Ended, Found
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.widgets.past import Past
from fieldkit.chat.widgets.quoted import QuoteView
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.widgets.welcome import Welcome
from fieldkit.core.text import clean

_NEAR = 1  # screens above and below that are always there
_FAR = 3  # screens above and below that may be there
_AT_ONCE = 3  # turns of another part of the conversation; more follow


@dataclass(slots=True)
class _Held:
    """A turn that stays ``at`` lines below the top of the view whatever is put above it."""

    turn: TurnView
    at: float


class Transcript(VerticalScroll):
    """Stays at its end while it grows; ``welcome`` makes what an empty conversation shows."""

    class Moved(Message):
        """Other turns are widgets now."""

    def __init__(self, welcome: Callable[[], Welcome]) -> None:
        super().__init__(id="transcript", can_focus=False)
        self._make_welcome = welcome
        self._column = Vertical(id="turns")
        self._past = Past()
        self._following = True
        self._moving = False  # turns are being made widgets, or let go
        self._placing = False  # they were, and are laid out next
        self._held: _Held | None = None
        self._inner = Region()

    def compose(self) -> ComposeResult:
        """Begin with an empty conversation."""
        with self._column:
            yield self._make_welcome()

    def on_mount(self) -> None:
        """Look after each layout which turns came near."""
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out)

    @property
    def turns(self) -> list[TurnView]:
        """The turns that are widgets, oldest first."""
        return list(self.query(TurnView))

    @property
    def questions(self) -> list[str]:
        """All questions of the conversation, oldest first."""
        return [*self._past.questions, *(turn.question for turn in self._live)]

    @property
    def _live(self) -> list[TurnView]:
        return [turn for turn in self.turns if not self._past.has(turn)]

    @property
    def _tail(self) -> list[Widget]:
        """What stands behind the last past turn: live turns, and what was told last."""
        children = list(self._column.children)
        shown = self._past.shown
        return children[children.index(shown[-1]) + 1 :] if shown else children

    @property
    def _only_welcomes(self) -> bool:
        """Whether nothing but the welcome is shown: it is read from its top."""
        children = self._column.children
        return len(children) == 1 and isinstance(children[0], Welcome)

    # What the screen does with it

    async def add(self, turn: TurnView) -> None:
        """Put a new turn at the end and show it."""
        await self.query(Welcome).remove()
        await self._column.mount(turn)
        await self.to_end()

    async def settle(self, turn: TurnView, kept: StoredTurn) -> None:
        """``turn`` is done; ``kept`` is what is kept of it."""
        async with self.lock:
            if not self._past.settle(turn, kept):
                await turn.remove()

    async def drop_last(self) -> TurnView | None:
        """Take away the last turn that is done: another one is asked in its place."""
        view = self._past.pop()
        if view is not None:
            await view.remove()
        return view

    def note(self, text: str, kind: str, *, before: TurnView | None = None) -> None:
        """Tell something that is no answer, at the end or before a turn; ``kind``: error, info."""
        note = Static(Content(clean(text)), classes=f"notice -{kind}", markup=False)
        note.display = self._past.at_end
        self._column.mount(note, before=before)
        self._follow()

    async def welcome(self) -> bool:
        """Show the welcome if there is nothing else to see, and say whether it was put there."""
        if self.turns or self._past.entries or self.query(Welcome):
            return False
        await self._column.mount(self._make_welcome())
        return True

    async def open(
        self, kept: Sequence[StoredTurn], waiting: Sequence[TurnView], *, found: int = 0
    ) -> TurnView | None:
        """Show a stored conversation at its end, or at the turn ``found``; the turn it shows.

        ``waiting`` were asked after it was opened and stay.
        """
        gone = [child for child in self._column.children if child not in waiting]
        self._past = Past(kept, found=found)
        async with self.batch():
            await self._let_go(gone)
            index = self._past.index_of(found)
            if index is None:
                await self._show_end()
            else:
                await self._show_from(index)
        await self.welcome()
        return self._past.view_of(len(kept) - 1 if index is None else index)

    async def to_end(self) -> None:
        """Show the end and stay there."""
        if not self._past.at_end:
            async with self.batch():
                await self._show_end()
        self._follow()

    async def to_start(self) -> None:
        """Show the first question."""
        if self._past.entries:
            await self.reach(0)

    async def reach(self, index: int) -> TurnView | None:
        """Show the past turn ``index`` at the top of the view."""
        view = self._past.view_of(index)
        if view is None:
            async with self.batch():
                await self._show_from(index)
            return self._past.view_of(index)
        self._following = False
        self.scroll_to_widget(view, animate=False, top=True)
        return view

    async def step(self, turn: TurnView | None, by: int) -> TurnView | None:
        """Show the turn ``by`` turns after ``turn``, or after the last one; None where none is."""
        live = self._live
        count = len(self._past.entries)
        if turn in live:
            at = count + live.index(turn)
        else:
            known = self._past.index(turn) if turn else None
            at = count + len(live) if known is None else known
        at = max(0, min(count + len(live) - 1, at + by))
        if at < count:
            return await self.reach(at)
        if not live:
            return None
        await self.to_end()
        self.scroll_to_widget(live[at - count], animate=False)
        return live[at - count]

    def show_quote(self, turn: TurnView) -> None:
        """Show the quote of ``turn`` where the end leaves no room for it, unless one reads."""
        if self._following and turn.is_mounted and turn.quoted:
            self.call_after_refresh(self._show_top, turn)

    def _show_top(self, turn: TurnView) -> None:
        if self._following and turn.is_mounted and turn.size.height > self.size.height:
            self._following = False
            self.scroll_to_widget(turn.query_one(QuoteView), animate=False, top=True)

    def page(self, direction: int) -> None:
        """Scroll by a page, up (-1) or down (1)."""
        if direction < 0:
            self.scroll_page_up(animate=False)
        else:
            self.scroll_page_down(animate=False)

    # Which turns are widgets

    async def _show_end(self) -> None:
        """Make widgets of the last turns in place of those that are."""
        await self._replace(max(0, len(self._past.entries) - _AT_ONCE))
        self._follow()

    async def _show_from(self, index: int) -> None:
        """Make widgets of the turns from ``index`` on, and put that at the top of the view."""
        await self._replace(index)
        self._following = False
        view = self._past.view_of(index)
        self._held = _Held(view, 0) if view else None

    async def _replace(self, first: int) -> None:
        tail = self._tail
        gone = [child for child in self._column.children if child not in tail]
        await self._let_go(gone)
        self._past.begin(first)
        for _ in range(_AT_ONCE):
            await self._mount_after()
        for widget in tail:
            widget.display = self._past.at_end
        self._placing = True

    async def _mount_before(self) -> None:
        behind = self._past.shown[0]
        await self._mount(self._past.before(), before=behind)

    async def _mount_after(self) -> None:
        tail = self._tail
        view = self._past.after()
        if view is not None:
            await self._mount(view, before=tail[0] if tail else None)
            for widget in tail:
                widget.display = self._past.at_end

    async def _mount(self, view: TurnView, *, before: Widget | None) -> None:
        await self._column.mount(view, before=before)
        entry = self._past.entry(view)
        if entry.id:
            await view.end(Ended.of(entry))
        else:  # it failed, and nothing was kept
            view.find(Found(turn=0, passages=entry.passages, state=entry.state, quote=entry.quote))
            await view.say(entry.answer)
            await view.fail()

    async def _unmount_first(self) -> None:
        view = self._past.forget_first()
        children = list(self._column.children)
        await self._let_go(children[: children.index(view) + 1])

    async def _unmount_last(self) -> None:
        for widget in self._tail:
            widget.display = False
        view = self._past.forget_last()
        children = list(self._column.children)
        begin, end = children.index(self._past.shown[-1]) + 1, children.index(view) + 1
        await self._let_go(children[begin:end])

    def _fill(self) -> None:
        """Make a turn that came near a widget, or let one go that is far; one at a time."""
        if self._moving or self._placing or self._wanted() is None:
            return
        self._moving = True

        async def move() -> None:
            async with self.batch():
                step = self._wanted()
                if step is not None:
                    self._hold()
                    await step()
                    self._placing = True
            self._moving = False

        self.run_worker(move())

    def _laid_out(self, _screen: Screen[object]) -> None:
        if self._placing and not self._moving:
            self._placing = False
            self._held = None
            self.post_message(self.Moved())
        self._fill()

    def _wanted(self) -> Callable[[], Awaitable[None]] | None:
        """What is to be done next so that enough, and not more, turns are widgets."""
        places = self._places()
        shown = self._past.shown
        if not shown or shown[0] not in places or shown[-1] not in places:
            return None
        height = max(1, self.size.height)
        above = self.scroll_y
        below = self._inner.height - above - height
        first, last = places[shown[0]], places[shown[-1]]
        if above < _NEAR * height and self._past.more_before:
            return self._mount_before
        if below < _NEAR * height and not self._past.at_end:
            return self._mount_after
        if len(shown) > 1 and above - first.bottom > _FAR * height:
            return self._unmount_first
        if len(shown) > 1 and last.y - above - height > _FAR * height:
            return self._unmount_last
        return None

    async def _let_go(self, children: Sequence[Widget]) -> None:
        """Remove widgets, and what they drew: Textual remembers that beyond their end."""
        for child in children:
            for part in (child, *child.walk_children(Widget)):
                part.refresh()
        await self._column.remove_children(children)

    # Where the view stands

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The technician scrolled."""
        super().watch_scroll_y(old_value, new_value)
        self._following = self._past.at_end and new_value >= self.max_scroll_y
        if self._held is not None:
            self._held.at += old_value - new_value

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Lay out; the view stays at the end, or where the technician reads."""
        arranged = super().arrange(size, optimal)
        if optimal:
            return arranged
        for placement in arranged.placements:
            if placement.widget is self._column:
                self._inner = placement.region
        top: float | None = None
        if self._following and not self._only_welcomes:
            top = arranged.total_region.bottom - size.height
        elif self._held is not None and self._held.turn in (places := self._places()):
            top = places[self._held.turn].y - self._held.at
        if top is not None and max(0, top) != self.scroll_y:
            self.set_reactive(Widget.scroll_y, max(0, top))
            self.set_reactive(Widget.scroll_target_y, max(0, top))
            self.vertical_scrollbar.set_reactive(ScrollBar.position, max(0, top))
        return arranged

    def _places(self) -> dict[Widget, Region]:
        """Where each child of the conversation stands, as laid out last."""
        if not self._inner.width:
            return {}
        placements: Iterable[tuple[Widget, Region]] = (
            (placement.widget, placement.region)
            for placement in self._column.arrange(self._inner.size).placements
        )
        return dict(placements)

    def _hold(self) -> None:
        """Keep what is at the top of the view there."""
        if self._following:
            return
        places = self._places()
        for turn in self._past.shown:
            if turn in places and places[turn].bottom > self.scroll_y:
                self._held = _Held(turn, places[turn].y - self.scroll_y)
                return

    def _follow(self) -> None:
        self._following = self._past.at_end
        self.scroll_end(animate=False, immediate=True)
