"""Tunes while nobody needs the processor, and gets out of the way at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fieldkit.core.tuning import Outcome
from fieldkit.errors import FieldkitError
from fieldkit.probe.tune import Tuning
from fieldkit.probe.workbench import Stopped

RUNNING = "Tuning the engine for this machine while you are idle"
_PATIENCE_S = 0.25  # how long ``stop`` waits for the thread, whose workers are killed by then
_AGAIN_S = 0.02

Tell = Callable[[str], None]


class BackgroundTuner:
    """Implements the chat's ``Tuner``: ``start`` when idle, ``stop`` with the first key.

    ``find`` returns what there is to tune, None for nothing; it is called in the thread that tunes,
    and raises Stopped when this is not the time.
    What goes wrong is not told: the default settings go on working, and the next start of the
    assistant tries again.
    """

    def __init__(self, find: Callable[[], Tuning | None]) -> None:
        self._find = find
        self._thread: threading.Thread | None = None
        self._tuning: Tuning | None = None
        self._stopping = threading.Event()
        self._finished = False

    def start(self, tell: Tell) -> None:
        """Begin, or go on after ``stop``; does nothing when it runs or has finished."""
        if self._finished or (self._thread is not None and self._thread.is_alive()):
            return
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(tell, self._stopping), name="tuner", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the worker processes at once; does nothing when none run."""
        self._stopping.set()
        thread, deadline = self._thread, time.monotonic() + _PATIENCE_S
        while thread is not None and thread.is_alive() and time.monotonic() < deadline:
            if tuning := self._tuning:  # again: a worker may just have been starting
                tuning.stop()
            thread.join(_AGAIN_S)

    def _run(self, tell: Tell, stopping: threading.Event) -> None:
        try:
            self._tuning = tuning = self._find()
            if tuning is None:
                self._finished = True
                return
            if stopping.is_set():
                return
            tell(RUNNING)
            outcome = tuning.run()
        except Stopped:
            return
        except (FieldkitError, OSError):
            self._finished = True
            told = ""
        else:
            self._finished = True
            told = result(outcome)
        finally:
            self._tuning = None
        if not stopping.is_set():
            tell(told)


def result(outcome: Outcome) -> str:
    """What was found, for a status line; "" when there was no time to compare anything."""
    if not outcome.trials:
        return ""
    if outcome.settings == outcome.defaults:
        return "Tuned: the usual settings are the best ones here"
    return f"Tuned: answers come {outcome.gain * 100:.0f} % sooner from the next start on"
