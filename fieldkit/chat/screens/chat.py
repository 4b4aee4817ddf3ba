"""The main screen: the conversation, its sources, the input and the status line."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from fieldkit.chat.actions import screen_bindings
from fieldkit.chat.batch import Batch
from fieldkit.chat.driver import Asked, Dropped, Failed, HistoryLost, Notice, Opened, Ready
from fieldkit.chat.session import Ended, Found
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import Status, StatusLine
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.widgets.welcome import Welcome
from fieldkit.chat.wording import problem
from fieldkit.core.citation import Passage
from fieldkit.core.generation import Loading, Prefill
from fieldkit.core.text import clean, clean_line

if TYPE_CHECKING:
    from fieldkit.chat.app import AssistantApp

_FRAME_S = 0.05  # between two updates of an answer; more often costs CPU that the model needs
_MOST_TURNS = 40  # of a resumed conversation; each answer is a widget tree
_PLACEHOLDER = "Ask the manuals. Enter sends, Ctrl+J: new line"


class ChatScreen(Screen[None]):
    """Shows what the driver tells and passes on what the technician does."""

    BINDINGS: ClassVar[list[BindingType]] = screen_bindings()
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's type
    AUTO_FOCUS = "#composer"

    class Told(Message):
        """Something the driver tells, or a batch of tokens; crosses from its thread."""

        def __init__(self, notice: Notice | Batch) -> None:
            super().__init__()
            self.notice = notice

    app: AssistantApp

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[TurnView] = deque()
        self._active: TurnView | None = None
        self._selected: TurnView | None = None
        self._sources_wanted = True
        self._held: Batch | None = None
        self._shown_at = 0.0
        self._engine_running = False

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        assistant = self.app.assistant
        model = f"{assistant.model_name} {assistant.quantization}".strip()
        with Horizontal(id="header"):
            yield Static("", id="heading", markup=False)
            yield Static("F1 Help", id="hint", markup=False)
        with Container(id="body"):
            with VerticalScroll(id="transcript", can_focus=False), Vertical(id="turns"):
                yield self._welcome()
            yield SourcesPane(id="sources")
        yield Composer(id="composer", placeholder=_PLACEHOLDER)
        yield StatusLine(Status(state="loading", model=model, total=assistant.context), id="status")

    def on_mount(self) -> None:
        """Start the engine once there is something to look at."""
        self.query_one(SourcesPane).display = False
        self._transcript.anchor()
        self._head("")
        if (trouble := self.app.history_problem) is not None:
            self._note(f"{problem(trouble)} This conversation is not kept.", "error")
        self.call_after_refresh(self.app.begin)

    @property
    def _transcript(self) -> VerticalScroll:
        return self.query_one("#transcript", VerticalScroll)

    @property
    def _turns(self) -> Vertical:
        return self.query_one("#turns", Vertical)

    @property
    def _status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def turns(self) -> list[TurnView]:
        """The turns on the screen, oldest first."""
        return list(self.query(TurnView))

    # What the driver tells.

    async def on_chat_screen_told(self, message: Told) -> None:
        """Show a notice of the driver."""
        if isinstance(message.notice, Batch):
            await self._tokens(message.notice)
            return
        await self._show_held()
        match message.notice:
            case Loading() | Ready() | Prefill() as notice:
                self._progress(notice)
            case Asked():
                self._active = self._waiting.popleft() if self._waiting else None
                if self._active:
                    self._active.wait("Searching the manuals")
            case Found(passages=passages):
                await self._found(passages)
            case Ended() as ended:
                await self._ended(ended)
            case notice:
                await self._seldom(notice)

    async def _tokens(self, batch: Batch) -> None:
        """Show a batch now, or let it grow until the frame is over."""
        self._held = batch
        wait = _FRAME_S - (monotonic() - self._shown_at)
        if wait > 0:
            self.set_timer(wait, self._show_held)
        else:
            await self._show_held()

    async def _show_held(self) -> None:
        batch, self._held = self._held, None
        if batch is not None:
            self._shown_at = monotonic()
            self._status.change(state="answering", tone="busy")
            if self._active:
                await self._active.say(batch.take())

    def _progress(self, notice: Loading | Ready | Prefill) -> None:
        match notice:
            case Loading(fraction):
                self._status.change(state=f"loading {fraction:.0%}", tone="busy")
            case Ready(info):
                self._engine_running = True
                self._status.change(state="ready", tone="ready", total=info.context)
            case Prefill(done, total):
                self._status.change(state=f"reading prompt {done}/{total}", tone="busy", used=total)
                if self._active:
                    self._active.wait(f"Reading the manuals, {done} of {total} tokens")

    async def _seldom(self, notice: Notice) -> None:
        match notice:
            case Failed(error, running):
                await self._failed(problem(error), running=running)
            case Dropped():
                await self._dropped()
            case Opened(title=title, turns=turns):
                await self._opened(title, turns)
            case HistoryLost(error):
                self._note(problem(error), "error")
            case _:
                pass

    async def _dropped(self) -> None:
        """A question that waited was stopped: give it back for editing."""
        if self._waiting:
            turn = self._waiting.popleft()
            self._recall(turn.question)
            await turn.remove()
            await self._maybe_welcome()

    async def _found(self, passages: tuple[Passage, ...]) -> None:
        if self._active:
            self._active.passages = passages
            self._active.wait("Reading the manuals")
            await self._select(self._active)

    async def _ended(self, ended: Ended) -> None:
        turn, self._active = self._active, None
        if turn:
            await turn.end(ended)
            if turn is self._selected or not self._selected:
                await self._select(turn)
        self._head(self.app.driver_title)
        stats = ended.kept.stats
        state, tone = (
            ("ready", "ready")
            if self._engine_running
            else ("search only, Ctrl+R restarts", "failed")
        )
        self._status.change(state=state, tone=tone)
        if stats and stats.completion_tokens:
            self._status.change(tps=stats.decode_tps, used=stats.context_used)

    async def _failed(self, text: str, *, running: bool) -> None:
        turn, self._active = self._active, None
        if turn:
            await turn.fail()
        self._engine_running = running
        if running:
            self._status.change(state="ready", tone="ready")
            self._note(text, "error")
            return
        self._status.change(state="engine stopped, Ctrl+R", tone="failed")
        self._note(
            f"{text} Ctrl+R starts the engine; until then a question shows the pages of the manuals"
            " that match it.",
            "error",
        )

    async def _opened(self, title: str, turns: tuple[StoredTurn, ...]) -> None:
        self._active = self._selected = None
        waiting = list(self._waiting)  # asked after the conversation was opened
        gone = [child for child in self._turns.children if child not in waiting]
        await self._turns.remove_children(gone)
        self._status.change(used=0)
        self._head(title)
        if len(turns) > _MOST_TURNS:
            self._note(f"{len(turns) - _MOST_TURNS} earlier questions are not shown.", "info")
        for kept in turns[-_MOST_TURNS:]:
            turn = TurnView(kept.question)
            turn.done = True
            await self._turns.mount(turn, before=waiting[0] if waiting else None)
            await turn.end(Ended.of(kept))
            self._selected = turn
        await self._select(self._selected)
        await self._maybe_welcome()
        self._transcript.anchor()

    # What the technician does.

    async def on_composer_submitted(self, message: Composer.Submitted) -> None:
        """Ask."""
        await self.ask(message.question)

    def on_composer_recalled(self) -> None:
        """Put the last question back into the input."""
        if turns := self.turns:
            self._recall(turns[-1].question)

    async def on_welcome_example(self, message: Welcome.Example) -> None:
        """Ask the example."""
        self.query_one(Composer).focus()
        await self.ask(message.question)

    async def on_turn_view_chosen(self, message: TurnView.Chosen) -> None:
        """Show the sources of the turn that was clicked."""
        await self._select(message.turn)

    def on_sources_pane_opened(self, message: SourcesPane.Opened) -> None:
        """Open the page."""
        from fieldkit.chat.screens.page import PageScreen

        self.app.push_screen(PageScreen(self.app.library, message.passage))

    async def ask(self, question: str) -> None:
        """Put a question into the conversation and hand it to the driver."""
        turn = TurnView(question)
        waits = "" if self._engine_running else "Waiting for the model to load"
        # Handed over before anything is awaited, so that a key pressed now finds it waiting.
        self._waiting.append(turn)
        self.app.driver.ask(question)
        await self.query(Welcome).remove()
        await self._turns.mount(turn)
        turn.wait("Waiting for the answer before" if self._active else waits)
        self._transcript.anchor()

    def action_send(self) -> None:
        """Send what is in the input."""
        self.query_one(Composer).action_send()

    def action_newline(self) -> None:
        """Start a new line in the input."""
        self.query_one(Composer).action_newline()

    def action_recall(self) -> None:
        """Edit the last question."""
        self.on_composer_recalled()

    def action_stop(self) -> None:
        """Stop the answer; with nothing to stop, go back to the input."""
        if self._active or self._waiting:
            self.app.driver.stop()
        else:
            self.query_one(Composer).focus()

    def action_new(self) -> None:
        """Start an empty conversation."""
        self.query_one(Composer).focus()
        self.app.driver.new()

    def action_conversations(self) -> None:
        """Show the earlier conversations."""
        store = self.app.store
        if store is None:
            self.notify("The history is not available.", severity="warning", markup=False)
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
            self.query_one(Composer).focus()

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
        if direction < 0:
            self._transcript.scroll_page_up(animate=False)
        else:
            self._transcript.scroll_page_down(animate=False)

    def action_copy_answer(self) -> None:
        """Copy the selected answer and its sources to the terminal's clipboard."""
        if self._selected is None or not self._selected.answer:
            self.notify("There is no answer to copy.", severity="warning", markup=False)
            return
        self.app.copy_to_clipboard(self._selected.copied())
        self.notify("Answer and sources copied.", markup=False, timeout=2)

    def action_restart(self) -> None:
        """Start the engine again."""
        if self._engine_running:
            self.notify("The engine is running.", markup=False, timeout=2)
        else:
            self.app.driver.restart()

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

    # Helpers.

    def _welcome(self) -> Welcome:
        assistant = self.app.assistant
        return Welcome(assistant.examples, self.app.manuals)

    async def _maybe_welcome(self) -> None:
        if not self.turns and not self.query(Welcome):
            await self._turns.mount(self._welcome())
            await self._select(None)

    async def _select(self, turn: TurnView | None) -> None:
        """Show the sources of ``turn``; its own list of pages makes room for them."""
        self._selected = turn
        pane = self.query_one(SourcesPane)
        passages = turn.passages if turn else ()
        visible = bool(passages) and self._sources_wanted
        turns = self.turns
        for other in turns:
            other.set_class(other is turn and len(turns) > 1, "-selected")
            other.set_class(other is turn and visible, "-sourced")
        title = turn.sources_title if turn else "Sources"
        await pane.show(passages, turn.cited if turn else (), title=title)
        pane.display = visible

    def _recall(self, question: str) -> None:
        composer = self.query_one(Composer)
        if not composer.text.strip():
            composer.put(question)
        composer.focus()

    def _note(self, text: str, kind: str) -> None:
        note = Static(Content(clean(text)), classes=f"notice -{kind}", markup=False)
        self._turns.mount(note)
        self._transcript.anchor()

    def _head(self, title: str) -> None:
        name = Content.styled(clean_line(self.app.assistant.name), "bold $primary")
        rest = Content.styled(f"  {clean_line(title)}", "dim") if title else Content("")
        self.query_one("#heading", Static).update(Content.assemble(name, rest))
