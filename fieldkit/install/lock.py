"""Keeps two runs from changing one installation at the same time.

The lock is a folder that appears complete, by rename: it holds the owner's process id and start
time. ``install.sh`` follows the same protocol, so a script and this program exclude each other.
A lock whose owner is gone is taken over.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from fieldkit.errors import Busy


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold the lock at ``path`` (its parent exists); raises Busy when somebody else does."""
    mine = path.with_name(f"{path.name}-{os.getpid()}")
    shutil.rmtree(mine, ignore_errors=True)
    mine.mkdir()
    try:
        owner = f"{os.getpid()} {started(os.getpid())}"
        (mine / "owner").write_text(f"{owner}\n", encoding="ascii")
        _take(mine, path)
    finally:
        shutil.rmtree(mine, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _take(mine: Path, path: Path) -> None:
    if _place(mine, path):
        return
    owner = _owner(path)
    if _alive(owner):
        raise _busy(path, owner)
    # Its owner is gone. Whoever renames it away takes over; a fresh lock caught by that goes back.
    stale = path.with_name(f".stale-{os.getpid()}")
    with contextlib.suppress(OSError):
        path.rename(stale)
    if _owner(stale) != owner:
        _place(stale, path)
        raise _busy(path, owner)
    shutil.rmtree(stale, ignore_errors=True)
    if not _place(mine, path):
        raise _busy(path, _owner(path))


def _place(folder: Path, path: Path) -> bool:
    """Rename a folder to ``path``; fails where another, never empty, is there already."""
    try:
        folder.rename(path)
    except OSError:
        return False
    return True


def _owner(path: Path) -> str:
    try:
        return (path / "owner").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _alive(owner: str) -> bool:
    pid, _, since = owner.partition(" ")
    return pid.isdecimal() and bool(since) and started(int(pid)) == since


def started(pid: int) -> str:
    """When a process started, in units of its system; empty when it does not run.

    On Linux these are the clock ticks of ``/proc/PID/stat`` (field 22), which a script can read.
    """
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return stat.rpartition(")")[2].split()[19]
    try:
        return str(int(psutil.Process(pid).create_time()))
    except psutil.Error:
        return ""


def _busy(path: Path, owner: str) -> Busy:
    who = f" (process {owner.split()[0]})" if owner else ""
    return Busy(
        f"another run is changing {path.parent}{who}",
        hint="Wait until it has ended and run this again.",
    )
