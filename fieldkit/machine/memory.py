"""Memory of this machine, and of the container it may be in."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from fieldkit.core.container import memory_groups
from fieldkit.machine.files import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ram:
    """Bytes. ``total`` and ``available`` respect ``container_limit``, None outside a container.

    ``available`` is what programs can get without swapping.
    """

    total: int | None
    available: int | None
    swap_total: int | None
    container_limit: int | None


def memory(root: Path = Path("/")) -> Ram:
    """Return the memory of this machine; ``root`` is where ``proc`` and ``sys`` are found."""
    system = psutil.virtual_memory()
    total, available = system.total, system.available
    groups = (
        list(memory_groups(lambda path: read_text(root / path))) if sys.platform == "linux" else []
    )
    limits = [group.limit for group in groups if group.limit < total]
    return Ram(
        total=min([total, *limits]),
        available=max(0, min([available, *(group.left for group in groups)])),
        swap_total=_swap(),
        container_limit=min(limits, default=None),
    )


def _swap() -> int | None:
    try:
        return int(psutil.swap_memory().total)
    except (OSError, RuntimeError):
        return None
