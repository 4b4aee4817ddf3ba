"""A file that nobody needs again gives its room back while it is read.

A converted model, the weights it came from and the INT4 file that is made of it would stand on the
disk all three. So the converted one is freed tensor by tensor as the quantizer is done with them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldkit.core.gguf_types import Tensor
from fieldkit.engine.header import read_header

_KEEP_SIZE, _PUNCH_HOLE = 0x01, 0x02  # linux/falloc.h


class Spending:
    """A GGUF that is read once: ``done`` frees the room of a tensor. Its header stays.

    ``frees`` says whether this file system can; where it cannot, nothing is freed and nothing lost.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frees = can_free(path.parent)
        self.begun = False
        self._tensors: dict[str, Tensor] = {one.name: one for one in read_header(path).tensors}

    def done(self, name: str) -> None:
        """The tensor ``name`` was read for the last time."""
        tensor = self._tensors.get(name)
        if tensor is not None and self.frees:
            self.begun = True
            handle = os.open(self.path, os.O_RDWR)
            try:
                _punch(handle, tensor.offset, tensor.size)
            finally:
                os.close(handle)


@contextmanager
def spent(path: Path) -> Iterator[Spending]:
    """Give up ``path``: it is gone afterwards, and has another name from the beginning.

    So a process killed meanwhile leaves no damaged file under its name. When the block fails before
    anything was freed, the file is back.
    """
    aside = leftover(path)
    path.replace(aside)
    spending: Spending | None = None
    try:
        spending = Spending(aside)
        yield spending
    except BaseException:
        if spending is None or not spending.begun:
            aside.replace(path)
        raise
    finally:
        aside.unlink(missing_ok=True)


def leftover(path: Path) -> Path:
    """Where ``path`` is while it is given up; a killed process leaves it there."""
    return path.with_name(f".spent-{path.name}")


def can_free(folder: Path) -> bool:
    """Whether the file system of ``folder`` can free a part of a file."""
    with contextlib.suppress(OSError), tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(1 << 16))
        file.flush()
        return _punch(file.fileno(), 0, 1 << 16)
    return False


def _punch(handle: int, offset: int, size: int) -> bool:
    """Free bytes of an open file, which then read as zeros; False where that cannot be done."""
    if sys.platform != "linux":
        return False
    fallocate = getattr(ctypes.CDLL(None, use_errno=True), "fallocate64", None)
    if fallocate is None:
        return False
    where, count = ctypes.c_int64(offset), ctypes.c_int64(size)
    status: int = fallocate(handle, _PUNCH_HOLE | _KEEP_SIZE, where, count)
    return status == 0
