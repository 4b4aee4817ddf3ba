"""Finds what fieldkit carries besides code, and where a user's data and caches go.

``build/``, ``profiles/`` and ``installer/`` travel in the wheel as ``fieldkit/data``.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from fieldkit.errors import UsageProblem

DATA_DIR_VARIABLE = "FIELDKIT_DATA_DIR"

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder ``name`` (``build``, ``profiles`` or ``installer``).

    Raises UsageProblem where it is not carried: a release on a laptop has none of them.
    """
    for candidate in (_PACKAGE / "data" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise UsageProblem(
        f"this fieldkit carries no {name}/ folder",
        hint="Use fieldkit as IT installs it (pip, or a checkout), not the one of a release.",
    )


def cache_dir() -> Path:
    """Where engines and build steps are kept; ``FIELDKIT_CACHE_DIR`` names another place."""
    if named := os.environ.get("FIELDKIT_CACHE_DIR"):
        return Path(named).absolute()
    return platformdirs.user_cache_path("fieldkit")


def read_small(path: Path, most: int) -> bytes:
    """The content of the regular file at ``path``, of at most ``most`` bytes; never waits.

    Raises OSError for a file that is missing, larger or of another kind: a pipe would let the
    program wait for somebody to write into it.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, "too large", str(path))
    return content


def data_dir(environment: Mapping[str, str] | None = None) -> Path:
    """The folder of the user's data: ``FIELDKIT_DATA_DIR``, or the platform's usual place.

    The folder is not created here. A relative value of the variable is taken from the working
    directory.
    """
    chosen = (os.environ if environment is None else environment).get(DATA_DIR_VARIABLE, "")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return Path(platformdirs.user_data_dir("fieldkit", appauthor=False))
