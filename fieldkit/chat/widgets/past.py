"""Which part of a conversation is shown: all turns that are done, and the widgets of some."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.chat.store import StoredTurn
from fieldkit.chat.widgets.turn import TurnView


class Past:
    """The turns that are done, oldest first; those from ``first`` on are widgets, ``shown``.

    It makes the widgets and forgets them; whoever has it mounts and removes them. ``found`` is the
    id of a turn that was looked for.
    """

    def __init__(self, entries: Sequence[StoredTurn] = (), *, found: int = 0) -> None:
        self.entries = list(entries)
        self.first = len(self.entries)
        self.shown: list[TurnView] = []
        self._found = found

    @property
    def questions(self) -> list[str]:
        """What was asked, oldest first."""
        return [entry.question for entry in self.entries]

    @property
    def at_end(self) -> bool:
        """Whether the last turn is a widget, or there is none."""
        return self.first + len(self.shown) == len(self.entries)

    @property
    def more_before(self) -> bool:
        """Whether there are turns before the first widget."""
        return self.first > 0

    def has(self, turn: TurnView) -> bool:
        """Whether ``turn`` is one of the widgets of turns that are done."""
        return turn in self.shown

    def entry(self, turn: TurnView) -> StoredTurn:
        """What ``turn`` shows."""
        return self.entries[self.first + self.shown.index(turn)]

    def index(self, turn: TurnView) -> int | None:
        """The number of the turn that ``turn`` shows or showed."""
        if turn in self.shown:
            return self.first + self.shown.index(turn)
        return self.index_of(turn.kept_as)

    def index_of(self, kept_as: int) -> int | None:
        """The number of the turn that is kept under an id; 0 is none."""
        if not kept_as:
            return None
        return next((n for n, entry in enumerate(self.entries) if entry.id == kept_as), None)

    def view_of(self, index: int) -> TurnView | None:
        """The widget of the turn ``index``, if it is one."""
        at = index - self.first
        return self.shown[at] if 0 <= at < len(self.shown) else None

    def begin(self, first: int) -> None:
        """Forget all widgets; the next one made is that of the turn ``first``."""
        self.first, self.shown = first, []

    def before(self) -> TurnView:
        """Make the widget of the turn before the first."""
        self.first -= 1
        self.shown.insert(0, self._view(self.entries[self.first]))
        return self.shown[0]

    def after(self) -> TurnView | None:
        """Make the widget of the turn after the last, if there is one."""
        if self.at_end:
            return None
        self.shown.append(self._view(self.entries[self.first + len(self.shown)]))
        return self.shown[-1]

    def forget_first(self) -> TurnView:
        """The first widget is to go."""
        self.first += 1
        return self.shown.pop(0)

    def forget_last(self) -> TurnView:
        """The last widget is to go."""
        return self.shown.pop()

    def settle(self, turn: TurnView, kept: StoredTurn) -> bool:
        """``turn`` is done; False when its widget is to go, because the end is not shown."""
        at_end = self.at_end
        self.entries.append(kept)
        if at_end:
            self.shown.append(turn)
        return at_end

    def pop(self) -> TurnView | None:
        """Forget the last turn; its widget, if it has one."""
        if not self.entries:
            return None
        view = self.shown.pop() if self.at_end and self.shown else None
        self.entries.pop()
        self.first = min(self.first, len(self.entries))
        return view

    def _view(self, entry: StoredTurn) -> TurnView:
        view = TurnView(entry.question)
        view.done = True
        view.set_class(bool(self._found) and entry.id == self._found, "-found")
        return view
