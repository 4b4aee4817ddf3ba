"""Vectors of own documents, made while nobody asks, so that they are found by what they mean."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Self

from fieldkit.chat.context import Embedder, Tuner
from fieldkit.errors import FieldkitError
from fieldkit.library import own_catalog
from fieldkit.library.shelf import Shelf

_BREATH = 0.5  # of the time that passages take, the processor is left alone: laptops stay cool
_PATIENCE_S = 0.25  # how long ``close`` waits for what is being written


class Learning:
    """Implements the chat's ``Tuner``: ``start`` when idle, ``stop`` with the first key.

    Own documents come first, then the tuner that ``before`` named. ``may`` says whether the
    machine's power lets it work now. Nothing is reported: until the vectors are there and whole,
    documents are found by their words.
    """

    def __init__(
        self, shelf: Shelf, embedder: Embedder | None, *, may: Callable[[], bool] = lambda: True
    ) -> None:
        self._shelf = shelf
        self._may = may
        self._embedder = embedder
        self._next: Tuner | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._settled: bytes | None = None  # the catalog's stamp when all was made, or could not be

    def before(self, tuner: Tuner | None) -> Self:
        """Itself, which lets ``tuner`` work when there is nothing more to do."""
        self._next = tuner
        return self

    def start(self, tell: Callable[[str], None]) -> None:
        """Begin, or go on after ``stop``; does nothing more while it runs."""
        if self._thread is not None and self._thread.is_alive():
            return
        if not self._due():
            if self._next is not None:
                self._next.start(tell)
            return
        self._stopping = threading.Event()
        # A daemon: quitting does not wait for it, and a file is there whole or not at all.
        self._thread = threading.Thread(
            target=self._run, args=(self._stopping,), name="learning", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Leave the processor after the passages that are being read; returns at once."""
        self._stopping.set()
        if self._next is not None:
            self._next.stop()

    def close(self) -> None:
        """End it for good, before the embedder and the library are closed."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)

    def _due(self) -> bool:
        if self._embedder is None:
            return False
        own = self._shelf.own_meanings
        if own is None or not self._may():
            return False
        stamp = own_catalog.stamp(own.folder)
        return bool(stamp) and stamp != self._settled

    def _run(self, stopping: threading.Event) -> None:
        own, embedder = self._shelf.own_meanings, self._embedder
        if own is None or embedder is None:
            return
        stamp = own_catalog.stamp(own.folder)
        since = time.monotonic()

        def going(_done: int, _all: int) -> bool:
            nonlocal since
            stopping.wait((time.monotonic() - since) * _BREATH)
            since = time.monotonic()
            return not stopping.is_set()

        try:
            if own.make(embedder.passages, going):
                self._settled = stamp
        except (FieldkitError, OSError):
            self._settled = stamp  # the next start of the assistant tries again
