"""Ends the assistant when its terminal is gone.

Usually the system ends a program whose terminal was closed. Where that signal does not come, as in
a session without a controlling terminal, Textual (8.2.8) reads the end of the input over and over:
such a left-over took a third of a core, for as long as nobody noticed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EXIT_CODE = 129  # 128 + SIGHUP, what a shell reports of a program that this signal ended
_EVERY_S = 1.0


def _leave() -> None:
    """Nothing can be written any more, and threads that try would wait for ever."""
    os._exit(EXIT_CODE)


@contextmanager
def watched(
    terminal: int,
    close: Callable[[], None],
    *,
    leave: Callable[[], None] = _leave,
    every_s: float = _EVERY_S,
) -> Iterator[None]:
    """Call ``close`` and ``leave``, on another thread, once the file ``terminal`` is none any more.

    Does nothing where it was none to begin with.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every_s):
            if not os.isatty(terminal):
                close()
                leave()
                return

    if not os.isatty(terminal):
        yield
        return
    watcher = threading.Thread(target=watch, name="hangup", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
