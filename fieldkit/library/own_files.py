"""Takes a private copy of a file that a technician wants in the library."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fieldkit.core.text import clean_line
from fieldkit.errors import UsageProblem
from fieldkit.library.documents import READERS
from fieldkit.library.own_catalog import full_told
from fieldkit.library.readers.model import FILE_BYTES, unreadable

FORMATS = ", ".join(sorted(READERS))
_CHUNK = 1 << 20
_NAME_BYTES = 200


@contextmanager
def copied(path: Path, incoming: Path) -> Iterator[tuple[Path, str]]:
    """A private copy of ``path`` below ``incoming`` for the block, and its SHA-256.

    The copy has the file's name, cleaned. Raises Unreadable where ``path`` is no file of a size
    that can be read, OSError where it cannot be copied, and DiskFull.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for a writer
        raise unreadable(path, "it is not a file")
    with path.open("rb") as file, aside(incoming) as folder:
        copy = folder / _safe(path)
        with full_told(copy):
            digest = _copy(path, file, copy)
        yield copy, digest


@contextmanager
def aside(incoming: Path) -> Iterator[Path]:
    """A new folder below ``incoming``, gone after the block."""
    with full_told(incoming):
        folder = Path(tempfile.mkdtemp(dir=incoming))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses in the ``folder`` of own documents into a UsageProblem."""
    try:
        with full_told(folder):
            yield
    except OSError as error:
        raise UsageProblem(
            f"{folder}: your own documents cannot be changed: {error.strerror or error}",
            hint="Check free space and permissions.",
        ) from error


def digest_of(path: Path) -> str:
    """The SHA-256 of ``path``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _safe(path: Path) -> str:
    """The name of ``path`` as it may stand in a list: sanitized, visible, of bounded length."""
    stem = clean_line(path.stem.encode("utf-8", "replace").decode()).lstrip(".~") or "document"
    stem = "".join("_" if letter in '/\\:*?"<>|' else letter for letter in stem)
    return stem.encode()[:_NAME_BYTES].decode("utf-8", "ignore").strip() + path.suffix.lower()


def _copy(path: Path, file: BinaryIO, copy: Path) -> str:
    """Copy the open ``file`` of ``path`` into the new file ``copy``; returns its SHA-256."""
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > FILE_BYTES:
                raise unreadable(path, f"it is larger than {FILE_BYTES >> 20} MiB; split it")
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if not size:
        raise unreadable(path, "it is empty")
    return digest.hexdigest()
