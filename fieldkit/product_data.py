"""The data of one assistant: its folder among those of this account, and how it began.

Each assistant of an account keeps conversations, documents, preferences, tuning, tokens and flagged
answers in a folder of its own. Earlier versions kept them in one folder for all assistants. What
is there is copied once, when an assistant starts for the first time, and stays as it was: an
assistant that is rolled back still finds it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fieldkit import resources
from fieldkit.core.release import Assistant
from fieldkit.errors import FieldkitError
from fieldkit.install import locate

PRODUCTS = "assistants"  # below the data folder of the account
# What earlier versions kept for all assistants together; all else there is no assistant's.
SHARED = (
    "history", "documents", "people", "feedback", "serve", "preferences.json", "keys.toml",
    "person.json", "tuning.json",
)  # fmt: skip
_COMING = ".coming-"
_LEAVING = ".leaving-"
_STALE_S = 3600.0  # a copy that is older was left by a process that was killed
_DATABASE = ".sqlite3"
_BESIDE_DATABASE = ("-wal", "-shm", "-journal")


def key_of(assistant: Assistant) -> str:
    """The name of the folder of ``assistant``: readable, and the same for all its versions."""
    identity = assistant.product or assistant.name
    name = re.sub(r"[^a-z0-9]+", "-", identity.rpartition("/")[2].lower()).strip("-")[:32]
    return "-".join(filter(None, (name, hashlib.sha256(identity.encode()).hexdigest()[:8])))


def folder_of(assistant: Assistant) -> Path:
    """The folder of the data of ``assistant``; it need not exist."""
    return resources.data_dir() / PRODUCTS / key_of(assistant)


def prepare(assistant: Assistant) -> Path:
    """Return the folder of the data of ``assistant``, with what earlier versions kept for all.

    That is copied at its first start, and appears whole or not at all, whenever the process ends.
    Where there is nothing to copy, the folder is made by who keeps something in it. Where it cannot
    be copied, it is used where it is. Raises OSError where there is no space for the copy.
    """
    root = resources.data_dir()
    folder = folder_of(assistant)
    if folder.is_dir() or not shared():
        return folder
    try:
        _make_private(root)
        _make_private(folder.parent)
        _sweep(folder.parent)
        coming = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_COMING))  # mode 0700
        try:
            for name in SHARED:
                _copy(root / name, coming / name)
            _flush(coming)
            with contextlib.suppress(OSError):  # another process was first
                coming.rename(folder)
        finally:
            shutil.rmtree(coming, ignore_errors=True)
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise
    return folder if folder.is_dir() else root


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an assistant's data: what it is, how many files, and their size in bytes."""

    name: str
    files: int
    size: int


_NAMES = {
    "history": "conversations",
    "documents": "documents of your own",
    "people": "other people of this account, with all of theirs",
    "feedback": "flagged answers",
    "serve": "token for other programs",
    "prompts": "cache",
}


def parts(folder: Path) -> list[Part]:
    """What the data in ``folder`` consists of; an empty list where there is none."""
    found: dict[str, Part] = {}
    for path, size in _files(folder):
        name = _NAMES.get(path.relative_to(folder).parts[0], "preferences")
        before = found.get(name, Part(name, 0, 0))
        found[name] = Part(name, before.files + 1, before.size + size)
    return list(found.values())


def others(folder: Path) -> list[str]:
    """The names of the folders of other assistants beside ``folder``."""
    try:
        beside = sorted(folder.parent.iterdir())
    except OSError:
        return []
    return [each.name for each in beside if each != folder and not each.name.startswith(".")]


def shared() -> list[Path]:
    """What earlier versions left for all assistants of this account together."""
    root = resources.data_dir()
    return [root / name for name in SHARED if (root / name).exists()]


def remove(folder: Path) -> None:
    """Remove the data in ``folder``; it is gone under its name at once. Raises OSError."""
    leaving = folder.with_name(f"{_LEAVING}{folder.name}-{os.getpid()}")
    folder.rename(leaving)
    shutil.rmtree(leaving)
    with contextlib.suppress(OSError):  # the data of others is there
        folder.parent.rmdir()
        folder.parent.parent.rmdir()


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    for above, _folders, names in os.walk(folder):
        for name in names:
            path = Path(above, name)
            with contextlib.suppress(OSError):
                yield path, path.lstat().st_size


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or a folder with its files, private to the user; links are left out."""
    if source.is_symlink():
        return
    if source.is_dir():
        target.mkdir(mode=0o700)
        for entry in sorted(source.iterdir()):
            _copy(entry, target / entry.name)
    elif source.is_file() and not source.name.endswith(_BESIDE_DATABASE):
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if source.name.endswith(_DATABASE):
            _copy_database(source, target)
        else:
            shutil.copyfile(source, target)


def _copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is between two changes, whoever has it open."""
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as held,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            held.backup(copy)
    except sqlite3.DatabaseError:  # damaged: whoever opens it says so
        shutil.copyfile(source, target)


def _flush(folder: Path) -> None:
    if os.name != "posix":
        return
    for above, _folders, names in os.walk(folder):
        for path in (*(Path(above, name) for name in names), Path(above)):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _make_private(folder: Path) -> None:
    """Make ``folder`` where it is missing, with mode 0700 whatever the umask is."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.name == "posix":
            folder.chmod(0o700)


def _sweep(products: Path) -> None:
    """Take away what a killed process left half copied or half removed."""
    for path in products.iterdir():
        leaving = path.name.startswith(_LEAVING)
        coming = path.name.startswith(_COMING)
        if leaving or (coming and time.time() - path.stat().st_mtime > _STALE_S):
            shutil.rmtree(path, ignore_errors=True)


def current() -> Path:
    """The folder of the assistant that this program is part of, as ``prepare`` returns it.

    Of a program that is part of none, or of a damaged one, it is the account's.
    """
    try:
        text = (locate.release_dir() / "assistant.json").read_text(encoding="utf-8")
        return prepare(Assistant.from_json(text))
    except (FieldkitError, OSError):
        return resources.data_dir()
