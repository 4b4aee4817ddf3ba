"""How long the prompt will still be read, from what was read so far."""

from __future__ import annotations

import time
from collections.abc import Callable

from fieldkit.core.generation import Prefill


class PromptReading:
    """Times the reading of one prompt after the other.

    What a prompt begins with may be reused and costs nothing, so only what is read between two
    notices counts. Until there are two, the rate of the prompt before is the best guess.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._rate = 0.0  # tokens/s

    def begin(self) -> None:
        """Expect another prompt."""
        self._first = None

    def left_s(self, progress: Prefill) -> float | None:
        """Seconds until the prompt is read; None while nothing tells."""
        now = self._clock()
        if self._first is None:
            self._first = (now, progress.done)
        began, done = self._first
        if now > began and progress.done > done:
            self._rate = (progress.done - done) / (now - began)
        return (progress.total - progress.done) / self._rate if self._rate else None
