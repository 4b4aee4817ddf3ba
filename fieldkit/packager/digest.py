"""The hashes that name a file's content: SHA-256, and SHA-1 as a git object."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Digests:
    """Hashes of a whole content, in hexadecimal; ``git_oid`` is the name of its git blob."""

    sha256: str
    git_oid: str


class Digester:
    """Takes a content of ``size`` bytes in order; a git blob's hash begins with its size."""

    def __init__(self, size: int) -> None:
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)

    def update(self, data: memoryview | bytes, *, git: bool = True) -> None:
        """Add the next bytes; without ``git`` faster, and ``git_oid`` then means nothing."""
        self._sha256.update(data)
        if git:
            self._git.update(data)

    def digests(self) -> Digests:
        """The hashes of what was added."""
        return Digests(self._sha256.hexdigest(), self._git.hexdigest())


def of_file(path: Path) -> Digests:
    """The hashes of a file."""
    digester = Digester(path.stat().st_size)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digester.update(block)
    return digester.digests()
