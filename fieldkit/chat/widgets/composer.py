"""The input: Enter sends, Ctrl+J makes a new line, Up goes through earlier questions."""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from fieldkit.chat.bindings import keys_of
from fieldkit.chat.clipboard import pasted
from fieldkit.chat.commands import completion
from fieldkit.chat.i18n import _
from fieldkit.core.text import clean

MOST_CHARACTERS = 20_000
"""The input takes no more; longer texts are documents."""

# A terminal without bracketed paste sends a pasted text as keys: so many within so many seconds.
_BURST_KEYS = 5
_BURST_S = 0.005
# Enter behind such keys sends only when no more of them follow within this time.
_PAUSE_S = 0.03


class Composer(TextArea):
    """Where the question is typed; grows with it up to a few lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "screen.page(-1)", "Scroll up", show=False, id="scroll_up"),
        Binding("pagedown", "screen.page(1)", "Scroll down", show=False, id="scroll_down"),
    ]

    class Submitted(Message):
        """The technician sent a question; ``again``: in place of the last one."""

        def __init__(self, question: str, again: bool) -> None:
            super().__init__()
            self.question = question
            self.again = again

    class Recalled(Message):
        """The technician wants an earlier question (``step`` 1), or a later one (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class TooLong(Message):
        """What was pasted is not put into the input: it would hold ``characters`` then."""

        def __init__(self, characters: int) -> None:
            super().__init__()
            self.characters = characters

    class PasteWanted(Message):
        """The technician wants what the system's clipboard holds."""

    class Edge(Message):
        """The technician wants to see the start (-1) or the end (1) of the conversation."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(self, *, placeholder: str, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            id=id,
            placeholder=placeholder,
            compact=True,
            soft_wrap=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        self.editing = False
        self._recalled = ""
        self._typed: deque[float] = deque(maxlen=_BURST_KEYS)
        self._sending: Timer | None = None

    async def _on_key(self, event: events.Key) -> None:
        """Send on Enter, break the line on Ctrl+J, move and delete: each in its turn.

        The application would run bindings before or behind keys that still wait for this widget,
        so of a quickly typed question some would be lost or left behind.
        """
        keymap = keys_of(self)
        actions = dict.fromkeys(("shift+enter", *keymap.keys("newline")), self.action_newline)
        actions |= dict.fromkeys(keymap.keys("send"), self._send_or_wait)
        if self._sending is not None:
            self._take_back()
        if event.is_printable:
            self._typed.append(event.time)
        if self.suggestion:
            actions["tab"] = self._complete
        if action := actions.get(event.key):
            event.prevent_default()
            event.stop()
            action()
            return
        bound = self.screen.active_bindings.get(event.key)
        own = bound is not None and bound.node is self and not bound.binding.priority
        if own and bound and await self.app.run_action(bound.binding.action, self):
            event.prevent_default()
            event.stop()

    def _send_or_wait(self) -> None:
        """Send; but where Enter may be part of a pasted text, see first whether more of it comes.

        So three pasted lines are one question, also where the terminal does not mark a paste.
        """
        full = len(self._typed) == _BURST_KEYS
        if full and self._typed[-1] - self._typed[0] < _BURST_S:
            self._sending = self.set_timer(_PAUSE_S, self._send_now)
        else:
            self.action_send()

    def _send_now(self) -> None:
        self._sending = None
        self.action_send()

    def _take_back(self) -> None:
        """More was pasted: the Enter before it only ended a line."""
        if self._sending is not None:
            self._sending.stop()
            self._sending = None
            self.insert("\n")

    def action_send(self) -> None:
        """Send what is typed, unless it is blank."""
        self._typed.clear()
        question = clean(self.text).strip()
        if question:
            again = self.editing
            self.leave()
            self.post_message(self.Submitted(question, again))

    def action_newline(self) -> None:
        """Start a new line at the cursor."""
        self.insert("\n")

    def action_recall(self) -> None:
        """Go back to an earlier question, unless another text would be lost."""
        if self._recalling:
            self.post_message(self.Recalled(1))

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; from the first line of an empty input or of a recalled question, go back."""
        if self._by_arrows and self._recalling and self.cursor_at_first_line and not select:
            self.action_recall()
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from the last line of a recalled question, go to a later one."""
        back = self._recalled and self._recalling and self.cursor_at_last_line
        if self._by_arrows and back and not select:
            self.post_message(self.Recalled(-1))
        else:
            super().action_cursor_down(select)

    def action_cursor_line_start(self, select: bool = False) -> None:
        """Move to the start of the line; in an empty input, to that of the conversation."""
        if self.text:
            super().action_cursor_line_start(select)
        else:
            self.post_message(self.Edge(-1))

    def action_cursor_line_end(self, select: bool = False) -> None:
        """Move to the end of the line; in an empty input, to that of the conversation."""
        if self.text:
            super().action_cursor_line_end(select)
        else:
            self.post_message(self.Edge(1))

    @property
    def recalled(self) -> bool:
        """Whether an earlier question stands in the input, as it was asked."""
        return bool(self._recalled) and self._recalled == self.text

    @property
    def _recalling(self) -> bool:
        return not self.editing and (not self.text or self.recalled)

    @property
    def _by_arrows(self) -> bool:
        """Whether Up and Down go through earlier questions, as they do unless it was changed."""
        return "up" in keys_of(self).keys("recall")

    def recall(self, text: str) -> None:
        """Put an earlier question into the input."""
        self.put(text)
        self._recalled = self.text

    def update_suggestion(self) -> None:
        """Offer the rest of a command."""
        self.suggestion = completion(self.text) if self.cursor_at_end_of_text else ""

    def action_cursor_right(self, select: bool = False) -> None:
        """Move right; at the end, take the rest of a command that is offered."""
        if not self.cursor_at_end_of_text:
            self.suggestion = ""
        super().action_cursor_right(select)

    def _complete(self) -> None:
        self.move_cursor(self.document.end)
        self.insert(self.suggestion)

    def put(self, text: str) -> None:
        """Replace what is typed."""
        self.load_text(clean(text))
        self.move_cursor(self.document.end)

    def change(self, question: str) -> None:
        """Let the last question be changed; what is sent next replaces it."""
        self.editing = True
        told = _("Changing the last question. {stop} leaves it as it was")
        self.border_title = keys_of(self).fill(told)
        self.put(question)
        self.focus()

    def leave(self) -> None:
        """Empty the input; what is typed next is a new question."""
        self.editing = False
        self.border_title = ""
        self.clear()

    async def _on_paste(self, event: events.Paste) -> None:
        """Sanitize what is pasted: the text area would show control characters as they are."""
        event.prevent_default()
        event.stop()
        self.paste(event.text)

    def paste(self, text: str) -> None:
        """Insert what comes from outside, whole or not at all."""
        text = pasted(text)
        length = len(self.text) + len(text)
        if length > MOST_CHARACTERS:
            self.post_message(self.TooLong(length))
        else:
            self.insert(text)

    def action_paste(self) -> None:
        """Paste from the system's clipboard, which may take a moment."""
        self.post_message(self.PasteWanted())
