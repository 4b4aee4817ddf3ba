"""Deletes what must not be read again: overwritten first, then taken away.

What a journaling file system or an SSD keeps of it besides is out of a program's reach.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def take_away(paths: Iterable[Path]) -> None:
    """Overwrite and remove files, and folders with what is in them; links are only removed."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            for folder, _, names in os.walk(path):
                for name in names:
                    overwrite(Path(folder, name))
            shutil.rmtree(path)
        else:
            overwrite(path)
            path.unlink(missing_ok=True)


def overwrite(path: Path) -> None:
    """Write zeros over the content of the file at ``path``, if it is one and has no other name."""
    if path.is_symlink() or not path.is_file() or path.stat().st_nlink > 1:
        return
    left = path.stat().st_size
    with path.open("r+b") as file:
        while left > 0:
            left -= file.write(bytes(min(left, 1 << 20)))
        file.flush()
        os.fsync(file.fileno())
