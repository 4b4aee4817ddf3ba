"""The one thread that talks to the engine, so that the screen never waits for it.

Jobs run in the order they are given: a conversation that is opened during an answer is opened after
it ended. The model loads on another thread: a question asked meanwhile is searched for at once, and
what the manuals say about it is shown; only the model's words wait.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from fieldkit.chat.context import Tuner
from fieldkit.chat.i18n import _
from fieldkit.chat.idle import Idle
from fieldkit.chat.loading import Loader
from fieldkit.chat.recovery import Restarts
from fieldkit.chat.session import Ended, Session, Step
from fieldkit.chat.store import HistoryUnusable, StoredTurn
from fieldkit.chat.thrift import Thrift
from fieldkit.core.generation import Engine, EngineInfo, Loading
from fieldkit.errors import EngineFailure, FieldkitError

_POLL_S = 0.02  # how late a stop is seen while a question waits for the model


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    info: EngineInfo


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong; ``running`` says whether the engine still answers.

    ``restarting``: it does not, but is being started again.
    """

    error: FieldkitError
    running: bool
    restarting: bool = False


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
    """The conversation on the screen is now this one.

    ``found`` is the id of the turn that was looked for, 0 where the end is to be shown.
    """

    conversation: int | None
    title: str
    turns: tuple[StoredTurn, ...]
    found: int = 0


@dataclass(frozen=True, slots=True)
class HistoryLost:
    """The history cannot be written any more; the conversation goes on in memory."""

    error: FieldkitError


@dataclass(frozen=True, slots=True)
class WordsOnly:
    """From now on pages are found by their words alone, not by what they mean."""

    error: FieldkitError


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the search for faster settings has to say; "": nothing any more."""

    text: str


Notice = (
    Loading
    | Ready
    | Failed
    | Asked
    | Dropped
    | Settled
    | Opened
    | HistoryLost
    | WordsOnly
    | Tuning
    | Step
)


class Driver:
    """Runs a session's jobs on a thread of its own; ``tell`` is called there with every notice.

    ``may_read`` says whether the engine may read ahead now; ``tuner`` runs while nothing is asked.
    """

    def __init__(
        self,
        *,
        session: Session,
        engine: Engine,
        tell: Callable[[Notice], None],
        may_read: Callable[[], bool] = lambda: True,
        tuner: Tuner | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._engine = engine
        self._tell = tell
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._running = False
        self._loader: Loader | None = None
        self._stops = 0
        self._closed = False
        self._told_history = False
        self._told_words_only = False
        self._clock = clock
        self._restarts = Restarts()
        self._restart_due = False
        self._typed = ("", False)
        self._looking = False
        self._idle = Idle(
            session,
            engine,
            may_read=may_read,
            tuner=tuner,
            tell=lambda text: self._say(Tuning(text)),
            clock=clock,
        )
        self._thrift = Thrift(session, engine, self._idle)
        # A daemon: quitting never waits for a model that is being read from a slow disk.
        self._thread = threading.Thread(target=self._run, name="engine-driver", daemon=True)
        self.restart()

    def begin(self) -> None:
        """Start the thread; loading the model is its first job, whatever was asked before."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the engine answers."""
        return self._running

    def restart(self) -> None:
        """Load the model, unless it is loaded."""
        self._jobs.put(self._load)

    def ask(self, question: str, *, again: bool = False) -> None:
        """Answer a question when its turn comes; a ``stop`` before that drops it.

        ``again``: its answer replaces the last question and answer.
        """
        stops = self._stops
        way = self._answer_again if again else self._answer
        self._jobs.put(lambda: self._ask(question, stops, way))

    def typed(self, text: str, *, again: bool = False) -> None:
        """Tell how much of the next question is typed; returns at once, whatever is running."""
        self._typed = (text, again)
        if not self._looking:
            self._looking = True
            self._jobs.put(self._look)

    @property
    def read_ahead(self) -> bool:
        """Whether the technician wants the engine to read while a question is typed."""
        return self._idle.enabled

    @read_ahead.setter
    def read_ahead(self, wanted: bool) -> None:
        self._idle.enabled = wanted
        self._jobs.put(self._begin_idle)

    def save_battery(self, wanted: bool) -> None:
        """Save the battery from the next answer on, or no more."""
        self._jobs.put(lambda: self._save_battery(wanted))

    def new(self) -> None:
        """Stop the answer and start an empty conversation."""
        self.stop()
        self._jobs.put(self._new)

    def resume(self, conversation: int, *, found: int = 0) -> None:
        """Stop the answer and open a stored conversation, at the turn ``found`` if there is one."""
        self.stop()
        self._jobs.put(lambda: self._open(self._session.resume, conversation, found))

    def delete(self) -> None:
        """Stop the answer, remove the conversation from the history and start an empty one."""
        self.stop()
        self._jobs.put(self._delete)

    def search(self, question: str) -> None:
        """Show what the manuals hold about ``question`` when its turn comes; needs no model."""
        stops = self._stops
        self._jobs.put(lambda: self._ask(question, stops, self._look_up))

    def branch(self, turn: int) -> None:
        """Stop the answer and go on in a copy of the conversation that ends with ``turn``."""
        self.stop()
        self._jobs.put(lambda: self._open(self._session.branch, turn))

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
        while (job := self._next()) is not None:
            if self._closed:
                break
            self._attempt(job)
            if self._restart_due:
                self._restart_due = False
                self._attempt(self._load)
            self._tell_losses()
        self._idle.stop()

    def _tell_losses(self) -> None:
        """Say once what goes on without a part of the assistant."""
        problem = self._session.history_problem
        if problem is not None and not self._told_history:
            self._told_history = True
            self._say(HistoryLost(problem))
        missing = self._session.evidence.words_only
        if missing is not None and not self._told_words_only:
            self._told_words_only = True
            self._say(WordsOnly(missing))

    def _next(self) -> Callable[[], None] | None:
        """The next job; while there is none, what can be done meanwhile."""
        try:
            return self._jobs.get(timeout=self._idle.wait())
        except queue.Empty:
            return self._idle.wake

    def _attempt(self, job: Callable[[], None]) -> None:
        try:
            job()
        except FieldkitError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - a defect must be seen, not end this thread
            defect = FieldkitError(
                _("a defect of ours: {error}").format(error=f"{type(error).__name__}: {error}"),
                hint=_("Please report it with this message."),
            )
            self._say(Failed(defect, self._running))

    def _fail(self, error: FieldkitError) -> None:
        died = self._running and isinstance(error, EngineFailure)
        if died:
            self._running = False
            self._idle.stop()
            self._restart_due = self._restarts.allowed(self._clock())
        self._say(Failed(error, self._running, restarting=died and self._restart_due))

    def _say(self, notice: Notice) -> None:
        if not self._closed:
            self._tell(notice)

    def _load(self) -> None:
        if self._running or self._loader is not None:
            return
        self._say(Loading(0.0))
        loader = self._loader = Loader(self._engine, self._say)
        loader.begin(lambda: self._jobs.put(lambda: self._loaded(loader)))

    def _loaded(self, loader: Loader) -> None:
        if self._loader is loader and not self._closed:
            self._take(loader)
            self._begin_idle()

    def _take(self, loader: Loader) -> None:
        """Take up the engine that ``loader`` has loaded; raises what loading it raised."""
        self._loader = None
        loader.check()
        self._running = True
        self._thrift.loaded()
        self._say(Ready(self._engine.info))

    def _ready(self, stops: int) -> None:
        """Wait until the engine is loaded, or until a stop; raises EngineFailure."""
        loader = self._loader
        while loader is not None and not loader.wait(_POLL_S):
            if stops != self._stops or self._closed:
                return
        if loader is not None:
            self._take(loader)

    def _save_battery(self, wanted: bool) -> None:
        if wanted != self._thrift.on:
            self._thrift.turn(wanted, running=self._running)
            if self._running:
                self._say(Ready(self._engine.info))
            self._begin_idle()

    def _look(self) -> None:
        self._looking = False
        if self._running:
            self._idle.typed(*self._typed)

    def _begin_idle(self) -> None:
        """Use the time when nothing else is to be done."""
        self._idle.renew()
        if self._running and self._jobs.empty():
            self._idle.begin()

    def _ask(self, question: str, stops: int, way: Callable[[str, int], None]) -> None:
        if stops != self._stops:
            self._say(Dropped(question))
        else:
            self._idle.stop()
            self._say(Asked(question))
            self._attempt(lambda: way(question, stops))
        self._say(Settled())
        self._begin_idle()

    def _answer(self, question: str, stops: int, *, again: bool = False) -> None:
        if self._running or self._loader is not None:
            ready = partial(self._ready, stops)
            self._say_all(self._session.ask(question, again=again, ready=ready))
        else:
            self._look_up(question, stops)

    def _answer_again(self, question: str, stops: int) -> None:
        if not self._running and self._loader is None and self._session.turns:
            self._say(Ended.of(self._session.turns[-1]))
        else:
            self._answer(question, stops, again=True)

    def _look_up(self, question: str, _stops: int) -> None:
        self._say_all(self._session.search(question))

    def _say_all(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._say(step)

    def _new(self) -> None:
        self._session.new()
        self._say_opened()

    def _delete(self) -> None:
        try:
            self._session.delete()
        except HistoryUnusable as error:
            self._fail(error)
        self._say_opened()

    def _open(self, way: Callable[[int], None], number: int, found: int = 0) -> None:
        try:
            way(number)
        except KeyError:
            self._session.new()
        except HistoryUnusable as error:
            self._fail(error)
        self._say_opened(found)

    def _say_opened(self, found: int = 0) -> None:
        session = self._session
        self._say(
            Opened(
                conversation=session.conversation,
                title=session.title,
                turns=tuple(session.turns),
                found=found,
            )
        )
        self._begin_idle()
