"""Asks before something that cannot be taken back."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import _
from fieldkit.chat.keymap import DEFAULTS
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.core.text import clean_line


class ConfirmScreen(Dialog[bool]):
    """Asks ``question``; dismisses with True only for ``word``, Y or the language's own letter.

    Enter alone keeps things.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("confirm_screen")

    def __init__(self, question: str, word: str) -> None:
        super().__init__()
        self._question = clean_line(question)
        self._word = clean_line(word)

    def compose(self) -> ComposeResult:
        """Lay out the question and both answers."""
        with Vertical(id="confirm-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Please confirm")
            yield Static(Content(self._question), id="confirm-question", markup=False)
            yield OptionList(
                Option(Content(_("Cancel"))),
                Option(Content(self._word)),
                id="confirm",
                compact=True,
            )
            yield Static(self._keys(), classes="keys", markup=False)

    def _keys(self) -> str:
        """The usual keys in the language's own letters; others as they were chosen."""
        keymap, ids = keys_of(self), {name: f"confirm_screen.{name}" for name in ("yes", "no")}
        if any(keymap.keys(key_id) != DEFAULTS[key_id] for key_id in ids.values()):
            return keymap.fill(_("{yes}: yes   {no}: no"), **ids)
        return _("Y: yes   N, Esc: no")

    def on_mount(self) -> None:
        """Begin at the harmless answer."""
        options = self.query_one(OptionList)
        options.highlighted = 0
        options.focus()

    def on_key(self, event: events.Key) -> None:
        """Take the reader's own letter for yes, too."""
        if event.key == _("y"):
            event.stop()
            self.dismiss(True)

    def action_answer(self, yes: bool) -> None:
        """Go back with the answer."""
        self.dismiss(yes)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the answer that is highlighted."""
        event.stop()
        self.dismiss(event.option_index == 1)
