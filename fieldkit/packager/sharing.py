"""One file under two names without a second copy, where the file system can."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

_FICLONE = 0x40049409  # linux/fs.h, for x86 and ARM alike


def link(source: Path, target: Path) -> None:
    """Let ``target`` be ``source``: a hard link, shared blocks, or, where neither works, a copy.

    ``target`` must not exist. Neither may be written to afterwards.
    """
    try:
        os.link(source, target)
    except OSError:
        if not reflink(source, target):
            shutil.copyfile(source, target)


def reflink(source: Path, target: Path) -> bool:
    """Make ``target`` a copy that shares its blocks until one is written to; whether that worked.

    Btrfs, XFS and bcachefs can; nothing is left where it did not work.
    """
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        with source.open("rb") as read, target.open("xb") as written:
            fcntl.ioctl(written.fileno(), _FICLONE, read.fileno())
    except FileExistsError:
        raise
    except OSError:
        with contextlib.suppress(OSError):
            target.unlink()
        return False
    return True
