"""The main screen: the conversation, its sources, the input and the status line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Static, TextArea

from fieldkit.chat.battery import chosen, told
from fieldkit.chat.bindings import screen_bindings
from fieldkit.chat.commands import number, parse
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.screens.shelving import ShelvingScreen
from fieldkit.chat.widgets.composer import MOST_CHARACTERS, Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import Status, StatusLine
from fieldkit.chat.widgets.transcript import Transcript
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.widgets.welcome import Welcome
from fieldkit.chat.wording import problem
from fieldkit.core.citation import Passage
from fieldkit.core.text import clean
from fieldkit.errors import UsageProblem

_WIDE = 100  # cells from which on the sources stand beside the conversation
_HELP = N_("{help} Help")
_PLACEHOLDER = N_("Ask the manuals. {send} sends, {newline}: new line")


class ChatScreen(ShelvingScreen):
    """Lays out the conversation and passes on what the technician does."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012 - Textual's type
    AUTO_FOCUS = "#composer"

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        assistant = self.app.assistant
        model = f"{assistant.model_name} {assistant.quantization}".strip()
        with Horizontal(id="header"):
            yield Static("", id="heading", markup=False)
            yield Static(self._hint(_(_HELP)), id="hint", markup=False)
        with Container(id="body"):
            yield Transcript(
                lambda: Welcome(assistant.examples, self.app.manuals, self.app.left_out)
            )
            yield SourcesPane(self.app.library, id="sources")
        yield Composer(id="composer", placeholder=self._hint(_(_PLACEHOLDER)))
        status = Status(state=_("loading"), model=model, total=assistant.context)
        yield StatusLine(status, id="status")

    def _welcome(self) -> Welcome:
        app = self.app
        return Welcome(app.assistant.examples, app.manuals, app.left_out)

    async def _translate(self) -> None:
        """Write everything on the screen anew, in the language that was chosen."""
        self.query_one("#hint", Static).update(self._hint(_(_HELP)))
        self._composer.placeholder = self._hint(_(_PLACEHOLDER))
        used = self._status.status.used
        await self._show_all(self.app.driver_title, self.app.said)
        self._status.change(used=used)
        if self._status.status.tone != "busy":
            self._rest()

    def on_mount(self) -> None:
        """Start the engine once there is something to look at."""
        self.query_one(SourcesPane).display = False
        self._head("")
        if (trouble := self.app.history_problem) is not None:
            self._note(f"{problem(trouble)} {_('This conversation is not kept.')}")
        if wrong := self.app.keymap.problems:
            self._note(" ".join(wrong))
        self.call_after_refresh(self.app.begin)
        self._greet()

    async def on_composer_submitted(self, message: Composer.Submitted) -> None:
        """Ask, or obey; but do not replace an answer that is still being given."""
        command = None if message.again else parse(message.question)
        if command is not None:
            await self.obey(command, message.question)
        elif message.again and not self._may_replace():
            self._composer.change(message.question)
        else:
            await self.ask(message.question, again=message.again)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """Let the engine read ahead in a question; a command is none."""
        text = clean(message.text_area.text)
        question = "" if text.startswith("/") and parse(text.split(" ")[0]) else text
        self.app.driver.typed(question, again=self._composer.editing)

    def on_composer_recalled(self, message: Composer.Recalled) -> None:
        """Put an earlier or a later question into the input."""
        if not self._composer.recalled:
            self._earlier.begin(self._asked_before())
        text = self._earlier.step(message.step)
        if text is not None:
            self._composer.recall(text)

    def on_composer_too_long(self, message: Composer.TooLong) -> None:
        """Say why nothing was pasted."""
        told = _(
            "Not pasted: the question would have {characters} characters, and {most} are the most."
            " Add a long text as a document: /add FILE"
        )
        self._tell(told.format(characters=message.characters, most=MOST_CHARACTERS))

    def on_composer_paste_wanted(self) -> None:
        """Paste into the input."""
        self.action_paste()

    def on_resize(self, event: events.Resize) -> None:
        """Show the page of a source beside the conversation where there is room for it."""
        self.query_one(SourcesPane).lay_beside(event.size.width >= _WIDE)
        self._mark()

    def on_key(self, event: events.Key) -> None:
        """What is typed belongs into the input, wherever the focus is."""
        bound = event.key in self.active_bindings
        if event.is_printable and event.character and not bound and not self._composer.has_focus:
            event.stop()
            self._composer.focus()
            self._composer.insert(event.character)

    def on_composer_edge(self, message: Composer.Edge) -> None:
        """Go to the start or the end of the conversation."""
        self.action_edge(message.direction)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted belongs there, too."""
        event.stop()
        self._composer.focus()
        self._composer.paste(event.text)

    async def on_welcome_example(self, message: Welcome.Example) -> None:
        """Ask the example."""
        self._composer.focus()
        await self.ask(message.question)

    async def on_turn_view_chosen(self, message: TurnView.Chosen) -> None:
        """Show the sources of the turn that was clicked, or the one whose number it was."""
        if message.turn is not self._selected:
            await self._select(message.turn)
        if message.number:
            await self.action_open_source(str(message.number))

    def on_sources_pane_opened(self, message: SourcesPane.Opened) -> None:
        """Open the page, or the page as it is printed."""
        if message.printed is not None:
            self._open_printed(message.sources.passages[message.at], message.printed)
            return
        from fieldkit.chat.screens.page import PageScreen

        self.app.push_screen(
            PageScreen(
                self.app.library, message.sources, message.at, open_printed=self._open_printed
            )
        )

    def _open_printed(self, passage: Passage, number: int) -> None:
        from fieldkit.chat.printed import PrintedPages
        from fieldkit.chat.screens.printed import PrintedScreen

        app = self.app
        pages = PrintedPages(app.manuals, passage, number, app.pictures, app.viewer)
        app.push_screen(PrintedScreen(pages))

    async def action_open_printed(self, which: str = "") -> None:
        """Show the page of a source as it is printed; without a number that of the chosen one."""
        pane = self.query_one(SourcesPane)
        if which and not pane.choose(number(which, len(pane.items)) or 0):
            self._tell(_("This answer has no such source."))
        elif not pane.items:
            self._tell(_("There is no source to show a page of."))
        else:
            pane.action_printed()

    def action_send(self) -> None:
        """Send what is in the input."""
        self._composer.action_send()

    def action_newline(self) -> None:
        """Start a new line in the input."""
        self._composer.action_newline()

    def action_recall(self) -> None:
        """Go through the questions that were asked before."""
        self._composer.focus()
        self._composer.action_recall()

    async def action_regenerate(self) -> None:
        """Answer the last question again."""
        if self._may_replace():
            await self.ask(self._transcript.questions[-1], again=True)

    async def action_edit(self, question: str = "") -> None:
        """Change the last question, or ask ``question`` in its place."""
        if question:
            if self._may_replace():
                await self.ask(question, again=True)
        elif self._composer.text.strip():
            self._tell(_("Send or clear what is typed first."))
        elif self._may_replace():
            self._composer.change(self._transcript.questions[-1])

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

    async def action_toggle_sources(self) -> None:
        """Show or hide the sources."""
        put_away = self._put_away and self._sources_wanted
        self._sources_wanted = put_away or not self._sources_wanted
        self._sources_called = self._sources_wanted
        await self._select(self._selected)
        if not self._sources_wanted:
            self._composer.focus()

    async def action_open_source(self, which: str = "") -> None:
        """Go to a source by its number: beside the conversation, or on the whole screen."""
        pane = self.query_one(SourcesPane)
        position = number(which, len(pane.items))
        if not which:
            self._offer("/page ")
        elif position is None:
            self._tell(_("This answer has no such source."))
        elif not pane.beside:
            pane.action_open_number(position)
        else:
            if not self._sources_wanted:
                await self.action_toggle_sources()
            pane.choose(position)

    def action_focus_sources(self) -> None:
        """Go to the sources."""
        self.query_one(SourcesPane).focus()

    def action_select_answer(self, step: int) -> None:
        """Show the sources of the answer before or after."""

        async def select() -> None:
            turn = await self._transcript.step(self._selected, step)
            if turn is not None:
                await self._select(turn)

        self.run_worker(select())

    def action_page(self, direction: int) -> None:
        """Scroll the conversation by a page."""
        self._transcript.page(direction)

    def action_edge(self, direction: int) -> None:
        """Go to the start (-1) or the end (1) of the conversation."""
        transcript = self._transcript
        self.run_worker(transcript.to_start() if direction < 0 else transcript.to_end())

    def action_restart(self) -> None:
        """Start the engine again."""
        if self._engine_running:
            self.notify(_("The engine is running."), markup=False, timeout=2)
        else:
            self.app.driver.restart()

    def action_toggle_read_ahead(self) -> None:
        """Let the engine read while a question is typed, or not."""
        self.app.read_ahead = not self.app.read_ahead
        told = (
            _("Reading while you type is on.")
            if self.app.read_ahead
            else _("Reading while you type is off.")
        )
        self.notify(told, markup=False, timeout=3)

    def action_battery(self, mode: str = "") -> None:
        """Save the battery in another way, the next one if none is named."""
        try:
            self.app.save_battery(chosen(mode, self.app.power.mode))
        except UsageProblem as error:
            self._tell(problem(error))
        else:
            self.notify(told(self.app.power), markup=False, timeout=4)

    def action_next_theme(self) -> None:
        """Switch to the next theme."""
        self.app.next_theme()

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
