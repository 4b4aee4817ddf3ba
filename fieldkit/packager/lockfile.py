"""Reads a lock from a file that somebody else may have written: beside a profile, on a stick."""

from __future__ import annotations

from pathlib import Path

from fieldkit.core.lock import Lock, parse
from fieldkit.errors import InvalidInput
from fieldkit.packager import textfile

_MOST_BYTES = 16 << 20  # the largest repositories of models need about 100 kB


def read(path: Path) -> Lock | None:
    """The lock in the file ``path``, None when there is none; InvalidInput if broken."""
    try:
        text = textfile.read(path, most=_MOST_BYTES).decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        what = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InvalidInput(
            f"{path}: cannot be read: {what}", hint="Restore it from version control."
        ) from error
    return parse(text, source=str(path))
