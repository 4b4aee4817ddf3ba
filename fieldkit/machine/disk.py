"""Free space on the disk that holds a folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """Bytes on the file system of ``path``; ``free`` is what this user may still write."""

    path: str
    total: int | None
    free: int | None


def disk(path: Path) -> Disk:
    """Return the space at ``path``, or at its nearest parent that exists."""
    folder = path.absolute()
    for place in (folder, *folder.parents):
        try:
            usage = shutil.disk_usage(place)
        except OSError:
            continue
        return Disk(path=str(place), total=usage.total, free=usage.free)
    return Disk(path=str(folder), total=None, free=None)
