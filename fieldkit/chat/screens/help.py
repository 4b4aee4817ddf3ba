"""Help: every key, and what this assistant is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from fieldkit.chat.actions import GROUPS
from fieldkit.chat.commands import COMMANDS
from fieldkit.chat.i18n import N_, _
from fieldkit.core.text import clean_line


class HelpScreen(ModalScreen[None]):
    """Lists every action with its keys, then the facts of the assistant as (name, value)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,f1", "close", "Close", show=False),
    ]

    def __init__(self, facts: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._facts = facts

    def compose(self) -> ComposeResult:
        """Lay out the groups of keys."""
        with Vertical(id="help-dialog", classes="dialog") as dialog:
            dialog.border_title = _("Help")
            with VerticalScroll(id="help"):
                for title, actions in GROUPS:
                    rows = [(action.shown, _(action.help)) for action in actions if action.shown]
                    yield Static(table(_(title), rows), markup=False)
                rows = [(_(keys), _(text)) for keys, text in _SOURCE_KEYS]
                yield Static(table(_("Sources"), rows), markup=False)
                rows = [(action.usage, _(action.title)) for action in COMMANDS]
                yield Static(table(_("Typed in the input, then Enter"), rows, 16), markup=False)
                yield Static(table(_("About"), self._facts), markup=False)
            yield Static(_("Esc closes   Up, Down scroll"), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#help").focus()

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss()


_SOURCE_KEYS = (
    (N_("Up, Down"), N_("Choose a source")),
    (N_("Enter, Space"), N_("Open its page; 1 to 9 open by number")),
    (N_("Tab, Esc"), N_("Back to the question")),
)


def table(title: str, rows: Sequence[tuple[str, str]], width: int = 14) -> Content:
    """Rows of a name and a value under a title; both are sanitized."""
    parts: list[Content | str] = [Content.styled(title, "bold $primary"), "\n"]
    for name, value in rows:
        parts += [
            Content(f"  {clean_line(name):<{width}} "),
            Content.styled(clean_line(value), "dim"),
            "\n",
        ]
    return Content.assemble(*parts[:-1])
