"""Memory of a running process, split the way it matters for a mapped or copied model."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil

from fieldkit.core.measurement import Memory
from fieldkit.machine.files import read_text


def process_memory(pid: int, root: Path = Path("/")) -> Memory:
    """Return the memory of the process ``pid``; every figure is None when it cannot be read.

    On Linux exact, from ``status`` and ``smaps_rollup``. Elsewhere ``anonymous`` is the memory
    unique to the process (macOS) or its private working set (Windows), and the rest is unknown.
    """
    if sys.platform == "linux":
        return _linux(root / "proc" / str(pid))
    return _portable(pid)


def _linux(folder: Path) -> Memory:
    status = _kilobytes(read_text(folder / "status"))
    rollup = _kilobytes(read_text(folder / "smaps_rollup"))
    return Memory(
        anonymous=status.get("RssAnon"),
        file=status.get("RssFile"),
        proportional=rollup.get("Pss"),
        high_water=status.get("VmHWM"),
    )


def _kilobytes(text: str | None) -> dict[str, int]:
    """Lines ``Key:  123 kB`` as bytes by key."""
    values = {}
    for line in (text or "").splitlines():
        key, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[1] == "kB" and words[0].isdigit():
            values[key] = int(words[0]) * 1024
    return values


def _portable(pid: int) -> Memory:
    try:
        info = psutil.Process(pid).memory_full_info()
    except (psutil.Error, OSError):
        return Memory()
    return Memory(
        anonymous=getattr(info, "uss", None),
        high_water=getattr(info, "peak_wset", None),
    )
