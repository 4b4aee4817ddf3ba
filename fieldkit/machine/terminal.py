"""What the terminal can show."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """``colours`` is how many the terminal says it has: 0, 8, 256 or 16777216."""

    interactive: bool
    columns: int | None
    lines: int | None
    colours: int
    unicode: bool


def terminal(environment: Mapping[str, str] = os.environ) -> Terminal:
    """Return the facts of the terminal that stdout is, if it is one."""
    interactive = _interactive()
    size = shutil.get_terminal_size((0, 0)) if interactive else None
    return Terminal(
        interactive=interactive,
        columns=size.columns or None if size else None,
        lines=size.lines or None if size else None,
        colours=_colours(environment) if interactive else 0,
        unicode=_unicode(environment),
    )


def _interactive() -> bool:
    try:
        return sys.stdout is not None and sys.stdout.isatty()
    except ValueError:
        return False


def _colours(environment: Mapping[str, str]) -> int:
    name = environment.get("TERM", "")
    if environment.get("NO_COLOR") or name == "dumb":
        return 0
    if environment.get("COLORTERM", "").lower() in {"truecolor", "24bit"} or os.name == "nt":
        return 1 << 24
    if "256" in name:
        return 256
    return 8 if name else 0


def _unicode(environment: Mapping[str, str]) -> bool:
    if os.name == "nt":
        return True
    locale = next(
        (environment[key] for key in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(key)), ""
    )
    return "utf-8" in locale.lower() or "utf8" in locale.lower()
