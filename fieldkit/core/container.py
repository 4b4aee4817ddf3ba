"""Memory limits of the control groups (containers) a Linux process is in, versions 1 and 2.

Nothing is read here: ``read`` gives the text of a file by its path below the root, None if it
cannot be read. What measures a machine and what loads a model both need the answer, and neither
imports the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

Read = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class MemoryGroup:
    """A control group's limit and what it can still take, in bytes."""

    limit: int
    left: int


def memory_groups(read: Read) -> Iterator[MemoryGroup]:
    """Every control group above this process that limits memory."""
    for line in (read("proc/self/cgroup") or "").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if number == "0" and not controllers:
            base, names = "sys/fs/cgroup", ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            base = "sys/fs/cgroup/memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        # In a container the path is often that of the host: its root then carries the limit.
        parts = [part for part in PurePosixPath(path).parts if part not in {"/", ".."}]
        for depth in range(len(parts), -1, -1):
            group = _group(read, "/".join([base, *parts[:depth]]), *names)
            if group is not None:
                yield group


def _group(read: Read, folder: str, limit_name: str, usage_name: str) -> MemoryGroup | None:
    limit, usage = (_number(read(f"{folder}/{name}")) for name in (limit_name, usage_name))
    if limit is None or usage is None:
        return None
    # Cached file pages count as used, but are given back when memory is short.
    return MemoryGroup(limit, limit - usage + _reclaimable(read(f"{folder}/memory.stat")))


def _number(text: str | None) -> int | None:
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None  # "max": no limit


def _reclaimable(text: str | None) -> int:
    """Bytes of cached file pages, used lately or not; version 1 counts groups below apart."""
    counts: dict[str, int] = {}
    for line in (text or "").splitlines():
        key, _, value = line.partition(" ")
        if value.isdigit():
            counts[key] = int(value)
    kinds = ("active_file", "inactive_file")
    return sum(counts.get(f"total_{kind}", counts.get(kind, 0)) for kind in kinds)
