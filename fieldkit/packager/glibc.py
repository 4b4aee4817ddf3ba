"""The oldest GNU C library that a folder of programs and libraries runs on.

An ELF file names the symbol versions it needs in ``.gnu.version_r`` (gABI supplement, "Symbol
Versioning"). The newest ``GLIBC_x.y`` among them is the floor.
"""

from __future__ import annotations

import re
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from fieldkit.errors import InvalidInput

_VERSION = re.compile(r"GLIBC_(\d+(?:\.\d+)+)")
# Relative relocations in packed form name no number; glibc 2.36 was the first to load them.
_MARKERS = {"GLIBC_ABI_DT_RELR": (2, 36)}


def floor(folder: Path) -> str:
    """Return the newest glibc version (``2.28``) any ELF file below ``folder`` needs, or ``""``.

    Raises InvalidInput for a file that starts like ELF and cannot be read.
    """
    newest: tuple[int, ...] = ()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            newest = max(newest, needed(path))
    return ".".join(map(str, newest[:2]))


def needed(path: Path) -> tuple[int, ...]:
    """Return the glibc version one file needs, as numbers; empty when it needs none."""
    with path.open("rb") as stream:
        if stream.read(4) != b"\x7fELF":
            return ()
        try:
            sections = ELFFile(stream).iter_sections("SHT_GNU_verneed")
            names = [
                auxiliary.name
                for section in sections
                if isinstance(section, GNUVerNeedSection)
                for _, auxiliaries in section.iter_versions()
                for auxiliary in auxiliaries
            ]
        except ELFError as error:
            raise InvalidInput(
                f"{path} looks like an ELF file and cannot be read: {error}",
                hint="Freeze the assistant again.",
            ) from error
    return max((_numbers(name) for name in names), default=())


def _numbers(name: str) -> tuple[int, ...]:
    match = _VERSION.fullmatch(name)
    if match:
        return tuple(int(part) for part in match[1].split("."))
    return _MARKERS.get(name, ())
