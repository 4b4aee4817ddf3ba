"""The model and the licence texts of the release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.licences import Licence
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.widgets.fitted import Fitted, table

_KEYS = N_("{close} closes   Up, Down scroll   {previous}, {next}: texts")
_IDS = {name: f"model_screen.{name}" for name in ("close", "previous", "next")}


class ModelScreen(Dialog[None]):
    """Shows facts as (name, value), then one licence text after the other; ``first`` 0: facts."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("model_screen")

    def __init__(
        self, facts: Sequence[tuple[str, str]], texts: Sequence[Licence], *, first: int = 0
    ) -> None:
        super().__init__()
        self._facts = facts
        self._texts = texts
        self._at = first

    def compose(self) -> ComposeResult:
        """Lay out a frame around a text."""
        with Vertical(id="model-dialog", classes="dialog"):
            with VerticalScroll(id="model"):
                yield Fitted(self._overview, id="model-text")
            yield Static(keys_of(self).fill(_(_KEYS), **_IDS), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Show the first."""
        self._show()
        self.query_one("#model").focus()

    def action_close(self) -> None:
        """Go back to the conversation."""
        self.dismiss()

    def action_turn(self, step: int) -> None:
        """Show the text before or after."""
        self._at = max(0, min(len(self._texts), self._at + step))
        self._show()

    def _show(self) -> None:
        dialog, view = self.query_one("#model-dialog"), self.query_one("#model-text", Fitted)
        if self._at:
            text = self._texts[self._at - 1]
            title = _("{number} of {count}: {name}").format(
                number=self._at, count=len(self._texts), name=text.name
            )
            content = Content(text.text())
            dialog.border_title = Content(title)
            view.show(lambda _room: content)
        else:
            dialog.border_title = Content(_("Model"))
            view.show(self._overview)
        self.query_one("#model", VerticalScroll).scroll_home(animate=False)

    def _overview(self, room: int) -> Content:
        names = [(str(number), text.name) for number, text in enumerate(self._texts, 1)]
        if not names:
            names = [("", _("none: this is no installed release"))]
        return Content.assemble(
            table(_("Model"), self._facts, room),
            "\n\n",
            table(_("Licence texts (Right shows them)"), names, room),
        )
