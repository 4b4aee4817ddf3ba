"""Hands the newest of several things to a thread of its own, so that nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Latest(Generic[Item]):
    """Calls ``handle`` with the newest item put, in a thread; older ones not yet begun are dropped.

    ``handle`` must not raise. The thread starts with the first item and is a daemon.
    """

    def __init__(self, handle: Callable[[Item], None]) -> None:
        self._handle = handle
        self._changed = threading.Condition()
        self._handling = threading.Lock()
        self._item: Item | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, item: Item) -> None:
        """Have ``item`` handled soon; returns at once."""
        with self._changed:
            if self._closed:
                return
            self._item = item
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            self._changed.notify()

    def forget(self) -> None:
        """Drop what was put; afterwards nothing put before is being handled or will be."""
        with self._changed:
            self._item = None
        with self._handling:
            pass

    def close(self) -> None:
        """Drop what was put and end the thread; safe to call twice."""
        with self._changed:
            self._item, self._closed = None, True
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._item is not None or self._closed)
                if self._closed:
                    return
                item, self._item = self._item, None
                self._handling.acquire()
            try:
                if item is not None:
                    self._handle(item)
            finally:
                self._handling.release()
