"""The line mode: a conversation over two text streams, for pipes and for screen readers.

Lines only ever follow each other: no cursor movement, no colours, nothing that is redrawn.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TextIO

from fieldkit.chat import i18n, language, preferences
from fieldkit.chat.ask import source_lines
from fieldkit.chat.battery import FIRST_S, BatteryWatch, Power, begun, mode_of, over
from fieldkit.chat.commands import Unknown, parse
from fieldkit.chat.context import ChatContext
from fieldkit.chat.driver import (
    Driver,
    Dropped,
    Failed,
    HistoryLost,
    Notice,
    Opened,
    Ready,
    Settled,
    WordsOnly,
)
from fieldkit.chat.i18n import N_, _
from fieldkit.chat.line_commands import KNOWN, LineCommands, Release
from fieldkit.chat.line_seat import asked_seat, greet, read_line
from fieldkit.chat.line_shelf import LineShelf
from fieldkit.chat.opening import opened
from fieldkit.chat.pages import Sources
from fieldkit.chat.paperwork import Paperwork
from fieldkit.chat.quotation import quote_lines
from fieldkit.chat.reading import PromptReading
from fieldkit.chat.seat import Change
from fieldkit.chat.session import Ended, Found, Shortened
from fieldkit.chat.wording import happened, left_out, problem, reading, said_in, words_only
from fieldkit.console import Console
from fieldkit.core.cited import Undangled
from fieldkit.core.generation import EngineInfo, Prefill, Token
from fieldkit.core.quote import Quote
from fieldkit.core.refusal import InWords
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import ExitCode
from fieldkit.library.language import fold

_LONG_S = 5.0  # of waiting; a shorter wait needs no word
_POLL_S = 0.1  # how late Ctrl-C may be seen where the system cannot interrupt a wait


def run(context: ChatContext, stdin: TextIO, stdout: TextIO) -> int:
    """Converse until the input ends; returns the exit code.

    It begins anew whenever somebody else takes the seat. Raises IntegrityProblem when the manuals
    cannot be read. An engine that fails is told on stderr and the manuals are still searched; the
    exit code is then the failure's.
    """
    console = Console(stdout=stdout)
    i18n.use(language.chosen(context.background.preferences, context.assistant))
    seat = asked_seat(context.seated, console, stdin)
    context = replace(context, seat=seat, data_dir=seat.person.home)
    seat.people.remember(seat.person)
    while True:
        code, change = _converse(context, console, stdin)
        if change is None:
            return code
        context = context.after(change)


def _converse(context: ChatContext, console: Console, stdin: TextIO) -> tuple[int, Change | None]:
    """Converse until the person leaves: the exit code, or who is next."""
    with opened(context) as assistant:
        notices: queue.SimpleQueue[Notice | Power] = queue.SimpleQueue()
        session = assistant.session()
        driver = Driver(
            session=session,
            engine=assistant.engine,
            tell=notices.put,
            may_read=context.read_ahead,
            tuner=assistant.learning,
        )
        if assistant.problem is not None:
            console.err(problem(assistant.problem))

        def below(ended: Ended) -> Sequence[str]:
            return source_lines(ended, assistant.library, context.assistant.language)

        def printed(found: Found, question: str) -> Quote | None:
            sources = Sources.of(found.passages, (), question, context.assistant.language)
            return sources.printed(assistant.library, found.quote)

        def powered(power: Power) -> None:
            driver.save_battery(power.low)
            notices.put(power)

        watch = BatteryWatch(
            context.battery,
            powered,
            percent=context.assistant.low_battery_percent,
            mode=mode_of(preferences.load(context.preferences_path).battery),
        )
        conversation = _LineConversation(console, driver, notices, stdin, below, printed)
        shelf = LineShelf(assistant.shelving, console.out)
        commands = LineCommands(
            conversation,
            console=console,
            driver=driver,
            session=session,
            store=assistant.store,
            release=Release(
                assistant=context.assistant,
                folder=context.release_dir,
                library=assistant.library,
                paperwork=Paperwork(context.assistant, session, context.documents_dir),
                watch=watch,
                preferences=context.preferences_path if stdin.isatty() else None,
                reports=context.reports,
                seat=context.seated,
                shelf=shelf,
            ),
        )
        shelf.mend()
        watch.begin(FIRST_S)
        driver.begin()
        try:
            told = _("{assistant}. /help lists the commands.")
            console.out(told.format(assistant=clean_line(context.assistant.name)))
            greet(context.seated, console)
            return conversation.run(commands), conversation.successor
        except KeyboardInterrupt:
            console.out()
            return ExitCode.INTERRUPTED, None
        finally:
            watch.close()
            driver.close()


class _LineConversation:
    """Reads lines, writes what the driver tells about each."""

    def __init__(
        self,
        console: Console,
        driver: Driver,
        notices: queue.SimpleQueue[Notice | Power],
        stdin: TextIO,
        below: Callable[[Ended], Sequence[str]],
        printed: Callable[[Found, str], Quote | None],
    ) -> None:
        self._console = console
        self._below = below
        self._printed = printed
        self._question = ""
        self._driver = driver
        self._notices = notices
        self._stdin = stdin
        self._said = False
        self._words = InWords(_)
        self._marks = Undangled()
        self._reading = PromptReading()
        self._told_wait = False
        self._power = Power()
        self._saving = False
        self._exit = int(ExitCode.OK)
        self.last: Ended | None = None
        self.info: EngineInfo | None = None
        self.successor: Change | None = None

    def run(self, commands: LineCommands) -> int:
        """Converse until end of input, ``/quit``, a successor, or nobody reads any more."""
        while not self._console.broken and self.successor is None:
            line = self.line(f"\n{_('You:')} ")
            if line is None:
                break
            typed = parse(line, KNOWN)
            if isinstance(typed, Unknown):
                self._console.out(typed.problem)
            elif typed is None:
                if line:
                    self.ask(line)
            elif typed.action.command == "/quit" and not typed.problem:
                break
            else:
                self._show_waiting()
                commands.obey(typed)
        return self._exit

    def ask(self, question: str, *, again: bool = False) -> None:
        """Ask, and show what comes of it."""
        self._question = question
        self._follow(lambda: self._driver.ask(question, again=again))

    def search(self, words: str) -> None:
        """Search the manuals, and show what they hold."""
        self._question = words
        self._follow(lambda: self._driver.search(words))

    def change(self, job: Callable[[], None]) -> Opened:
        """Open another conversation by ``job``; it has no last answer but what it holds."""
        job()
        while not isinstance(notice := self._next(), Opened):
            self._show(notice)
        self.last = Ended.of(notice.turns[-1]) if notice.turns else None
        return notice

    def confirmed(self, question: str) -> bool:
        """Ask for a yes; anything else, and the end of the input, is a no."""
        answer = fold(self.line(f"{question} {_('yes or no:')} ") or "")
        return answer in {"yes", "y", fold(_("yes")), _("y")}

    def line(self, prompt: str) -> str | None:
        """The next line, None at the end of the input."""
        return read_line(self._console, self._stdin, prompt)

    def _follow(self, start: Callable[[], None]) -> None:
        self._said = False
        self._words = InWords(_)
        self._marks = Undangled()
        stopped = False
        start()
        with _interrupts() as interrupts:
            while not isinstance(notice := self._next(), Settled):
                self._show(notice)
                if (interrupts or self._console.broken) and not stopped:
                    stopped = True
                    self._driver.stop()
                if len(interrupts) > 1:
                    raise KeyboardInterrupt

    def _show_waiting(self) -> None:
        """Show what was told since the last line."""
        while not self._notices.empty():
            self._show(self._notices.get())

    def _next(self) -> Notice | Power | None:
        """Return the next notice, or None after a moment without any."""
        try:
            return self._notices.get(timeout=_POLL_S)
        except queue.Empty:
            return None

    def _show(self, notice: Notice | Power | None) -> None:
        match notice:
            case Token(text):
                self._say(self._words.add(self._marks.add(clean(text))))
            case Ready() | Found() | Prefill() as notice:
                self._progress(notice)
            case Ended() as ended:
                self._end(ended)
            case Failed(error, restarting=True):
                self._console.err(f"{happened(error)} {_('It is being started again.')}")
                self._exit = int(error.exit_code)
            case Failed(error):
                if self._said:
                    self._console.out()
                self._console.err(problem(error))
                self._exit = int(error.exit_code)
            case notice:
                self._show_seldom(notice)

    def _show_seldom(self, notice: Notice | Power | None) -> None:
        match notice:
            case HistoryLost(error):
                self._console.err(problem(error))
            case WordsOnly(error):
                self._console.err(words_only(error))
            case Dropped():
                self._console.out(_("(stopped)"))
            case Shortened(turns):
                self._console.out(f"({left_out(turns)})")
            case Power() as power:
                self._power = power
                self._tell_power()
            case _:
                pass

    def _tell_power(self) -> None:
        """Say once when the battery begins or ends to be saved, not in the middle of an answer."""
        if self._power.low != self._saving and not self._said:
            self._saving = self._power.low
            self._console.out(f"({begun(self._power) if self._saving else over()})")

    def _say(self, text: str) -> None:
        if not self._said:
            text = text.lstrip()
            if not text:
                return
            self._console.out(f"{_('Assistant:')} ", end="")
            self._said = True
        self._console.out(text, end="")

    def _progress(self, notice: Ready | Found | Prefill) -> None:
        match notice:
            case Ready(info):
                self.info = info
            case Found(passages=passages, state=state) as found:
                self._words.state, self._words.pages = state, len(passages)
                self._marks.passages = passages
                for line in quote_lines(self._printed(found, self._question), passages, state):
                    self._console.out(line)
                self._reading.begin()
                self._told_wait = False
            case Prefill() as progress:
                self._wait(progress)

    def _wait(self, progress: Prefill) -> None:
        """Say once that it takes a while, where it does."""
        left_s = self._reading.left_s(progress)
        if left_s is not None and left_s >= _LONG_S and not self._told_wait:
            self._told_wait = True
            self._console.err(f"({reading(progress, left_s)})")

    def _end(self, ended: Ended) -> None:
        self.last = ended
        self._say(self._words.add(self._marks.rest()) + self._words.rest())
        if not self._said:
            self._say(clean(said_in(ended.kept)) or _(_FOUND[bool(ended.kept.passages)]))
        self._console.out()
        self._said = False
        if mark := _MARKS.get(ended.kept.finish):
            self._console.out(_(mark))
        for line in self._below(ended):
            self._console.out(line)
        self._tell_power()


_FOUND = {
    True: N_("These pages of the manuals match."),
    False: N_("No page of the manuals matches."),
}
_MARKS = {
    "aborted": N_("(stopped)"),
    "saving": N_("(kept short to save the battery; /again writes all of it)"),
    "failed": N_("(cut off: the engine failed)"),
}


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Collect Ctrl-C in a list instead of raising; only the main thread can be asked to."""
    seen: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield seen
        return
    before = signal.signal(signal.SIGINT, lambda number, _frame: seen.append(number))
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, before)
