"""Tokens on their way from the driver's thread to the screen, joined while the screen is busy."""

from __future__ import annotations

import threading


class Batch:
    """Pieces of one answer; grows until the screen takes it."""

    def __init__(self, text: str) -> None:
        self._lock = threading.Lock()
        self._pieces = [text]
        self._taken = False

    def add(self, text: str) -> bool:
        """Add a piece; False when the screen took the batch already and a new one is needed."""
        with self._lock:
            if not self._taken:
                self._pieces.append(text)
            return not self._taken

    def take(self) -> str:
        """Return everything in it, once; from now on ``add`` returns False."""
        with self._lock:
            self._taken = True
            text, self._pieces = "".join(self._pieces), []
            return text
