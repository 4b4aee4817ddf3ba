"""How long and how often something that may pass is tried again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fieldkit.errors import FetchFailed
from fieldkit.packager.http import Broken

Tell = Callable[[str], None]

# What has to arrive between two failures for the second to be the first of a new row.
_PROGRESS = 1 << 20


class Stopped(Exception):
    """Somebody else ended the work."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """``attempts`` failures in a row are too many; between them the wait doubles.

    The wait begins at ``first_wait_s``, ends growing at ``longest_wait_s``, and is shortened by up
    to a half by chance, so that many clients do not come back all at once. A server may ask for up
    to ``longest_retry_after_s``. A connection that brings fewer than ``min_rate`` bytes a second
    over ``window_s`` seconds is given up and counts as a failure.
    """

    attempts: int = 6
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    longest_retry_after_s: float = 120.0
    window_s: float = 30.0
    min_rate: float = 1024.0

    def wait_s(self, failures: int, chance: float) -> float:
        """Seconds before the next try after ``failures`` in a row; ``chance`` is in [0, 1)."""
        wait = min(self.longest_wait_s, self.first_wait_s * 2.0 ** (failures - 1))
        return wait * (1 - chance / 2)


@dataclass(kw_only=True)
class Tries:
    """The tries of one connection. ``stop`` ends its waits."""

    patience: Patience
    stop: threading.Event = field(default_factory=threading.Event)
    tell: Tell | None = None
    failures: int = 0
    _since: int = field(default=0, init=False)
    _random: random.Random = field(default_factory=random.SystemRandom, init=False)

    def progressed(self, count: int) -> None:
        """``count`` bytes arrived; after enough of them failures begin a new row."""
        self._since += count
        if self._since >= _PROGRESS:
            self.failures = 0

    def failed(self, error: Broken) -> None:
        """Wait for the next try; raises ``error`` when there is none, Stopped when told to."""
        self._since = 0
        self.failures += 1
        if self.failures >= self.patience.attempts:
            raise error.becomes(
                f"{error.message} ({self.failures} times in a row)", hint=error.hint
            ) from error
        wait = self.patience.wait_s(self.failures, self._random.random())
        if error.retry_after_s is not None:
            if error.retry_after_s > self.patience.longest_retry_after_s:
                raise FetchFailed(
                    f"{error.message} and asks to wait {error.retry_after_s:,.0f} s",
                    hint="Run the same again after that.",
                ) from error
            wait = max(wait, error.retry_after_s)
        if self.tell is not None:
            self.tell(f"{error.message}; again in {wait:.1f} s")
        if self.stop.wait(wait):
            raise Stopped


class Pace:
    """Watches the rate of one connection, counting only the time spent waiting for bytes."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._waited = 0.0
        self._count = 0

    def read(self, source: Callable[[int], bytes], most: int) -> bytes:
        """Read from ``source``; raises Broken when it was too slow over the whole window."""
        began = time.monotonic()
        data = source(most)
        self._waited += time.monotonic() - began
        self._count += len(data)
        if self._waited >= self._patience.window_s:
            rate = self._count / self._waited
            if rate < self._patience.min_rate:
                raise Broken(
                    f"only {rate:,.0f} bytes a second came for {self._waited:.0f} s",
                    hint="The line or the source is too slow; run the same again at another time.",
                )
            self._waited, self._count = 0.0, 0
        return data
