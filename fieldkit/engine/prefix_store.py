"""The KV cache of system prompts on disk, so that no start of the assistant reads one again.

An entry is one state file, named by everything its content depends on. It is read only from a
folder that nobody else can write to: llama.cpp trusts what such a file says (CVE-2026-43629).
Whatever is wrong with folder or file costs a cold read and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from fieldkit.errors import FieldkitError

LIMIT_BYTES = 512 << 20
SHARE_OF_FREE = 4  # the store takes at most a quarter of what the disk could give it
LEAST_TOKENS = 16  # fewer are read as fast as they are restored
_FORMAT = 1
_SUFFIX = ".kv"
_STALE_S = 3600.0  # what is not an entry after this long was left by a run that was killed


class Cache(Protocol):
    """A KV cache that can be written to a file and read again; ``tokens`` is what it holds."""

    tokens: list[int]

    def save(self, path: Path, count: int) -> None:
        """Write the first ``count`` tokens; the file appears whole and flushed, or not at all."""
        ...

    def restore(self, path: Path, tokens: Sequence[int]) -> bool:
        """Become the file's state if it is sound and one of exactly ``tokens``."""
        ...


class PrefixStore:
    """Entries of one ``owner`` in ``folder``, the least recently used of all owners going first.

    ``owner`` is what the cache depends on besides its tokens: the model's weights, the engine and
    its CPU variant, the settings that change rounding, and the context (Phi-3's long models choose
    their RoPE factors by it). Neither threads nor ubatch matter.
    """

    def __init__(self, folder: Path, owner: Sequence[object]) -> None:
        self._folder = folder
        self._owner = repr((_FORMAT, *owner))
        self._refused = ""

    def restore(self, cache: Cache, tokens: Sequence[int]) -> bool:
        """Fill the empty ``cache`` with ``tokens`` from the disk; False when they are not there.

        A file that is not sound is removed.
        """
        if not self._usable(tokens):
            return False
        self._sweep()
        path = self._path(tokens)
        try:
            if not path.is_file() or path.is_symlink():
                return False
            if cache.restore(path, tokens):
                os.utime(path)
                return True
            path.unlink()
        except (OSError, FieldkitError) as error:
            _log(f"{path}: not used: {error}")
            return False
        _log(f"{path}: removed, it is damaged or of another model")
        return False

    def keep(self, cache: Cache, count: int, *, token_bytes: int) -> bool:
        """Store the first ``count`` tokens of ``cache`` unless they are stored; whether they were.

        ``token_bytes`` is the size of one token's entry, to make room for before anything is
        written. Not being able to store is no error.
        """
        tokens = cache.tokens[:count]
        if not self._usable(tokens):
            return False
        path = self._path(tokens)
        try:
            if path.exists() or not self._make_room(count * token_bytes):
                return False
            aside = path.with_suffix(f".{os.getpid()}")  # two assistants may store the same
            cache.save(aside, count)
            aside.replace(path)
        except (OSError, ValueError, FieldkitError) as error:
            _log(f"{path}: not stored: {error}")
            return False
        return True

    def _path(self, tokens: Sequence[int]) -> Path:
        key = hashlib.sha256(f"{self._owner}{list(tokens)}".encode()).hexdigest()
        return self._folder / f"{key[:40]}{_SUFFIX}"

    def _usable(self, tokens: Sequence[int]) -> bool:
        if len(tokens) < LEAST_TOKENS:
            return False
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            refused = _not_private(self._folder)
        except OSError as error:
            refused = str(error)
        if refused and refused != self._refused:
            _log(f"{self._folder}: no prompt is kept here: {refused}")
        self._refused = refused
        return not refused

    def _sweep(self) -> None:
        """Remove what a killed run left, which may be a cache that was growing."""
        now = time.time()
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.suffix != _SUFFIX and now - path.stat().st_mtime > _STALE_S:
                    _remove(path)

    def _make_room(self, size: int) -> bool:
        """Remove what was used longest ago until ``size`` more bytes are allowed."""
        self._sweep()
        paths = self._folder.glob(f"*{_SUFFIX}")
        entries = [(path.stat(), path) for path in paths]
        entries.sort(key=lambda entry: entry[0].st_mtime_ns)
        used = sum(status.st_size for status, _ in entries)
        free = shutil.disk_usage(self._folder).free
        limit = min(LIMIT_BYTES, (free + used) // SHARE_OF_FREE)
        if size > limit:
            return False
        for status, path in entries:
            if used + size <= limit:
                break
            if _remove(path):
                used -= status.st_size
        return used + size <= limit


def _not_private(folder: Path) -> str:
    """Why others could have put something into ``folder``; empty if they cannot."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return "it is a link or no folder"
    if os.name == "posix":
        if status.st_uid != os.geteuid():
            return "it belongs to another user"
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return "other users may write to it"
    return ""


def _remove(path: Path) -> bool:
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        return True
    return False


def _log(text: str) -> None:
    """To the worker's log, which is its stderr."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
