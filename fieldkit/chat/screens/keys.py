"""Every action with its keys and the name it has in the file of keys."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.keymap import CHAT, listed, scope
from fieldkit.chat.screen_actions import SCREENS
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.widgets.fitted import Table
from fieldkit.core.text import clean

_KEYS = N_("{close} closes   Up, Down scroll")


class KeysScreen(Dialog[None]):
    """Lists the keys; ``about`` says where they can be changed."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("keys_screen")

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = clean(about)

    def compose(self) -> ComposeResult:
        """Lay out one table for each screen."""
        keymap = keys_of(self)
        with Vertical(id="keys-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Keys")
            with VerticalScroll(id="keys"):
                yield Static(Content(self._about), classes="about", markup=False)
                for place, entries in groupby(listed(keymap), lambda entry: scope(entry[0])):
                    title = _("Conversation") if place == CHAT else _(SCREENS[place])
                    name = "" if place == CHAT else f"  [{place}]"
                    rows = [
                        (key_id.rpartition(".")[2], f"{keys or '-'}   {_(text)}")
                        for key_id, keys, text in entries
                    ]
                    yield Table(f"{title}{name}", rows, 18)
            told = keymap.fill(_(_KEYS), close="keys_screen.close")
            yield Static(told, classes="keys", markup=False)

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#keys").focus()

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss()
