"""The list of the technician's own documents: what there is, and what is to be removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.shelving import described
from fieldkit.library.own_catalog import Entry

_KEYS = N_("{add} adds one   {remove} removes   {close} closes")
_IDS = {name: f"documents_screen.{name}" for name in ("add", "remove", "close")}


class DocumentsScreen(Dialog[bool]):
    """Shows ``documents``; ``remove`` removes one by name. Dismisses with True to add one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("documents_screen")

    def __init__(self, documents: Sequence[Entry], remove: Callable[[str], None]) -> None:
        super().__init__()
        self._documents = list(documents)
        self._remove = remove
        self._asked: str | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        with Vertical(id="documents-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Your own documents")
            yield OptionList(
                *(Option(Content(described(entry))) for entry in self._documents),
                id="documents",
                markup=False,
                compact=True,
            )
            yield Static("", id="documents-empty", markup=False)
            yield Static(self._keys(), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Show what there is."""
        self._show_empty()
        self.query_one(OptionList).focus()

    def action_close(self, adding: bool) -> None:
        """Go back to the conversation."""
        self.dismiss(adding)

    def action_remove(self) -> None:
        """Remove the highlighted document when asked twice."""
        options = self.query_one(OptionList)
        index = options.highlighted
        if index is None or index >= len(self._documents):
            return
        name = self._documents[index].name
        if self._asked != name:
            self._asked = name
            self._say(keys_of(self).fill(_("{remove} again removes it"), **_IDS))
            return
        self._remove(name)
        del self._documents[index]
        options.remove_option_at_index(index)
        self._say(self._keys())
        self._show_empty()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another entry: a removal that was asked for once is off."""
        event.stop()
        if self._asked is not None:
            self._asked = None
            self._say(self._keys())

    def _show_empty(self) -> None:
        empty = self.query_one("#documents-empty", Static)
        empty.display = not self._documents
        empty.update(_("None yet. /add FILE adds one."))

    def _keys(self) -> str:
        return keys_of(self).fill(_(_KEYS), **_IDS)

    def _say(self, text: str) -> None:
        self.query_one(".keys", Static).update(Content(text))
