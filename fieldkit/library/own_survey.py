"""What an addition of documents would copy: counted before anything is read or copied."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.errors import UsageProblem
from fieldkit.library.documents import READERS

MANY_FILES = 50
MANY_BYTES = 100_000_000
_EACH = 2_000  # files and folders between two reports
# Folders of the system, which hold everybody's files and the programs' own.
_SYSTEM = (
    frozenset(
        (
            "/bin",
            "/boot",
            "/dev",
            "/etc",
            "/home",
            "/lib",
            "/lib64",
            "/media",
            "/mnt",
            "/opt",
            "/proc",
        )
    )
    | frozenset(
        ("/root", "/run", "/sbin", "/srv", "/sys", "/usr", "/var", "/Applications", "/Library")
    )
    | frozenset(("/System", "/Users", "/Volumes", "/private"))
)
_SYSTEM_BELOW = ("/dev", "/proc", "/sys", "/run/user")
_SYSTEM_OF_WINDOWS = frozenset({"program files", "program files (x86)", "users", "windows"})


@dataclass(frozen=True, slots=True)
class Survey:
    """The ``files`` that would be added, and their ``size`` in bytes."""

    files: tuple[Path, ...]
    size: int

    @property
    def is_much(self) -> bool:
        """Whether a person is to be asked first."""
        return len(self.files) > MANY_FILES or self.size > MANY_BYTES


def survey(paths: Iterable[Path], tell: Callable[[int, int], None]) -> Survey:
    """Find the files below ``paths`` that can be read; a file that is named itself counts, too.

    ``tell`` hears how many files and folders were looked at and how many documents are among them,
    now and then. Raises UsageProblem for a folder that is the whole system or everybody's.
    """
    files: list[Path] = []
    size = looked = 0
    for path in paths:
        if path.is_dir():
            check_place(path)
        for file in _below(path) if path.is_dir() else (path,):
            looked += 1
            if looked % _EACH == 0:
                tell(looked, len(files))
            if file is not path and file.suffix.lower() not in READERS:
                continue
            try:
                size += file.stat().st_size
            except OSError:
                if file is not path:
                    continue
            files.append(file)
    return Survey(tuple(files), size)


def check_place(folder: Path) -> None:
    """Raise UsageProblem for a folder that nobody means as one of documents."""
    place = Path(os.path.realpath(folder))
    if place.parent == place or _is_systems(place):
        raise UsageProblem(
            f"{clean_line(str(folder))} is a folder of the whole system",
            hint="Name the folder that holds your documents.",
        )


def _is_systems(place: Path) -> bool:
    if sys.platform == "win32":
        return len(place.parts) == 2 and place.parts[1].casefold() in _SYSTEM_OF_WINDOWS
    name = place.as_posix()
    return name in _SYSTEM or any(
        name == above or name.startswith(f"{above}/") for above in _SYSTEM_BELOW
    )


def _below(folder: Path) -> Iterator[Path]:
    """The files below ``folder`` by their names, without hidden ones; no link is followed."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", "~$")):
                yield Path(above, name)
