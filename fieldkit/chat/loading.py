"""Loads the model on a thread of its own, so that the manuals can be searched meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from fieldkit.core.generation import Engine, Loading


class Loader:
    """Loads ``engine`` once; ``tell`` is called on its thread with the progress."""

    def __init__(self, engine: Engine, tell: Callable[[Loading], None]) -> None:
        self._engine = engine
        self._tell = tell
        self._error: BaseException | None = None
        self._done = threading.Event()

    def begin(self, done: Callable[[], None]) -> None:
        """Begin; ``done`` is called on that thread at the end, whatever came of it."""
        # A daemon: quitting never waits for a model that is being read from a slow disk.
        threading.Thread(target=self._run, args=(done,), name="engine-loader", daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """Wait at most so long; returns whether the end is reached."""
        return self._done.wait(timeout_s)

    def check(self) -> None:
        """Raise what loading raised, after the end."""
        if self._error is not None:
            raise self._error

    def _run(self, done: Callable[[], None]) -> None:
        try:
            for loading in self._engine.start():
                self._tell(loading)
        except BaseException as error:  # noqa: BLE001 - raised where it is asked for
            self._error = error
        self._done.set()
        done()
