"""Which request the worker answers next, and who may stop it.

Two threads share this: the reader, which takes requests as they arrive, and the worker's main
thread, which answers them. Everything they share changes under one lock, and the flag that stops
llama.cpp is set and cleared only under it: it is cleared when a job begins and set only for the job
that is current, so an abort can neither hit another request nor stay behind for the next one.

Reading ahead is a job of its own kind. There is at most one, the newest; it runs when nothing else
waits and yields to whatever arrives.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fieldkit.engine.prefix import common_prefix


class Stoppable(Protocol):
    """What runs a job: ``arm`` forgets earlier aborts, ``abort`` stops it from any thread."""

    def arm(self) -> None:
        """Forget earlier aborts."""
        ...

    def abort(self) -> None:
        """Stop what runs, at once."""
        ...


@dataclass(eq=False)
class Job:
    """One request; ``tokens`` is its prompt where the reader knew the vocabulary.

    For reading ahead ``tokens`` is the target, which may be exchanged while it is read; ``taken``
    of them are in the cache or being decoded. ``over`` says that no more of them may be, and
    ``finished`` that all of them are.
    """

    request: dict[str, Any]
    tokens: Sequence[int] | None = None
    cancelled: bool = False
    over: bool = field(default=False, init=False)
    finished: bool = field(default=False, init=False)
    taken: int = field(default=0, init=False)

    @property
    def number(self) -> int:
        """The request's id."""
        return int(self.request["id"])

    @property
    def ahead(self) -> bool:
        """Whether this only reads ahead."""
        return bool(self.request["op"] == "prepare")

    def serves(self, tokens: Sequence[int] | None) -> bool:
        """Whether what is being read is the beginning of ``tokens``, so that it is no waste."""
        if tokens is None or self.tokens is None:
            return False
        return list(self.tokens[: self.taken]) == list(tokens[: self.taken])


class Schedule:
    """The jobs that wait and the one that runs; see the module for what is guaranteed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._next_ahead: Job | None = None
        self._current: Job | None = None
        self._ended = False
        self._engine: Stoppable | None = None

    def attach(self, engine: Stoppable) -> None:
        """Let aborts stop ``engine`` from now on, the current job's too if it was aborted."""
        with self._changed:
            self._engine = engine
            if self._current is not None and self._current.cancelled:
                engine.abort()

    def add(self, job: Job) -> None:
        """Take a request; what is read ahead ends, at once where that is of no use to it."""
        with self._changed:
            self._next_ahead = None
            self._waiting.append(job)
            running = self._reading_ahead()
            if running is not None and not running.over:
                self._end(running, at_once=not running.serves(job.tokens))
            self._changed.notify()

    def add_ahead(self, job: Job) -> None:
        """Read ``job.tokens`` ahead when nothing else is to be done; the newest replaces older."""
        with self._changed:
            if self._waiting:
                return
            running = self._reading_ahead()
            if running is not None and not running.over:
                if running.serves(job.tokens):
                    running.request, running.tokens = job.request, job.tokens
                    return
                self._end(running, at_once=True)
            self._next_ahead = job
            self._changed.notify()

    def abort(self, number: int) -> None:
        """Stop request ``number`` if it runs or waits, and whatever is read ahead."""
        with self._changed:
            self._next_ahead = None
            running = self._reading_ahead()
            if running is not None:
                self._end(running, at_once=True)
            for job in (self._current, *self._waiting):
                if job is not None and job.number == number:
                    job.cancelled = True
                    if job is self._current:
                        self._stop()

    def end(self) -> bool:
        """Take no more requests; returns whether one still runs or waits."""
        with self._changed:
            self._ended = True
            self._next_ahead = None
            running = self._reading_ahead()
            if running is not None:
                self._end(running, at_once=True)
            self._changed.notify()
            return bool(self._waiting) or (self._current is not None and running is None)

    def next(self) -> Job | None:
        """Wait for a job and begin it, the one before being done; None at the end."""
        with self._changed:
            self._current = None
            self._changed.wait_for(lambda: self._waiting or self._next_ahead or self._ended)
            if self._waiting:
                job = self._waiting.popleft()
            elif self._next_ahead is not None and not self._ended:
                job, self._next_ahead = self._next_ahead, None
            else:
                return None
            self._current = job
            if self._engine is not None:
                self._engine.arm()
            if job.cancelled:
                self._stop()
            return job

    def answered(self) -> None:
        """The current job has told its last event: nobody waits for it any more."""
        with self._changed:
            self._current = None

    def take(
        self, job: Job, held: Sequence[int], *, limit: int, size: int
    ) -> tuple[int, Sequence[int]] | None:
        """The next tokens to read ahead for ``job`` when the cache holds ``held``; None at its end.

        Returns how many of ``held`` stay, and at most ``size`` tokens that follow them, none beyond
        ``limit``.
        """
        with self._changed:
            if job.over:
                return None
            target = (job.tokens or ())[:limit]
            keep = common_prefix(held, target)
            chunk = target[keep : keep + size]
            if not chunk:
                job.over = job.finished = True
                return None
            job.taken = keep + len(chunk)
            return keep, chunk

    def _reading_ahead(self) -> Job | None:
        """The current job if it reads ahead."""
        job = self._current
        return job if job is not None and job.ahead else None

    def _end(self, job: Job, *, at_once: bool) -> None:
        job.over = True
        if at_once:
            self._stop()

    def _stop(self) -> None:
        if self._engine is not None:
            self._engine.abort()
