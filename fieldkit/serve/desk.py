"""One engine for all clients: requests wait in a line of bounded length and are answered in order.

The engine works on a thread of its own and never waits for a client: what it says is kept for the
one who asked, so a slow reader holds up nobody. A client that goes away takes its request along.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator

from fieldkit.core.generation import Engine
from fieldkit.errors import EngineFailure, FieldkitError
from fieldkit.serve.problem import BUSY, ApiProblem, unavailable

# What a job does on the engine's thread: says what it has to say, piece by piece.
Work = Callable[[], Iterator[object]]

_ABORT_EVERY_S = 0.02


class Job:
    """One request in the line; ``events`` are what its work says, an exception or None the last."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.events: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.left = threading.Event()
        self.ended = threading.Event()


class Desk:
    """Runs jobs one after the other on ``engine``, which is started again after it died."""

    def __init__(self, engine: Engine, *, waiting: int) -> None:
        self._engine = engine
        self._most = waiting
        self._line: deque[Job] = deque()
        self._changed = threading.Condition()
        self._current: Job | None = None
        self._running = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="engine-desk", daemon=True)

    def open(self) -> None:
        """Load the model, then take jobs; raises the FieldkitError of one that does not load."""
        self._start()
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether the engine answers nobody and nobody waits."""
        with self._changed:
            return self._current is None and not self._line

    def put(self, work: Work) -> Job:
        """Queue ``work``; raises ApiProblem (429) when too many wait already."""
        job = Job(work)
        with self._changed:
            if self._closed:
                raise unavailable("The assistant is being closed.")
            if len(self._line) >= self._most + (self._current is None):
                raise ApiProblem(
                    429,
                    f"The assistant answers one question at a time and {self._most} more wait.",
                    kind=BUSY,
                    code="rate_limit_exceeded",
                    headers={"retry-after": "5"},
                )
            self._line.append(job)
            self._changed.notify_all()
        return job

    def leave(self, job: Job) -> None:
        """Nobody waits for ``job`` any more: take it out of the line, or stop it; then return.

        What cannot be stopped is given some seconds; the engine's thread drops it by itself then.
        """
        job.left.set()
        with self._changed:
            if job in self._line:
                self._line.remove(job)
                job.ended.set()
        # Asked again until it has ended: the engine may only be about to begin with it.
        for _ in range(500):
            with self._changed:
                if self._current is job:
                    self._engine.abort()
            if job.ended.wait(_ABORT_EVERY_S):
                return

    def close(self) -> None:
        """Stop what runs, refuse what waits, end the engine; safe to call twice."""
        with self._changed:
            self._closed = True
            waiting, current = list(self._line), self._current
            self._line.clear()
            self._changed.notify_all()
        for job in waiting:
            _end(job, unavailable("The assistant is being closed."))
        if current is not None:
            self.leave(current)
        self._engine.close()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            last = self._answer(job)
            with self._changed:
                self._current = None
            _end(job, last)

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._line or self._closed)
            if self._closed:
                return None
            self._current = self._line.popleft()
            return self._current

    def _answer(self, job: Job) -> BaseException | None:
        """Do ``job``; what it ended with, if not well."""
        try:
            if not self._running:
                self._start()
            self._say(job)
        except EngineFailure as error:
            self._running = False
            return unavailable(_sentence(error))
        except FieldkitError as error:
            return error if self._running else unavailable(_sentence(error))
        except Exception as error:  # noqa: BLE001 - a defect must be told, not end this thread
            return error
        return None

    def _say(self, job: Job) -> None:
        if job.left.is_set():
            return
        steps = job.work()
        try:
            for step in steps:
                if job.left.is_set():
                    return
                job.events.put(step)
        finally:
            if hasattr(steps, "close"):
                steps.close()  # leaves a generation early, which stops it

    def _start(self) -> None:
        for _ in self._engine.start():
            pass
        self._running = True


def _end(job: Job, last: BaseException | None) -> None:
    job.ended.set()
    job.events.put(last)


def _sentence(error: FieldkitError) -> str:
    """What happened and what to do next, as one text."""
    message = error.message[:1].upper() + error.message[1:].rstrip(".")
    return f"{message}. {error.hint}".strip()
