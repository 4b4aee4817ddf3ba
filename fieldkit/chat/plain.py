"""The line mode: a conversation over two text streams, for pipes and for screen readers.

Lines only ever follow each other: no cursor movement, no colours, nothing that is redrawn.
"""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from fieldkit.chat.ask import source_lines
from fieldkit.chat.context import ChatContext
from fieldkit.chat.driver import Driver, Dropped, Failed, HistoryLost, Notice, Opened, Settled
from fieldkit.chat.opening import opened
from fieldkit.chat.session import Ended, Shortened
from fieldkit.chat.wording import happened, left_out, problem
from fieldkit.console import Console
from fieldkit.core.generation import Token
from fieldkit.core.text import clean, clean_line
from fieldkit.errors import ExitCode

HELP = """\
Type a question and press Enter. The answer names the pages it comes from.
/sources  the passages of the last answer
/again    another answer to the last question
/new      start a new conversation
/restart  start the engine again after a failure
/help     this help
/quit     leave; the end of the input does the same
Ctrl-C stops an answer; a second Ctrl-C leaves."""
_POLL_S = 0.1  # how late Ctrl-C may be seen where the system cannot interrupt a wait


def run(context: ChatContext, stdin: TextIO, stdout: TextIO) -> int:
    """Converse until the input ends; returns the exit code.

    Raises IntegrityProblem when the manuals cannot be read. An engine that fails is told on stderr
    and the manuals are still searched; the exit code is then the failure's.
    """
    console = Console(stdout=stdout)
    with opened(context) as assistant:
        notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        driver = Driver(
            session=assistant.session(),
            engine=assistant.engine,
            tell=notices.put,
            may_read=context.read_ahead,
        )
        if assistant.problem is not None:
            console.err(problem(assistant.problem))
        conversation = _LineConversation(console, driver, notices, echo=not stdin.isatty())
        driver.begin()
        try:
            console.out(f"{clean_line(context.assistant.name)}. /help lists the commands.")
            return conversation.run(stdin)
        except KeyboardInterrupt:
            console.out()
            return ExitCode.INTERRUPTED
        finally:
            driver.close()


class _LineConversation:
    """Reads lines, writes what the driver tells about each."""

    def __init__(
        self,
        console: Console,
        driver: Driver,
        notices: queue.SimpleQueue[Notice],
        *,
        echo: bool,
    ) -> None:
        self._console = console
        self._driver = driver
        self._notices = notices
        self._echo = echo
        self._last: Ended | None = None
        self._said = False
        self._exit = int(ExitCode.OK)

    def run(self, stdin: TextIO) -> int:
        """Converse until end of input, ``/quit``, or nobody reads any more."""
        while not self._console.broken:
            self._console.out("\nYou: ", end="")
            line = stdin.readline()
            if not line:
                self._console.out()
                break
            line = clean(line).strip()
            if self._echo:
                self._console.out(line)
            if line == "/quit":
                break
            if line:
                self._obey(line)
        return self._exit

    def _obey(self, line: str) -> None:
        commands = {
            "/help": self._help,
            "/sources": self._sources,
            "/again": self._again,
            "/new": self._new,
            "/restart": self._driver.restart,
        }
        if line in commands:
            commands[line]()
        elif line.startswith("/"):
            self._console.out(f"There is no command {line}. /help lists them.")
        else:
            self._ask(line)

    def _help(self) -> None:
        self._console.out(HELP)

    def _sources(self) -> None:
        passages = self._last.kept.passages if self._last else ()
        if not passages:
            self._console.out("The last answer has no sources.")
        for number, passage in enumerate(passages, 1):
            self._console.out(f"[{number}] {clean_line(passage.label)}")
            self._console.out(clean(passage.text).strip())

    def _again(self) -> None:
        if self._last is None:
            self._console.out("Nothing was asked yet.")
        else:
            self._ask(self._last.kept.question, again=True)

    def _new(self) -> None:
        self._driver.new()
        self._last = None
        while not isinstance(self._next(), Opened):
            pass
        self._console.out("New conversation.")

    def _ask(self, question: str, *, again: bool = False) -> None:
        self._said = False
        stopped = False
        self._driver.ask(question, again=again)
        with _interrupts() as interrupts:
            while not isinstance(notice := self._next(), Settled):
                self._show(notice)
                if (interrupts or self._console.broken) and not stopped:
                    stopped = True
                    self._driver.stop()
                if len(interrupts) > 1:
                    raise KeyboardInterrupt

    def _next(self) -> Notice | None:
        """Return the next notice, or None after a moment without any."""
        try:
            return self._notices.get(timeout=_POLL_S)
        except queue.Empty:
            return None

    def _show(self, notice: Notice | None) -> None:
        match notice:
            case Token(text):
                self._say(clean(text))
            case Ended() as ended:
                self._end(ended)
            case Failed(error, restarting=True):
                self._console.err(f"{happened(error)} It is being started again.")
                self._exit = int(error.exit_code)
            case Failed(error):
                if self._said:
                    self._console.out()
                self._console.err(problem(error))
                self._exit = int(error.exit_code)
            case HistoryLost(error):
                self._console.err(problem(error))
            case Dropped():
                self._console.out("(stopped)")
            case Shortened(turns):
                self._console.out(f"({left_out(turns)})")
            case _:
                pass

    def _say(self, text: str) -> None:
        if not self._said:
            text = text.lstrip()
            if not text:
                return
            self._console.out("Assistant: ", end="")
            self._said = True
        self._console.out(text, end="")

    def _end(self, ended: Ended) -> None:
        self._last = ended
        if not self._said:
            self._say(clean(ended.kept.answer) or "These pages of the manuals match.")
        self._console.out()
        self._said = False
        if mark := _MARKS.get(ended.kept.finish):
            self._console.out(mark)
        for line in source_lines(ended):
            self._console.out(line)


_MARKS = {
    "aborted": "(stopped)",
    "length": "(cut off at the length limit)",
    "failed": "(cut off: the engine failed)",
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
