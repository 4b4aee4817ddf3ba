"""The manuals' own files in a release: beside the index, named by the hash of their content."""

from __future__ import annotations

import re
from pathlib import Path, PurePath

FOLDER = "manuals"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def name_of(sha256: str, file: str) -> str:
    """The path of a manual's file below the folder of the index: ``manuals/<sha256>.pdf``.

    ``sha256`` is the hash of its content in hex, ``file`` its path among the manuals. Equal files
    have one name. Returns "" where the two cannot name a file of a release.
    """
    suffix = PurePath(file).suffix.lower()
    if not _SHA256.fullmatch(sha256) or not _SUFFIX.fullmatch(suffix):
        return ""
    return f"{FOLDER}/{sha256}{suffix}"


def original(folder: Path, sha256: str, file: str) -> Path | None:
    """The file that a manual was indexed from, or None where the release does not carry it.

    ``folder`` holds ``library.sqlite``; ``sha256`` and ``file`` are those of the manual.
    """
    name = name_of(sha256, file)
    path = folder / name
    return path if name and path.is_file() else None
