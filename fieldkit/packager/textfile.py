"""Small files that others may have put there: read within bounds, written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from fieldkit.packager.cache import sync


def read(path: Path, *, most: int) -> bytes:
    """The content of a regular file of at most ``most`` bytes; OSError for anything else.

    A named pipe is not waited for, and a file of 100 GB is not read to find out what it holds.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no file", str(path))
        content = stream.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", str(path))
    return content


def write(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 aside, flush it and rename it to ``path``; OSError as it comes."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        aside.chmod(0o644)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)
