"""A content-addressed cache: a step's artifact is found by the hash of everything it was made from.

An entry is made in a folder of its own and renamed into place when it is whole, so what stands
under a key is complete, whenever and however a build was ended.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fieldkit import resources


def key_of(inputs: Mapping[str, Any]) -> str:
    """The key of an artifact: the SHA-256 of its inputs as canonical JSON, first 32 digits."""
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Cache:
    """Artifacts below ``root``, one folder each: ``root/STEP/KEY``.

    Whoever makes entries holds the lock of ``fieldkit.packager.pipeline``: one build at a time.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or resources.cache_dir() / "steps"
        self._swept: set[Path] = set()

    def find(self, step: str, inputs: Mapping[str, Any]) -> Path | None:
        """The finished artifact of ``step`` for ``inputs``, or None."""
        entry = self.root / step / key_of(inputs)
        return entry if entry.is_dir() else None

    @contextlib.contextmanager
    def make(self, step: str, inputs: Mapping[str, Any]) -> Iterator[Path]:
        """A folder to make an artifact in; it becomes the entry when the block ends well.

        Read the entry with ``find`` afterwards. When the block fails, nothing is left.
        """
        parent = self.root / step
        parent.mkdir(parents=True, exist_ok=True)
        if parent not in self._swept:  # once: an entry for each of thousands of manuals is made
            _sweep(parent)
            self._swept.add(parent)
        # Named before it is made: Ctrl-C inside mkdtemp would leave a folder that nobody knows.
        folder = parent / f".making-{secrets.token_hex(8)}"
        try:
            folder.mkdir(mode=0o700)
            yield folder
            (folder / ".inputs.json").write_text(json.dumps(inputs, indent=2, sort_keys=True))
            sync_tree(folder)
            target = parent / key_of(inputs)
            if not target.exists():
                folder.rename(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what a killed build left behind; the caller holds the cache's lock."""
    for path in parent.glob(".making-*"):
        shutil.rmtree(path, ignore_errors=True)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below ``folder`` to the disk."""
    for root, _dirs, files in os.walk(folder):
        for name in files:
            path = Path(root, name)
            if not path.is_symlink():
                sync(path)
        sync(Path(root))


def sync(path: Path) -> None:
    """Flush one file or folder to the disk; folders cannot be flushed on Windows."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(handle)


class Hashes:
    """SHA-256 of files, remembered by path, size and modification time across builds.

    A model of several GB is then not read again to find out that it did not change.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or resources.cache_dir() / "hashes.json"
        self._known = _read_hashes(self._path)
        self._waiting = False
        self._changed = False

    def sha256(self, path: Path) -> str:
        """The SHA-256 of ``path`` in hexadecimal."""
        path = path.resolve()
        stat = path.stat()
        stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        known = self._known.get(str(path))
        if known is not None and known[:3] == stamp:
            return str(known[3])
        digest = file_sha256(path)
        self._remember(str(path), [*stamp, digest])
        return digest

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write what is remembered once, at the end of the block: for thousands of files."""
        self._waiting = True
        try:
            yield
        finally:
            self._waiting = False
            if self._changed:
                self._write()

    def note(self, path: Path, digest: str) -> None:
        """Remember the hash of a file that was just read whole by other means."""
        path = path.resolve()
        stat = path.stat()
        entry = [stat.st_size, stat.st_mtime_ns, stat.st_ino, digest]
        if self._known.get(str(path)) != entry:
            self._remember(str(path), entry)

    def _remember(self, name: str, entry: list[Any]) -> None:
        self._known[name] = entry
        self._changed = True
        if not self._waiting:
            self._write()

    def _write(self) -> None:
        self._changed = False
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(self._known))
        aside.replace(self._path)

    def tree(self, folder: Path) -> dict[str, str]:
        """Relative POSIX path -> SHA-256 of every file below ``folder``, sorted."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): self.sha256(path) for path in files}


def _read_hashes(path: Path) -> dict[str, list[Any]]:
    """Path -> size, modification time, inode and hash; empty when the file cannot be used."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {name: entry for name, entry in known.items() if len(entry) == 4}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's content in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
