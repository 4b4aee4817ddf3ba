"""Fast and slow cores, as the kernel tells them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from fieldkit.machine.cores import performance_cores

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads sysfs")

CPUS = "sys/devices/system/cpu"


@pytest.fixture(autouse=True)
def _sixteen_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(16)))


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_threads_of_one_performance_core_count_once(tmp_path: Path) -> None:
    put(tmp_path, "sys/devices/cpu_core/cpus", "0-7\n")
    put(tmp_path, "sys/devices/cpu_atom/cpus", "8-15\n")
    for number in range(16):
        pair = f"{number & ~1}-{number | 1}" if number < 8 else f"{number}"
        put(tmp_path, f"{CPUS}/cpu{number}/topology/core_cpus_list", pair)
    assert performance_cores(tmp_path) == 4


def test_only_cores_this_process_may_use_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "sys/devices/cpu_core/cpus", "0-7")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 5, 12})
    assert performance_cores(tmp_path) == 2
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {12, 13})
    assert performance_cores(tmp_path) is None


def test_capacity_tells_large_cores_from_small_ones(tmp_path: Path) -> None:
    for number in range(8):
        capacity = 1024 if number < 2 else 400
        put(tmp_path, f"{CPUS}/cpu{number}/cpu_capacity", f"{capacity}\n")
    assert performance_cores(tmp_path) == 2


def test_cores_that_are_all_alike_are_not_told_apart(tmp_path: Path) -> None:
    assert performance_cores(tmp_path) is None
    for number in range(4):
        put(tmp_path, f"{CPUS}/cpu{number}/cpu_capacity", "1024")
    assert performance_cores(tmp_path) is None


@pytest.mark.parametrize("text", ["x", "3-", "1,,2", "-4"])
def test_what_the_kernel_would_not_write_is_nothing(text: str, tmp_path: Path) -> None:
    put(tmp_path, "sys/devices/cpu_core/cpus", text)
    assert performance_cores(tmp_path) in {None, 1}
