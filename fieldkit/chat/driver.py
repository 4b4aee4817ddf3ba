"""The one thread that talks to the engine, so that the screen never waits for it.

Jobs run in the order they are given: a question asked while the model loads waits for it, and a
conversation that is opened during an answer is opened after it ended.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from fieldkit.chat.session import Session, Step
from fieldkit.chat.store import StoredTurn
from fieldkit.core.generation import Engine, EngineInfo, Loading
from fieldkit.errors import EngineFailure, FieldkitError


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    info: EngineInfo


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong; ``running`` says whether the engine still answers."""

    error: FieldkitError
    running: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The driver took this question up; its steps follow."""

    question: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A question that was still waiting was stopped; it is not answered and not kept."""

    question: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The question is done with, whatever came of it; the last notice about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The conversation on the screen is now this one."""

    conversation: int | None
    title: str
    turns: tuple[StoredTurn, ...]


@dataclass(frozen=True, slots=True)
class HistoryLost:
    """The history cannot be written any more; the conversation goes on in memory."""

    error: FieldkitError


Notice = Loading | Ready | Failed | Asked | Dropped | Settled | Opened | HistoryLost | Step


class Driver:
    """Runs a session's jobs on a thread of its own; ``tell`` is called there with every notice."""

    def __init__(self, *, session: Session, engine: Engine, tell: Callable[[Notice], None]) -> None:
        self._session = session
        self._engine = engine
        self._tell = tell
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._running = False
        self._stops = 0
        self._closed = False
        self._told_history = False
        # A daemon: quitting never waits for a model that is being read from a slow disk.
        self._thread = threading.Thread(target=self._run, name="engine-driver", daemon=True)
        self.restart()

    def begin(self) -> None:
        """Start the thread; loading the model is its first job, whatever was asked before."""
        self._thread.start()

    def restart(self) -> None:
        """Load the model, unless it is loaded."""
        self._jobs.put(self._load)

    def ask(self, question: str) -> None:
        """Answer a question when its turn comes; a ``stop`` before that drops it."""
        stops = self._stops
        self._jobs.put(lambda: self._ask(question, stops))

    def new(self) -> None:
        """Stop the answer and start an empty conversation."""
        self.stop()
        self._jobs.put(self._new)

    def resume(self, conversation: int) -> None:
        """Stop the answer and open a stored conversation."""
        self.stop()
        self._jobs.put(lambda: self._resume(conversation))

    def stop(self) -> None:
        """End the answer that is being given, at once, and drop the questions that wait."""
        self._stops += 1
        self._session.stop()

    def close(self, timeout_s: float = 2.0) -> None:
        """End the engine; waits for the thread at most ``timeout_s`` seconds."""
        if self._closed:
            return
        self._closed = True
        self._session.stop()
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s / 2)
        self._engine.close()
        if self._thread.is_alive():
            self._thread.join(timeout_s / 2)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if self._closed:
                return
            self._attempt(job)
            problem = self._session.history_problem
            if problem is not None and not self._told_history:
                self._told_history = True
                self._say(HistoryLost(problem))

    def _attempt(self, job: Callable[[], None]) -> None:
        try:
            job()
        except FieldkitError as error:
            self._running = self._running and not isinstance(error, EngineFailure)
            self._say(Failed(error, self._running))
        except Exception as error:  # noqa: BLE001 - a defect must be seen, not end this thread
            defect = FieldkitError(
                f"a defect of ours: {type(error).__name__}: {error}",
                hint="Please report it with this message.",
            )
            self._say(Failed(defect, self._running))

    def _say(self, notice: Notice) -> None:
        if not self._closed:
            self._tell(notice)

    def _load(self) -> None:
        if self._running:
            return
        self._say(Loading(0.0))
        for loading in self._engine.start():
            if self._closed:
                return
            self._say(loading)
        self._running = True
        self._say(Ready(self._engine.info))

    def _ask(self, question: str, stops: int) -> None:
        if stops != self._stops:
            self._say(Dropped(question))
        else:
            self._say(Asked(question))
            self._attempt(lambda: self._answer(question))
        self._say(Settled())

    def _answer(self, question: str) -> None:
        if not self._running:
            self._say(self._session.search(question))
            return
        for step in self._session.ask(question):
            self._say(step)

    def _new(self) -> None:
        self._session.new()
        self._say_opened()

    def _resume(self, conversation: int) -> None:
        try:
            self._session.resume(conversation)
        except KeyError:
            self._session.new()
        self._say_opened()

    def _say_opened(self) -> None:
        session = self._session
        self._say(
            Opened(
                conversation=session.conversation, title=session.title, turns=tuple(session.turns)
            )
        )
