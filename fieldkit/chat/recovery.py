"""When an engine that died is started again without being asked."""

from __future__ import annotations

from collections import deque

MOST = 2
WITHIN_S = 300.0


class Restarts:
    """Allows ``MOST`` restarts in ``WITHIN_S`` seconds: what kills an engine may do so again."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=MOST)

    def allowed(self, now: float) -> bool:
        """Whether to restart at ``now`` (seconds on a monotonic clock); it then counts as done."""
        if len(self._moments) == MOST and now - self._moments[0] < WITHIN_S:
            return False
        self._moments.append(now)
        return True
