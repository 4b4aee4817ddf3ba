"""Memory of this machine, and of the container it may be in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from fieldkit.machine.files import read_number, read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ram:
    """Bytes. ``total`` and ``available`` respect ``container_limit``, None outside a container.

    ``available`` is what programs can get without swapping.
    """

    total: int | None
    available: int | None
    swap_total: int | None
    container_limit: int | None


@dataclass(frozen=True, slots=True)
class _Group:
    """A control group's limit and what it can still take, in bytes."""

    limit: int
    left: int


def memory(root: Path = Path("/")) -> Ram:
    """Return the memory of this machine; ``root`` is where ``proc`` and ``sys`` are found."""
    system = psutil.virtual_memory()
    total, available = system.total, system.available
    groups = list(_groups(root)) if sys.platform == "linux" else []
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


def _groups(root: Path) -> Iterator[_Group]:
    """Every control group above this process that limits memory (versions 1 and 2)."""
    for line in (read_text(root / "proc/self/cgroup") or "").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            base, names = root / "sys/fs/cgroup", ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            base = root / "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        # In a container the path is often that of the host: its root then carries the limit.
        parts = [part for part in PurePosixPath(path).parts if part not in {"/", ".."}]
        for depth in range(len(parts), -1, -1):
            group = _group(base.joinpath(*parts[:depth]), *names)
            if group is not None:
                yield group


def _group(folder: Path, limit_name: str, usage_name: str) -> _Group | None:
    limit, usage = read_number(folder / limit_name), read_number(folder / usage_name)
    if limit is None or usage is None:
        return None
    # Cached file pages count as used, but are given back when memory is short.
    return _Group(limit, limit - usage + _reclaimable(folder))


def _reclaimable(folder: Path) -> int:
    for line in (read_text(folder / "memory.stat") or "").splitlines():
        key, _, value = line.partition(" ")
        if key in {"inactive_file", "total_inactive_file"} and value.isdigit():
            return int(value)
    return 0
