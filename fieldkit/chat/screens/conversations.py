"""The list of earlier conversations: find, resume, rename, delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.finder import Finder, Result
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.store import Conversation, HistoryUnusable, Hit, Store, short_title
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean, clean_line

_KEYS = N_("{resume} resumes   {rename} renames   {delete} deletes   {find} finds   {close} closes")
_IDS = {
    name: f"conversations_screen.{name}" for name in ("resume", "rename", "delete", "find", "close")
}


class ConversationsScreen(Dialog[Hit | None]):
    """Lets the technician pick a conversation; dismisses with it and where to open it, or None.

    ``current`` is the conversation on the screen behind, which ``forget`` deletes: an answer may be
    on its way into it. ``words``: begin by finding them in what was said; None: begin with the
    list. ``renamed`` collects titles that were changed.
    """

    class Found(Message):
        """The finder found something; crosses from its thread."""

        def __init__(self, result: Result) -> None:
            super().__init__()
            self.result = result

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("conversations_screen")

    def __init__(
        self,
        store: Store,
        current: int | None,
        *,
        forget: Callable[[], None],
        words: str | None = None,
    ) -> None:
        super().__init__()
        self._store = store
        self._finder = Finder(store.path, lambda result: self.post_message(self.Found(result)))
        self._current = current
        self._forget = forget
        self._words = clean_line(words or "")
        self._begin_finding = words is not None
        self._hits: tuple[Hit, ...] = ()
        self._shown: str | None = None  # the words that these were found by
        self._renaming: int | None = None
        self._deleting: int | None = None
        self._forgotten: set[int] = set()
        self.renamed: dict[int, str] = {}

    def compose(self) -> ComposeResult:
        """Lay out the list and the line for a name or a search."""
        with Vertical(id="conversations-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Earlier conversations")
            yield OptionList(id="conversations", markup=False, compact=True)
            yield Static("", id="conversations-empty", markup=False)
            yield Input(id="conversations-input", compact=True)
            yield Static(self._keys(), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Show what is stored."""
        self.query_one(Input).cursor_blink = False
        self.query_one(Input).display = False
        self.query_one("#conversations-empty").display = False
        self._refresh()
        self.query_one(OptionList).focus()
        if self._begin_finding and not self._words:
            self.action_find()

    def on_unmount(self) -> None:
        """Nothing is looked for any more."""
        self._finder.close()

    def action_close(self) -> None:
        """Leave the input first, then the screen."""
        if self.query_one(Input).display:
            self._leave_input()
        else:
            self.dismiss(None)

    def action_resume(self) -> None:
        """Go on with the highlighted conversation."""
        self.query_one(OptionList).action_select()

    def action_rename(self) -> None:
        """Ask for another title."""
        entry = self._highlighted()
        if entry is not None:
            self._renaming = entry.id
            self._enter_input(_("Title"), clean_line(entry.title))

    def action_find(self) -> None:
        """Ask for words to look for in everything that was said."""
        self._renaming = None
        self._enter_input(_("Find in questions, answers and titles"), self._words)

    def action_delete(self) -> None:
        """Delete the highlighted conversation when asked twice."""
        entry = self._highlighted()
        if entry is None:
            return
        if self._deleting != entry.id:
            self._deleting = entry.id
            self._say(keys_of(self).fill(_("{delete} again deletes it for good"), **_IDS))
            return
        if entry.id == self._current:
            self._forgotten.add(entry.id)
            self._forget()
        else:
            self._change(lambda: self._store.delete(entry.id))
        self._refresh()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Resume it."""
        event.stop()
        self.dismiss(self._hits[event.option_index])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another entry: a deletion that was asked for once is off."""
        event.stop()
        entry = self._highlighted()
        if self._deleting is not None and (entry is None or entry.id != self._deleting):
            self._deleting = None
            self._say(self._keys())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find while typing."""
        event.stop()
        if self._renaming is None and self.query_one(Input).display:
            self._words = clean(event.value)
            self._refresh()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Rename, or keep what was found."""
        event.stop()
        renaming = self._renaming
        if renaming is not None and event.value.strip():
            if self._change(lambda: self._store.rename(renaming, event.value)):
                self.renamed[renaming] = short_title(event.value)
            self._refresh()
        self._leave_input()

    def _enter_input(self, name: str, value: str) -> None:
        line = self.query_one(Input)
        line.placeholder = name
        line.value = value
        line.display = True
        line.focus()

    def _leave_input(self) -> None:
        self._renaming = None
        self.query_one(Input).display = False
        self.query_one(OptionList).focus()

    def _highlighted(self) -> Conversation | None:
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._hits) else self._hits[index].conversation

    def _change(self, change: Callable[[], None]) -> bool:
        """Whether the change was made; a conversation may be gone: another window deleted it."""
        try:
            change()
        except KeyError:
            return False
        except HistoryUnusable as error:
            self.notify(problem(error), severity="error", markup=False)
            return False
        return True

    def _refresh(self) -> None:
        self._finder.find(self._words)

    def on_conversations_screen_found(self, message: Found) -> None:
        """Show what was found, unless something else is looked for by now."""
        message.stop()
        result = message.result
        if result.words != self._words:
            return
        if result.problem is not None:
            self.notify(problem(result.problem), severity="error", markup=False)
        entry = self._highlighted() if result.words == self._shown else None
        self._shown = result.words
        self._hits = tuple(h for h in result.hits if h.conversation.id not in self._forgotten)
        self._deleting = None
        options = self.query_one(OptionList)
        index = (options.highlighted or 0) if entry else 0  # other words: the best that is found
        options.clear_options()
        options.add_options(Option(self._line(hit)) for hit in self._hits)
        there = [hit.conversation.id for hit in self._hits]
        if entry is not None and entry.id in there:
            index = there.index(entry.id)
        if self._hits:
            options.highlighted = min(index, len(self._hits) - 1)
        empty = self.query_one("#conversations-empty", Static)
        empty.display = not self._hits
        empty.update(_("Nothing found.") if self._words.strip() else _("No conversations yet."))
        self._say(self._keys())

    def _line(self, hit: Hit) -> Content:
        entry = hit.conversation
        mark = "> " if entry.id == self._current else "  "
        when = Content.styled(f"{mark}{_when(entry.updated)}  ", "dim")
        count = Content.styled(f"  {entry.turns}", "dim")
        excerpt = f"\n    {clean_line(hit.excerpt)}" if hit.excerpt else ""
        return Content.assemble(
            when, Content(clean_line(entry.title)), count, Content.styled(excerpt, "dim")
        )

    def _keys(self) -> str:
        return keys_of(self).fill(_(_KEYS), **_IDS)

    def _say(self, text: str) -> None:
        self.query_one(".keys", Static).update(Content(text))


def _when(moment: datetime) -> str:
    """The local date and time."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
