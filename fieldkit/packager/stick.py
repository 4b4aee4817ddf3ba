"""A folder that carries a profile's pinned files to a machine without a network.

``lock.json``, and below ``model`` and ``adapter`` the files under their repository's names.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from fieldkit.core.lock import LOCK_FILE, Lock, LockedFile, Pinned
from fieldkit.errors import IntegrityProblem, UsageProblem
from fieldkit.packager import lockfile, textfile
from fieldkit.packager.blobs import transfer
from fieldkit.packager.cache import file_sha256, sync

MODEL, ADAPTER = "model", "adapter"


def model_folder(stick: Path) -> Path:
    """Where a stick has the model's files: below ``model``, or at its top as they came."""
    inner = stick / MODEL
    return inner if inner.is_dir() else stick


def read_lock(stick: Path) -> Lock | None:
    """The lock that travelled with the files, None when there is none; InvalidInput if broken."""
    return lockfile.read(stick / LOCK_FILE)


def write(
    stick: Path, lock: Lock, *, model: Path, adapter: Path | None, advance: Callable[[int], None]
) -> None:
    """Write what ``lock`` pins from the views ``model`` and ``adapter`` into the folder ``stick``.

    A file that is there already, whole, stays; each other one appears when it is whole. The lock
    comes last.
    """
    stick.mkdir(parents=True, exist_ok=True)
    _write(stick / MODEL, lock.model, model, advance)
    if lock.adapter is not None:
        assert adapter is not None
        _write(stick / ADAPTER, lock.adapter, adapter, advance)
    textfile.write(stick / LOCK_FILE, lock.to_json())


def _write(target: Path, pinned: Pinned, view: Path, advance: Callable[[int], None]) -> None:
    for file in pinned.files:
        place = target / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        if _is_there(place, file):
            advance(file.size)
            continue
        aside = place.with_name(f".{place.name}.part")
        try:
            _copy(view / file.path, aside, file, advance)
            aside.replace(place)
            sync(place.parent)
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            raise UsageProblem(
                f"{place}: this file system takes no file of {file.size} bytes",
                hint="FAT32 ends at 4 GiB: format the stick with exFAT, NTFS or ext4.",
            ) from error
        finally:
            aside.unlink(missing_ok=True)


def _is_there(place: Path, file: LockedFile) -> bool:
    try:
        return place.stat().st_size == file.size and file_sha256(place) == file.sha256
    except OSError:
        return False


def _copy(source: Path, aside: Path, file: LockedFile, advance: Callable[[int], None]) -> None:
    aside.unlink(missing_ok=True)
    digest = hashlib.sha256()
    with source.open("rb", buffering=0) as read, aside.open("xb", buffering=0) as written:
        transfer(read, written, file.size, (digest,), advance)
        os.fsync(written.fileno())
    if digest.hexdigest() != file.sha256:
        raise IntegrityProblem(
            f"{source}: is damaged: sha256 is {digest.hexdigest()}, expected {file.sha256}",
            hint="Run this again: the file is fetched anew.",
        )
