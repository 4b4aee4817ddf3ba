"""How many of the processor's cores are fast ones, where the machine tells them apart."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from fieldkit.machine.files import read_number, read_text

_CPUS = "sys/devices/system/cpu"


def performance_cores(root: Path = Path("/")) -> int | None:
    """Return the number of performance cores this process may run on, each counted once.

    None where all cores are alike, or nothing tells them apart; ``root`` is where ``sys`` is found.
    """
    if sys.platform == "linux":
        return _linux(root)
    if sys.platform == "darwin":
        return _mac()
    return None


def _linux(root: Path) -> int | None:
    hybrid = read_text(root / "sys/devices/cpu_core/cpus")  # Intel's processors with two kinds
    fast = _numbers(hybrid) if hybrid else _largest_capacity(root)
    affinity = getattr(os, "sched_getaffinity", None)
    allowed = fast & affinity(0) if affinity else fast
    return len({_siblings(root, number) for number in allowed}) or None


def _largest_capacity(root: Path) -> set[int]:
    """The processors with the largest ``cpu_capacity`` (Arm); none when all are alike."""
    capacities = {}
    for path in (root / _CPUS).glob("cpu[0-9]*/cpu_capacity"):
        number, capacity = path.parent.name.removeprefix("cpu"), read_number(path)
        if number.isdigit() and capacity is not None:
            capacities[int(number)] = capacity
    largest = max(capacities.values(), default=0)
    fast = {number for number, capacity in capacities.items() if capacity == largest}
    return fast if len(fast) < len(capacities) else set()


def _siblings(root: Path, number: int) -> frozenset[int]:
    """The logical processors of the core that ``number`` belongs to."""
    topology = root / _CPUS / f"cpu{number}" / "topology"
    listed = read_text(topology / "core_cpus_list") or read_text(topology / "thread_siblings_list")
    return frozenset(_numbers(listed or "")) or frozenset({number})


def _numbers(listed: str) -> set[int]:
    """The numbers of a list as the kernel writes it: ``0-3,8``; nothing for anything else."""
    try:
        return {number for part in listed.split(",") for number in _range(part)}
    except ValueError:
        return set()


def _range(part: str) -> Iterable[int]:
    first, _, last = part.strip().partition("-")
    return range(int(first), min(int(last or first), int(first) + 4096) + 1)


def _mac() -> int | None:
    """The cores of performance level 0, where there is more than one level."""
    levels, fast = _sysctl("hw.nperflevels"), _sysctl("hw.perflevel0.physicalcpu")
    return fast if levels and levels > 1 else None


def _sysctl(name: str) -> int | None:
    try:
        ask = ctypes.CDLL(None).sysctlbyname
    except (OSError, AttributeError, TypeError):
        return None
    value, size = ctypes.c_int32(0), ctypes.c_size_t(4)
    if ask(name.encode(), ctypes.byref(value), ctypes.byref(size), None, 0) or size.value != 4:
        return None
    return value.value or None
