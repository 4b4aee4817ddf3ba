"""The side of the main screen that shows what the driver tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from fieldkit.chat.batch import Batch
from fieldkit.chat.battery import Power, begun, over
from fieldkit.chat.driver import (
    Asked,
    Dropped,
    Failed,
    HistoryLost,
    Notice,
    Opened,
    Ready,
    Tuning,
    WordsOnly,
)
from fieldkit.chat.elsewhere import said
from fieldkit.chat.i18n import _
from fieldkit.chat.pages import Sources
from fieldkit.chat.reading import PromptReading
from fieldkit.chat.session import Ended, Found, Judged, Shortened
from fieldkit.chat.store import StoredTurn
from fieldkit.chat.widgets.composer import Composer
from fieldkit.chat.widgets.sources import SourcesPane
from fieldkit.chat.widgets.statusline import StatusLine
from fieldkit.chat.widgets.transcript import Transcript
from fieldkit.chat.widgets.turn import TurnView
from fieldkit.chat.wording import happened, left_out, problem, reading, words_only
from fieldkit.core.generation import EngineInfo, Loading, Prefill
from fieldkit.core.text import clean_line

if TYPE_CHECKING:
    from fieldkit.chat.app import AssistantApp

_TALL = 24  # lines from which on sources are shown below a quote, without being called
_FRAME_S = 0.15  # between two updates of an answer; more often costs CPU that the model needs


class ListeningScreen(Screen[None]):
    """Keeps the conversation, its sources and the status line as the driver says they are."""

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
        self._sources_called = False  # also where the quote leaves little room for them
        self._held: Batch | None = None
        self._shown_at = 0.0
        self._reading = PromptReading()
        self._engine_running = False
        self._info: EngineInfo | None = None

    @property
    def _transcript(self) -> Transcript:
        return self.query_one(Transcript)

    @property
    def _composer(self) -> Composer:
        return self.query_one(Composer)

    @property
    def _status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def turns(self) -> list[TurnView]:
        """The turns on the screen and near it, oldest first."""
        return self._transcript.turns

    async def on_listening_screen_told(self, message: Told) -> None:
        """Show a notice of the driver."""
        if isinstance(message.notice, Batch):
            await self._tokens(message.notice)
            return
        await self._show_held()
        match message.notice:
            case Loading() | Ready() | Prefill() as notice:
                self._progress(notice)
            case Asked():
                await self._asked()
            case Found() as found:
                await self._found(found)
            case Judged(checked):
                if self._active:
                    self._active.judge(checked)
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
            self._status.change(state=_("answering"), tone="busy")
            if self._active:
                await self._active.say(batch.take())

    def _progress(self, notice: Loading | Ready | Prefill) -> None:
        match notice:
            case Loading(fraction):
                state = _("loading {percent}%").format(percent=f"{100 * fraction:.0f}")
                self._status.change(state=state, tone="busy")
            case Ready(info):
                self._engine_running = True
                self._info = info
                self._status.change(state=_("ready"), tone="ready", total=info.context)
            case Prefill(done, total):
                state = _("reading prompt {done}/{total}").format(done=done, total=total)
                self._status.change(state=state, tone="busy", used=total)
                left_s = self._reading.left_s(notice)
                if self._active:
                    self._active.wait(reading(notice, left_s))

    async def _seldom(self, notice: Notice) -> None:
        match notice:
            case Failed():
                await self._failed(notice)
            case Dropped():
                await self._dropped()
            case Opened() as opened:
                await self._show_all(opened.title, opened.turns, found=opened.found)
            case HistoryLost(error):
                self._note(problem(error))
            case WordsOnly(error):
                self._note(words_only(error))
            case Shortened(turns):
                self._transcript.note(left_out(turns), "info", before=self._active)
            case Tuning(text):
                self._status.change(note=said(text))
            case _:
                pass

    def show_power(self, power: Power) -> None:
        """Show the battery, and say once when it begins or ends to be saved."""
        before = self._status.status.saving
        self._status.change(battery=power.battery, saving=power.low)
        if power.low != before:
            told = begun(power) if power.low else over()
            self._transcript.note(told, "info", before=self._active)

    async def _asked(self) -> None:
        """The driver took up what waited longest."""
        self._active = turn = self._waiting.popleft() if self._waiting else None
        if turn is None:
            return
        turn.wait(_("Searching the manuals"))
        if turn.replaces:
            turn.replaces = False
            gone = await self._transcript.drop_last()
            self._selected = None if self._selected is gone else self._selected

    async def _dropped(self) -> None:
        """A question that waited was stopped: give it back for editing."""
        if self._waiting:
            turn = self._waiting.popleft()
            self._recall(turn.question)
            await turn.remove()
            await self._maybe_welcome()

    async def _found(self, found: Found) -> None:
        self._reading.begin()
        if self._active:
            self._active.find(found)
            loaded = self._engine_running
            self._active.wait(
                _("Reading the manuals") if loaded else _("Waiting for the model to load")
            )
            # The quote is seen before the sources are looked up.
            self._selected = self._active
            self.call_after_refresh(self._select_found, self._active)

    async def _select_found(self, turn: TurnView) -> None:
        if turn is self._active and turn is self._selected:
            await self._select(turn)

    async def _ended(self, ended: Ended) -> None:
        turn, self._active = self._active, None
        if turn:
            await turn.end(ended)
            await self._transcript.settle(turn, ended.kept)
            if turn is self._selected or not self._selected:
                await self._select(turn)
            if not turn.answer:  # the quote is all there is
                self._transcript.show_quote(turn)
        self._head(self.app.driver_title)
        stats = ended.kept.stats
        self._rest()
        if stats and stats.completion_tokens:
            self._status.change(tps=stats.decode_tps, used=stats.context_used)
        self.mend_documents()

    def _rest(self) -> None:
        """Say in the status line that nothing is being done."""
        if self._engine_running:
            self._status.change(state=_("ready"), tone="ready")
        else:
            self._status.change(
                state=self._hint(_("search only, {restart} restarts")), tone="failed"
            )

    async def _failed(self, failed: Failed) -> None:
        turn, self._active = self._active, None
        if turn:
            await turn.fail()
            await self._transcript.settle(turn, turn.unkept())
        self._engine_running = failed.running
        if failed.running:
            self._rest()
            self._note(problem(failed.error))
        elif failed.restarting:
            self._status.change(state=_("restarting"), tone="busy")
            told = _(
                "What was said is kept and the engine is being started again; {regenerate} then"
                " answers the question again."
            )
            self._note(f"{happened(failed.error)} {self._hint(told)}")
        else:
            self._status.change(state=self._hint(_("engine stopped, {restart}")), tone="failed")
            told = _(
                "{restart} starts the engine; until then a question shows the pages of the manuals"
                " that match it."
            )
            self._note(f"{problem(failed.error)} {self._hint(told)}")

    async def _show_all(self, title: str, turns: Sequence[StoredTurn], *, found: int = 0) -> None:
        """Show a conversation, at the turn ``found`` if there is one."""
        self._active = self._selected = None
        if self._composer.editing:
            self._composer.leave()
        self._status.change(used=0)
        self._head(title)
        shown = await self._transcript.open(turns, list(self._waiting), found=found)
        await self._select(shown)

    async def _maybe_welcome(self) -> None:
        if await self._transcript.welcome():
            await self._select(None)

    async def _select(self, turn: TurnView | None) -> None:
        """Show the sources of ``turn``; its own list of pages makes room for them."""
        self._selected = turn
        pane = self.query_one(SourcesPane)
        passages = turn.passages if turn else ()
        self._mark()
        title = turn.sources_title if turn else _("Sources")
        await pane.show(self._sources_of(turn), title=title)
        pane.display = bool(passages) and self._sources_wanted

    @property
    def _put_away(self) -> bool:
        """Whether sources wait for the focus, because the quote needs the room in a low window."""
        chosen = self._selected
        beside = self.query_one(SourcesPane).beside
        low = self.size.height < _TALL and not beside and not self._sources_called
        return low and chosen is not None and chosen.quoted

    def on_transcript_moved(self) -> None:
        """The selected turn may have become another widget, or one again."""
        self._mark()

    def _mark(self) -> None:
        """Mark the selected turn among those that are on the screen."""
        chosen = self._selected
        visible = chosen is not None and bool(chosen.passages) and self._sources_wanted
        visible = visible and not self._put_away
        self.query_one(SourcesPane).set_class(self._put_away, "-put-away")
        many = len(self._transcript.questions) > 1
        for turn in self.turns:
            same = turn is chosen or (chosen is not None and turn.is_again(chosen))
            if same:
                self._selected = turn
            turn.set_class(same and many, "-selected")
            turn.set_class(same and visible, "-sourced")

    def _sources_of(self, turn: TurnView | None) -> Sources:
        if turn is None:
            return Sources()
        spoken = self.app.assistant.language
        return Sources.of(turn.passages, turn.cited, turn.question, spoken, turn.answer)

    def _recall(self, question: str) -> None:
        if not self._composer.text.strip():
            self._composer.put(question)
        self._composer.focus()

    def mend_documents(self) -> None:
        """Mend own documents that cannot be searched; a screen that can do it says how."""

    def _hint(self, text: str) -> str:
        """``text`` with the keys it names."""
        return self.app.keymap.fill(text)

    def _note(self, text: str) -> None:
        self._transcript.note(text, "error")

    def _head(self, title: str) -> None:
        name = Content.styled(clean_line(self.app.assistant.name), "bold $primary")
        person = Content(f" · {self.app.person}") if self.app.person else Content("")
        rest = Content.styled(f"  {clean_line(title)}", "dim") if title else Content("")
        self.query_one("#heading", Static).update(Content.assemble(name, person, rest))
