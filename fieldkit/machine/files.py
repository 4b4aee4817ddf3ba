"""Small text files of the kernel (``/proc``, ``/sys``); None when they cannot be read."""

from __future__ import annotations

from pathlib import Path

LIMIT = 1 << 20


def read_text(path: Path) -> str | None:
    """Return the text of ``path``, at most 1 MiB and right-stripped; None if unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(LIMIT).decode("utf-8", "replace").rstrip()
    except OSError:
        return None


def read_number(path: Path) -> int | None:
    """Return the number in ``path``; None if unreadable or something else (``max``)."""
    text = read_text(path)
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None
