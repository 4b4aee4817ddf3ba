"""Copying and pasting beside the screen: one thread of its own, so that no key ever waits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from fieldkit.chat.context import Clipboard
from fieldkit.core.text import clean


class Clips:
    """Copies to and pastes from ``clipboard``, in the order asked; None: there is no clipboard.

    ``then`` is called on another thread, or at once where there is no clipboard.
    """

    def __init__(self, clipboard: Clipboard | None) -> None:
        self._clipboard = clipboard
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def copy(self, text: str, then: Callable[[bool], None]) -> None:
        """Copy ``text``, sanitized; ``then`` gets whether the system's clipboard holds it."""
        if (clipboard := self._clipboard) is None:
            then(False)
        else:
            self._put(lambda: then(clipboard.copy(clean(text))))

    def paste(self, then: Callable[[str], None]) -> None:
        """``then`` gets what the clipboard holds, sanitized; "" for nothing."""
        if (clipboard := self._clipboard) is None:
            then("")
        else:
            self._put(lambda: then(pasted(clipboard.paste() or "")))

    def _put(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        if self._thread is None:
            # A daemon: quitting does not wait for a clipboard that does not answer.
            self._thread = threading.Thread(target=self._run, name="clipboard", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._jobs.get()()


def pasted(text: str) -> str:
    """``text`` from outside as it may stand in the input: sanitized, with newlines alone."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))
