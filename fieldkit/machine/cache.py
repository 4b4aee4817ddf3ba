"""The processor's last-level cache: what is larger than it comes from memory every time."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from fieldkit.machine.files import read_text

_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def last_level_cache(root: Path = Path("/")) -> int | None:
    """Bytes of the largest cache of the first core, as Linux tells it; None where unknown.

    Cores beyond the first may have caches of their own besides (AMD's core complexes), but what one
    core streams goes through this one. ``root`` is where ``sys`` is found.
    """
    if sys.platform != "linux":
        return None
    folder = root / "sys/devices/system/cpu/cpu0/cache"
    sizes = [_size(read_text(path) or "") for path in sorted(folder.glob("index*/size"))]
    return max((size for size in sizes if size), default=None)


def _size(text: str) -> int | None:
    match = re.fullmatch(r"\s*(\d+)([KMG]?)\s*", text)
    return int(match[1]) * _UNITS.get(match[2], 1) if match else None
