"""Help: every key, and what this assistant is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from fieldkit.chat.actions import GROUPS
from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.commands import COMMANDS
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.widgets.fitted import Table


class HelpScreen(Dialog[None]):
    """Lists every action with its keys, then the facts of the assistant as (name, value)."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("help_screen")

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._facts = facts

    def compose(self) -> ComposeResult:
        """Lay out the groups of keys."""
        keymap = keys_of(self)
        with Vertical(id="help-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Help")
            with VerticalScroll(id="help"):
                for title, actions in GROUPS:
                    shown = [(keymap.shown(action.key_id), action.help) for action in actions]
                    rows = [(keys, _(text)) for keys, text in shown if keys]
                    yield Table(_(title), rows)
                rows = [(keymap.fill(keys, **_IDS), _(text)) for keys, text in _SOURCE_KEYS]
                yield Table(_("Sources"), rows)
                rows = [(action.usage, _(action.title)) for action in COMMANDS]
                typed = _("Typed in the input, then {send}")
                yield Table(keymap.fill(typed), rows, 16)
                yield Table(_("About"), self._facts)
            told = keymap.fill(_("{close} closes   Up, Down scroll"), close="help_screen.close")
            yield Static(told, classes="keys", markup=False)

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#help").focus()

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss()


_SOURCE_KEYS = (
    ("{up}, {down}", N_("Choose a source")),
    ("{open}", N_("Open its page; 1 to 9 open by number")),
    ("{focus_sources}, {stop}", N_("Back to the question")),
)
_IDS = {name: f"sources_pane.{name}" for name in ("up", "down", "open")}
