"""Writing so that a power cut leaves the old or the new content, never half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from fieldkit.errors import DiskFull, UsageProblem

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


def sync(path: Path) -> None:
    """Flush one file, or the names in one folder, to the disk."""
    if path.is_dir() and os.name != "posix":
        return  # Windows keeps a folder's names with its files
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, content: bytes, work: Path) -> None:
    """Replace a file's content in one step; it is written aside in the folder ``work``."""
    aside = work / path.name
    with aside.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    _replace(aside, path)


def link(path: Path, target: str, work: Path) -> None:
    """Replace the symbolic link at ``path`` in one step; it is made aside in ``work``."""
    aside = work / path.name
    aside.symlink_to(target)
    _replace(aside, path)


def _replace(aside: Path, path: Path) -> None:
    try:
        aside.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.move(aside, path)  # bin or share is another disk; it is not what must be in one step
    sync(path.parent)


def read_link(path: Path) -> str:
    """Where a symbolic link points; empty when it is none."""
    return path.readlink().as_posix() if path.is_symlink() else ""


def present(path: Path) -> bool:
    """Whether anything has this name, a dangling link included."""
    return path.is_symlink() or path.exists()


@contextlib.contextmanager
def explained(prefix: Path) -> Iterator[None]:
    """Turn a full or read-only disk below ``prefix`` into DiskFull or UsageProblem."""
    try:
        yield
    except OSError as error:
        where = error.filename or prefix
        if error.errno in _FULL:
            raise DiskFull(
                f"Unable to write {where}: the disk is full or a limit was reached",
                hint=f"Make room on the disk that holds {prefix} and run this again.",
            ) from error
        if error.errno in _REFUSED:
            raise UsageProblem(
                f"Unable to write {where}: {error.strerror}",
                hint="Choose another folder: --prefix DIR",
            ) from error
        raise
