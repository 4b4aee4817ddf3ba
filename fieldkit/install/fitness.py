"""Whether a release can be installed here: system, C library, memory, disk."""

from __future__ import annotations

import os
import platform
import shutil
import sys

import psutil

from fieldkit.core.release import Release
from fieldkit.errors import DiskFull, Unfit
from fieldkit.install.layout import Layout

_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_SLACK_BYTES = 16 << 20
_BYTES_A_FILE = 4096
_MIB = 1 << 20


def check_machine(release: Release) -> None:
    """Raise Unfit when the release is for another system or needs more than this machine has."""
    here = f"{_SYSTEMS.get(sys.platform, sys.platform)}/{platform.machine()}"
    wanted = f"{release.platform.os}/{release.platform.machine}"
    if here != wanted:
        raise Unfit(
            f"This machine is {here}; the release is for {wanted}.",
            hint="Use the release for this machine.",
        )
    if release.platform.glibc:
        _check_glibc(release.platform.glibc)
    total = psutil.virtual_memory().total
    if total < release.memory_bytes:
        raise Unfit(
            f"This machine has {total // _MIB} MiB of memory; the assistant needs "
            f"{release.memory_bytes // _MIB} MiB.",
            hint="Use a machine with more memory, or a release with a smaller model.",
        )


def _check_glibc(needed: str) -> None:
    try:
        have = (os.confstr("CS_GNU_LIBC_VERSION") or "").removeprefix("glibc ")
        old = _numbers(have) < _numbers(needed)
    except (ValueError, OSError, AttributeError):
        return  # not told: the self-test decides
    if old:
        raise Unfit(
            f"This system's C library is glibc {have}; the assistant needs {needed} or newer.",
            hint="Install it on a newer system, or have it built on an older one.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def check_space(release: Release, layout: Layout, *, with_model: bool) -> None:
    """Raise DiskFull when what is to be copied does not fit beside what is installed."""
    need = sum(file.size for file in release.version_files)
    need += len(release.version_files) * _BYTES_A_FILE + _SLACK_BYTES
    need += release.model.size if with_model else 0
    free = shutil.disk_usage(layout.root).free
    if free < need:
        raise DiskFull(
            f"Not enough disk: {need // _MIB} MiB are needed, {free // _MIB} MiB are free.",
            hint=f"Make room on the disk that holds {layout.prefix}, or choose another --prefix.",
        )
