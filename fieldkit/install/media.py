"""Reads a media folder that somebody else may have written: nothing in it is trusted.

Names come from ``release.json``, whose every field is checked; blobs are regular files, opened
without following links; the bytes are hashed as they are copied.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fieldkit.core.release import RELEASE_FILE, Blob, Part, Release, ReleaseFile
from fieldkit.errors import IntegrityProblem, UsageProblem

_CHUNK = 4 << 20
_MOST_MANIFEST_BYTES = 64 << 20
_HINT = "Copy the media again from its source, or ask who built it."


@dataclass(frozen=True, slots=True)
class Media:
    """A media folder whose names and sizes are as its ``release.json`` says."""

    folder: Path
    release: Release

    @classmethod
    def open(cls, folder: Path) -> Media:
        """Read and check a media folder, all but the bytes of its blobs.

        Raises UsageProblem when it is none, IntegrityProblem for a missing, extra, odd or
        wrong-sized file.
        """
        if not folder.is_dir() or not (folder / RELEASE_FILE).exists():
            raise UsageProblem(
                f"{folder} is not a media folder: it holds no {RELEASE_FILE}",
                hint="Name the folder that holds release.json and blobs.",
            )
        content = _read_manifest(folder / RELEASE_FILE)
        release = Release.from_json(content)
        if content != release.to_json():
            raise IntegrityProblem(f"{RELEASE_FILE} is not in its canonical form", hint=_HINT)
        _check_blobs(folder / "blobs", release)
        return cls(folder, release)

    def copy(self, file: ReleaseFile, target: Path, advance: Callable[[int], None]) -> None:
        """Write one file of the release to ``target``, flushed to the disk.

        ``advance`` is told the bytes of each step. Raises IntegrityProblem when the bytes are not
        those that the release names.
        """
        digest = hashlib.sha256()
        with target.open("xb") as output:
            for part in file.parts:
                blob = self.folder / "blobs" / self.release.blobs[part.blob].sha256
                with _open_plain(blob) as source:
                    for chunk in _chunks(source, part):
                        digest.update(chunk)
                        output.write(chunk)
                        advance(len(chunk))
            target.chmod(file.mode)
            output.flush()
            os.fsync(output.fileno())
        if digest.hexdigest() != file.sha256:
            raise IntegrityProblem(
                f"{file.path} is damaged on the media: its SHA-256 is {digest.hexdigest()} and "
                f"should be {file.sha256}",
                hint=_HINT,
            )


def _read_manifest(path: Path) -> str:
    with _open_plain(path) as stream:
        content = stream.read(_MOST_MANIFEST_BYTES + 1)
    if len(content) > _MOST_MANIFEST_BYTES:
        raise IntegrityProblem(f"{RELEASE_FILE} is absurdly large", hint=_HINT)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise IntegrityProblem(f"{RELEASE_FILE} is not text", hint=_HINT) from error


def _check_blobs(folder: Path, release: Release) -> None:
    if folder.is_symlink() or not folder.is_dir():
        raise IntegrityProblem("blobs is missing or not a plain folder", hint=_HINT)
    found = {entry.name for entry in os.scandir(folder)}
    wanted = {blob.sha256 for blob in release.blobs}
    if extra := sorted(found - wanted):
        raise IntegrityProblem(
            f"blobs holds what does not belong to it: {', '.join(map(ascii, extra[:5]))}",
            hint=_HINT,
        )
    for blob in release.blobs:
        _check_blob(folder / blob.sha256, blob)


def _check_blob(path: Path, blob: Blob) -> None:
    try:
        facts = path.lstat()
    except FileNotFoundError as error:
        raise IntegrityProblem(f"blobs/{blob.sha256} is missing", hint=_HINT) from error
    if not stat.S_ISREG(facts.st_mode):
        raise IntegrityProblem(f"blobs/{blob.sha256} is not a plain file", hint=_HINT)
    if facts.st_size != blob.size:
        raise IntegrityProblem(
            f"blobs/{blob.sha256} has {facts.st_size} bytes and should have {blob.size}",
            hint=_HINT,
        )


def _open_plain(path: Path) -> BinaryIO:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise IntegrityProblem(
            f"{path} cannot be read: {error.strerror or error}", hint=_HINT
        ) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise IntegrityProblem(f"{path} is not a plain file", hint=_HINT)
    return os.fdopen(handle, "rb", buffering=0)


def _chunks(source: BinaryIO, part: Part) -> Iterator[bytes]:
    source.seek(part.offset)
    left = part.size
    while left:
        try:
            chunk = source.read(min(_CHUNK, left))
        except OSError as error:
            raise IntegrityProblem(
                f"{source.name} cannot be read: {error.strerror}", hint=_HINT
            ) from error
        if not chunk:
            raise IntegrityProblem(f"{source.name} ends too early", hint=_HINT)
        left -= len(chunk)
        yield chunk
