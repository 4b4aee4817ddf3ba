"""Looks for garbage while nobody waits.

Among the widgets of a long conversation that took 140 to 180 ms, which a key had to wait for.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

_QUIET_S = 2.0  # without a key and without a word of an answer
_WORTH = 20  # collections of what is young; each leaves things that only a full one looks at
_AT_MOST = 400  # the same, where nobody ever rests: memory has to stay bounded


def spare_collections() -> None:
    """From now on look for garbage among what is new; everything so far stays until the end."""
    gc.freeze()
    gc.set_threshold(1000, 10, _AT_MOST)
    gc.enable()  # off while everything was imported


class Rest:
    """Knows when something was going on last; ``tick`` is called every second or so."""

    def __init__(
        self,
        *,
        pending: Callable[[], int] = lambda: gc.get_count()[2],
        collect: Callable[[], object] = gc.collect,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pending = pending
        self._collect = collect
        self._clock = clock
        self._busy_at = clock()

    def busy(self) -> None:
        """Something is going on; from any thread."""
        self._busy_at = self._clock()

    def tick(self) -> None:
        """Collect if it is worth it and nobody waits."""
        if self._pending() >= _WORTH and self._clock() - self._busy_at >= _QUIET_S:
            self._collect()
