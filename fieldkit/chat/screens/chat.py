"""The main screen: the conversation, its sources, the input and the status line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Static, TextArea

from fieldkit.chat.actions import screen_bindings
from fieldkit.chat.screens.listening import ListeningScreen
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import Status, StatusLine
from fieldkit.chat.widgets.transcript import Transcript
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.widgets.welcome import Welcome
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean

_PLACEHOLDER = "Ask the manuals. Enter sends, Ctrl+J: new line"


class ChatScreen(ListeningScreen):
    """Lays out the conversation and passes on what the technician does."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's type
    AUTO_FOCUS = "#composer"

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        assistant = self.app.assistant
        model = f"{assistant.model_name} {assistant.quantization}".strip()
        with Horizontal(id="header"):
            yield Static("", id="heading", markup=False)
            yield Static("F1 Help", id="hint", markup=False)
        with Container(id="body"):
            yield Transcript(lambda: Welcome(assistant.examples, self.app.manuals))
            yield SourcesPane(id="sources")
        yield Composer(id="composer", placeholder=_PLACEHOLDER)
        yield StatusLine(Status(state="loading", model=model, total=assistant.context), id="status")

    def on_mount(self) -> None:
        """Start the engine once there is something to look at."""
        self.query_one(SourcesPane).display = False
        self._head("")
        if (trouble := self.app.history_problem) is not None:
            self._note(f"{problem(trouble)} This conversation is not kept.")
        self.call_after_refresh(self.app.begin)

    async def on_composer_submitted(self, message: Composer.Submitted) -> None:
        """Ask, unless it should replace an answer that is still being given."""
        if message.again and not self._may_replace():
            self._composer.change(message.question)
            return
        await self.ask(message.question, again=message.again)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Let the engine read ahead."""
        self.app.driver.typed(clean(message.text_area.text), again=self._composer.editing)

    def on_composer_recalled(self) -> None:
        """Put the last question back into the input."""
        if turns := self.turns:
            self._recall(turns[-1].question)

    def on_key(self, event: events.Key) -> None:
        """What is typed belongs into the input, wherever the focus is."""
        bound = event.key in self.active_bindings
        if event.is_printable and event.character and not bound and not self._composer.has_focus:
            event.stop()
            self._composer.focus()
            self._composer.insert(event.character)

    async def on_welcome_example(self, message: Welcome.Example) -> None:
        """Ask the example."""
        self._composer.focus()
        await self.ask(message.question)

    async def on_turn_view_chosen(self, message: TurnView.Chosen) -> None:
        """Show the sources of the turn that was clicked."""
        await self._select(message.turn)

    def on_sources_pane_opened(self, message: SourcesPane.Opened) -> None:
        """Open the page."""
        from fieldkit.chat.screens.page import PageScreen

        self.app.push_screen(PageScreen(self.app.library, message.passage))

    async def ask(self, question: str, *, again: bool = False) -> None:
        """Put a question into the conversation, or in place of its last, and hand it on."""
        turns = self.turns
        turn = TurnView(question, replaces=turns[-1] if again and turns else None)
        waits = "" if self._engine_running else "Waiting for the model to load"
        # Handed over before anything is awaited, so that a key pressed now finds it waiting.
        self._waiting.append(turn)
        self.app.driver.ask(question, again=again)
        await self._transcript.add(turn)
        turn.wait("Waiting for the answer before" if self._active else waits)

    def action_send(self) -> None:
        """Send what is in the input."""
        self._composer.action_send()

    def action_newline(self) -> None:
        """Start a new line in the input."""
        self._composer.action_newline()

    def action_recall(self) -> None:
        """Edit the last question."""
        self.on_composer_recalled()

    async def action_regenerate(self) -> None:
        """Answer the last question again."""
        if self._may_replace():
            await self.ask(self.turns[-1].question, again=True)

    def action_edit(self) -> None:
        """Change the last question."""
        if self._composer.text.strip():
            self._tell("Send or clear what is typed first.")
        elif self._may_replace():
            self._composer.change(self.turns[-1].question)

    def action_stop(self) -> None:
        """Stop the answer; with nothing to stop, go back to the input and to a new question."""
        if self._active or self._waiting:
            self.app.driver.stop()
            return
        if self._composer.editing:
            self._composer.leave()
        self._composer.focus()

    def action_new(self) -> None:
        """Start an empty conversation."""
        self._composer.focus()
        self.app.driver.new()

    def action_branch(self) -> None:
        """Go on from the selected answer in a conversation of its own."""
        turn = self._selected
        if turn is None or not turn.kept_as:
            self._tell("There is no answer to go on from.")
        else:
            self._composer.focus()
            self.app.driver.branch(turn.kept_as)
            self.notify("A new conversation goes on from here.", markup=False, timeout=3)

    def action_conversations(self) -> None:
        """Show the earlier conversations."""
        store = self.app.store
        if store is None:
            self._tell("The history is not available.")
            return
        from fieldkit.chat.screens.conversations import ConversationsScreen

        screen = ConversationsScreen(store, self.app.conversation)

        def picked(conversation: int | None) -> None:
            if conversation is not None:
                self.app.driver.resume(conversation)
            elif self.app.conversation in screen.deleted:
                self.app.driver.new()

        self.app.push_screen(screen, picked)

    async def action_toggle_sources(self) -> None:
        """Show or hide the sources."""
        self._sources_wanted = not self._sources_wanted
        await self._select(self._selected)
        if not self._sources_wanted:
            self._composer.focus()

    def action_focus_sources(self) -> None:
        """Go to the sources."""
        self.query_one(SourcesPane).focus()

    async def action_select_answer(self, step: int) -> None:
        """Show the sources of the answer before or after."""
        turns = self.turns
        if not turns:
            return
        index = turns.index(self._selected) if self._selected in turns else len(turns)
        turn = turns[max(0, min(len(turns) - 1, index + step))]
        await self._select(turn)
        self._transcript.scroll_to_widget(turn, animate=False)

    def action_page(self, direction: int) -> None:
        """Scroll the conversation by a page."""
        self._transcript.page(direction)

    def action_copy_answer(self) -> None:
        """Copy the selected answer and its sources to the terminal's clipboard."""
        if self._selected is None or not self._selected.answer:
            self._tell("There is no answer to copy.")
            return
        self.app.copy_to_clipboard(self._selected.copied())
        self.notify("Answer and sources copied.", markup=False, timeout=2)

    def action_restart(self) -> None:
        """Start the engine again."""
        if self._engine_running:
            self.notify("The engine is running.", markup=False, timeout=2)
        else:
            self.app.driver.restart()

    def action_toggle_read_ahead(self) -> None:
        """Let the engine read while a question is typed, or not."""
        self.app.read_ahead = not self.app.read_ahead
        state = "on" if self.app.read_ahead else "off"
        self.notify(f"Reading while you type is {state}.", markup=False, timeout=3)

    def action_toggle_light(self) -> None:
        """Switch between the light and the dark theme."""
        self.app.theme = "fieldkit-dark" if self.app.theme == "fieldkit-light" else "fieldkit-light"

    def action_palette(self) -> None:
        """Open the palette."""
        self.app.action_command_palette()

    def action_help(self) -> None:
        """Show the help."""
        from fieldkit.chat.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.app.facts()))

    def action_leave(self) -> None:
        """Quit; what was said so far is kept."""
        self.app.exit()

    def _may_replace(self) -> bool:
        """Whether the last question can be asked again now; if not, the technician is told why."""
        if self._active or self._waiting:
            self._tell("Wait for the answer, or stop it with Esc.")
        elif not self._engine_running:
            self._tell("The engine is not running.")
        elif not self.turns:
            self._tell("Nothing was asked yet.")
        else:
            return True
        return False

    def _tell(self, text: str) -> None:
        self.notify(text, severity="warning", markup=False)
