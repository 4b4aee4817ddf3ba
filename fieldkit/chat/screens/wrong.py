"""The form that flags an answer as wrong; it shows exactly what will be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from fieldkit.chat.bindings import bindings_of, keys_of
from fieldkit.chat.flagging import KIND_NAMES, Draft, shown
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.screens.dialog import Dialog
from fieldkit.chat.wording import problem
from fieldkit.core.feedback import COMMENT_LENGTH, KINDS, Record
from fieldkit.errors import FieldkitError

_KEYS = N_("Enter keeps it   Tab: next   {scroll_up}, {scroll_down}   {close}: no")
_IDS = {
    name: f"wrong_screen.{name}" for name in ("conversation", "scroll_up", "scroll_down", "close")
}
_REFRESH_S = 0.1  # after the last key; a long conversation takes a moment to lay out


class WrongScreen(Dialog[str]):
    """Asks what is wrong with the answer of ``draft``; dismisses with what ``keep`` told.

    Nothing is kept on Esc. When ``keep`` raises a FieldkitError it is shown and the form stays.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("wrong_screen")

    def __init__(
        self, draft: Draft, keep: Callable[[Record], str], *, kind: str, comment: str = ""
    ) -> None:
        super().__init__()
        self._draft = draft
        self._keep = keep
        self._kind = kind
        self._comment = comment
        self._conversation = False
        self._refreshing: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay out the kinds, the comment and what will be kept."""
        with Vertical(id="wrong-dialog", classes="dialog") as dialog:
            dialog.border_title = _("What is wrong with this answer?")
            yield OptionList(
                *(Option(Content(_(KIND_NAMES[kind]))) for kind in KINDS),
                id="wrong-kinds",
                compact=True,
            )
            yield Input(
                self._comment,
                placeholder=_("Comment, for IT"),
                id="wrong-comment",
                compact=True,
                max_length=COMMENT_LENGTH,
            )
            yield Static("", id="wrong-conversation", markup=False)
            with VerticalScroll(id="wrong-kept", can_focus=False) as kept:
                kept.border_title = _("This is kept, encrypted for IT")
                yield Static("", id="wrong-record", markup=False)
            yield Static(keys_of(self).fill(_(_KEYS), **_IDS), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Begin with what is most likely wrong."""
        self.query_one(Input).cursor_blink = False
        kinds = self.query_one(OptionList)
        kinds.highlighted = KINDS.index(self._kind)
        kinds.focus()
        self._refresh()

    def action_close(self) -> None:
        """Keep nothing."""
        self.dismiss("")

    def action_add_conversation(self) -> None:
        """Add the rest of the conversation, or leave it out."""
        if self._draft.others:
            self._conversation = not self._conversation
            self._refresh()

    def action_page(self, direction: int) -> None:
        """Scroll through what will be kept."""
        kept = self.query_one("#wrong-kept", VerticalScroll)
        kept.scroll_relative(y=direction * max(1, kept.size.height - 1), animate=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another kind."""
        event.stop()
        self._kind = KINDS[event.option_index]
        self._refresh_soon()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The kind is chosen: keep it."""
        event.stop()
        self._finish()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another comment."""
        event.stop()
        self._comment = event.value
        self._refresh_soon()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep it."""
        event.stop()
        self._finish()

    def _finish(self) -> None:
        try:
            told = self._keep(self._record())
        except FieldkitError as error:
            self.notify(problem(error), severity="error", markup=False)
        else:
            self.dismiss(told)

    def _record(self) -> Record:
        return self._draft.record(self._kind, self._comment, conversation=self._conversation)

    def _refresh_soon(self) -> None:
        if self._refreshing is not None:
            self._refreshing.stop()
        self._refreshing = self.set_timer(_REFRESH_S, self._refresh)

    def _refresh(self) -> None:
        self.query_one("#wrong-record", Static).update(Content(shown(self._record())))
        line = self.query_one("#wrong-conversation", Static)
        line.display = bool(self._draft.others)
        told = (
            _("With the rest of the conversation ({conversation}: without)")
            if self._conversation
            else _("Without the rest of the conversation ({conversation}: with)")
        )
        line.update(keys_of(self).fill(told, **_IDS))
