"""How this program starts itself again as a child process."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent.parent


def python_module(module: str, *words: str) -> Sequence[str]:
    """The command that runs ``python -m module``, with the modules of this process's fieldkit.

    ``python -m`` alone looks into the current folder first, where anybody's ``queue.py`` may be.
    """
    root = str(_ROOT)
    start = (
        f"import runpy, sys; {root!r} in sys.path or sys.path.insert(0, {root!r}); "
        f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    return [sys.executable, "-P", "-c", start, *words]


def own_command(*words: str) -> Sequence[str]:
    """The command that runs this program itself with ``words``, frozen or not."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *words]
    return python_module("fieldkit", *words)


def worker_command() -> Sequence[str]:
    """The command that runs the worker."""
    return own_command("worker")
