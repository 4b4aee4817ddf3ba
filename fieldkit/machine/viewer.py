"""Opens a file in the program that the system has for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from fieldkit.errors import UsageProblem

_HINT = "`fieldkit page DOCUMENT --original FILE` copies the original to a file."


def open_file(path: Path) -> None:
    """Open ``path`` in another window, and return at once.

    Raises UsageProblem where the system has no program for that or no screen to show it on.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - what the technician asks for
        return
    name = "open" if sys.platform == "darwin" else "xdg-open"
    screen = sys.platform == "darwin" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    program = shutil.which(name)
    if program is None or not screen:
        missing = f"{name} is not installed" if screen else "there is no graphical screen"
        raise UsageProblem(f"the original cannot be opened: {missing}", hint=_HINT)
    subprocess.Popen(
        [program, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=_environment(),
    )


def _environment() -> dict[str, str]:
    """The environment of this process without what PyInstaller set for our own libraries."""
    found = dict(os.environ)
    before = found.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        found["LD_LIBRARY_PATH"] = before
    elif getattr(sys, "frozen", False):
        found.pop("LD_LIBRARY_PATH", None)
    return found
