"""Writes the blobs of a media folder: files of at most 1 GiB, named by what they hold.

Small files are packed together in the order given; a large file has blobs of its own, so that a
model's blobs are the same in every release that carries it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from fieldkit.core.release import Blob, Part
from fieldkit.errors import IntegrityProblem

BLOB_BYTES = 1 << 30
LARGE_BYTES = 16 << 20
_CHUNK = 8 << 20

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


class _Hash(Protocol):
    def update(self, data: memoryview, /) -> None: ...


def transfer(
    source: BinaryIO,
    target: BinaryIO,
    size: int,
    hashes: Sequence[_Hash],
    advance: Callable[[int], None],
) -> None:
    """Copy ``size`` bytes and feed them to ``hashes``; both streams must be unbuffered.

    The kernel copies where it can, which takes no second room on file systems that share blocks.
    Raises IntegrityProblem when the source ends early.
    """
    buffer = memoryview(bytearray(min(_CHUNK, size)))
    in_kernel = hasattr(os, "copy_file_range")
    while size:
        start = source.tell()
        count = source.readinto(buffer[: min(len(buffer), size)])  # type: ignore[attr-defined]
        if not count:
            raise IntegrityProblem(
                f"{source.name} is shorter than it was a moment ago",
                hint="Something else is writing to it; end that and build again.",
            )
        chunk = buffer[:count]
        for digest in hashes:
            digest.update(chunk)
        copied = _copy_range(source, target, start, count) if in_kernel else 0
        in_kernel = copied == count
        source.seek(start + count)
        while copied < count:
            copied += target.write(chunk[copied:])
        size -= count
        advance(count)


def _copy_range(source: BinaryIO, target: BinaryIO, start: int, count: int) -> int:
    copied = 0
    while copied < count:
        try:
            step = os.copy_file_range(
                source.fileno(), target.fileno(), count - copied, start + copied
            )
        except OSError:  # not on this file system; if the disk is full, write() says so
            break
        if not step:
            break
        copied += step
    return copied


class BlobWriter:
    """Packs files into ``folder``; ``finish`` names the blobs."""

    def __init__(
        self,
        folder: Path,
        *,
        blob_bytes: int = BLOB_BYTES,
        large_bytes: int = LARGE_BYTES,
        advance: Callable[[int], None],
    ) -> None:
        self._folder = folder
        self._limit = blob_bytes
        self._large = min(large_bytes, blob_bytes)
        self._advance = advance
        self._stream: BinaryIO | None = None
        self._hash = hashlib.sha256()
        self._size = 0
        self._numbers: list[int] = []  # of each blob written, in order; equal ones share a number
        self._blobs: list[Blob] = []

    def add(self, path: Path, *, alone: bool = False) -> tuple[str, int, tuple[Part, ...]]:
        """Append one file; its SHA-256, size in bytes and parts (blobs counted as written).

        A file that is ``alone`` has blobs of its own, whatever its size.
        """
        digest = hashlib.sha256()
        with path.open("rb", buffering=0) as source:
            size = left = os.fstat(source.fileno()).st_size
            alone = alone or size >= self._large
            if alone or self._size + size > self._limit:
                self._close()
            parts = []
            while left:
                target = self._open()
                step = min(left, self._limit - self._size)
                parts.append(Part(blob=len(self._numbers), offset=self._size, size=step))
                transfer(source, target, step, (digest, self._hash), self._advance)
                self._size += step
                left -= step
                if self._size == self._limit:
                    self._close()
            if alone:
                self._close()
        return digest.hexdigest(), size, tuple(parts)

    def finish(self) -> tuple[Blob, ...]:
        """Close the last blob; every blob of the release."""
        self._close()
        return tuple(self._blobs)

    def numbered(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """``parts`` of ``add`` with the numbers of ``finish``'s blobs."""
        return tuple(
            Part(blob=self._numbers[part.blob], offset=part.offset, size=part.size)
            for part in parts
        )

    def _open(self) -> BinaryIO:
        if self._stream is None:
            self._stream = (self._folder / ".open").open("xb", buffering=0)
            self._hash = hashlib.sha256()
            self._size = 0
        return self._stream

    def _close(self) -> None:
        if self._stream is None:
            return
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._stream = None
        blob = Blob(sha256=self._hash.hexdigest(), size=self._size)
        (self._folder / ".open").replace(self._folder / blob.sha256)
        self._size = 0
        if blob not in self._blobs:
            self._blobs.append(blob)
        self._numbers.append(self._blobs.index(blob))
