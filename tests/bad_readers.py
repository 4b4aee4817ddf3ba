"""Readers that do to their process what hostile files may do; importable in a child process."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from fieldkit.library.documents import Document, read


def misbehaving(path: Path) -> Document:
    """Read ``path``, or crash or hang where its name says so."""
    if "crash" in path.name:
        os._exit(139)
    if "hang" in path.name:
        threading.Event().wait()
    return read(path)
