"""A fact that takes time to find out, found out now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Calls ``read`` at most once in ``seconds``, whoever asks; may be called from any thread."""

    def __init__(
        self, read: Callable[[], T], seconds: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, T] | None = None

    def __call__(self) -> T:
        """The fact, at most ``seconds`` old."""
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known[0] >= self._seconds:
                self._known = (now, self._read())
            return self._known[1]
