"""Writes a small text file so that a reader, or a power cut, finds the old one or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fieldkit.packager.cache import sync


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
