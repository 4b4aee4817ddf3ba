"""Temporary folders beside a result, large enough to matter if they were left behind.

A folder is named by the process that works in it. Whatever ended that process, even the loss of
power, the next one that works in the same place removes it.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldkit.install.lock import started

_NAME = re.compile(r"^\.working-(\d+)-(\w*)-")


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """A new folder in ``parent`` (made if need be), gone when the block ends, however it ends."""
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
    prefix = f".working-{os.getpid()}-{started(os.getpid())}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _sweep(parent: Path) -> None:
    """Remove the folders of processes that are gone."""
    for path in parent.glob(".working-*"):
        found = _NAME.match(path.name)
        if found is not None and found[2] and started(int(found[1])) != found[2]:
            shutil.rmtree(path, ignore_errors=True)
