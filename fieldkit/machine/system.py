"""The operating system. Nothing that names the machine or its user is read."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """``os`` is ``linux``, ``windows`` or ``macos``; ``glibc`` is None without a GNU C library."""

    os: str
    distribution: str | None
    kernel: str
    glibc: str | None
    python: str


def system() -> System:
    """Return the facts of the operating system."""
    names = {"darwin": "macos", "win32": "windows"}
    library, version = platform.libc_ver() if sys.platform == "linux" else ("", "")
    return System(
        os=names.get(sys.platform, sys.platform),
        distribution=_distribution(),
        kernel=platform.release(),
        glibc=version if library == "glibc" else None,
        python=platform.python_version(),
    )


def _distribution() -> str | None:
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    if sys.platform == "win32":
        return f"Windows {platform.version()}"
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        return None
