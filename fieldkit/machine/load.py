"""Whether other programs use the processor now."""

from __future__ import annotations

import psutil

LOOK_S = 0.5


def busy_share(seconds: float = LOOK_S) -> float | None:
    """Return the share of all processors that was at work during ``seconds``; None if unknown."""
    try:
        return float(psutil.cpu_percent(seconds)) / 100
    except (psutil.Error, OSError, RuntimeError):
        return None
