"""What a technician chose for himself: a small JSON file beside the history.

Not in the history's database: an older release must be able to open that one after a roll-back.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from fieldkit.resources import read_small

PREFERENCES = "preferences.json"
_MOST_BYTES = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """``read_ahead``: let the engine read while a question is typed.

    ``theme``, ``language``: "" is the usual one.
    ``battery``: when it is saved, one of ``fieldkit.core.battery.MODES``.
    """

    read_ahead: bool = True
    battery: str = "auto"
    theme: str = ""
    language: str = ""


def load(path: Path) -> Preferences:
    """The preferences in the file at ``path``; what it does not say, or says wrongly, is usual."""
    try:
        data = json.loads(read_small(path, _MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    if not isinstance(data, dict):
        return Preferences()
    usual = Preferences()
    known: dict[str, Any] = {
        field.name: data[field.name]
        for field in fields(Preferences)
        if type(data.get(field.name)) is type(getattr(usual, field.name))
    }
    return replace(usual, **known)


def save(path: Path, preferences: Preferences) -> None:
    """Write the file whole or not at all, for its user only; raises OSError when it cannot be."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(aside, "w", encoding="utf-8", opener=_private) as file:
            json.dump(asdict(preferences), file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
