"""The models on this machine: every file once, under its hash, however many profiles use it.

``models/blobs/SHA256`` holds a file's bytes; ``models/views/KEY`` is a folder with a repository's
own file names on them, as converters and people expect it. What stands under a hash was read and
had that hash; it is read again when the file changed since.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from fieldkit import resources
from fieldkit.core.lock import LockedFile, Pinned
from fieldkit.packager import sharing
from fieldkit.packager.blobs import transfer
from fieldkit.packager.cache import Hashes, key_of, sync, sync_tree

_READ_ONLY = 0o444
_WORTH_LINKING = 1 << 20


class Store:
    """The store below ``root``. Whoever changes it holds the lock of ``fieldkit.packager.pull``."""

    def __init__(self, hashes: Hashes, root: Path | None = None) -> None:
        self.root = root or resources.cache_dir() / "models"
        self._hashes = hashes

    def prepare(self) -> None:
        """Make its folders."""
        for name in ("blobs", "views", "incoming"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def blob(self, sha256: str) -> Path:
        """Where the file with this hash stands or will stand."""
        return self.root / "blobs" / sha256

    def incoming(self, name: str) -> Path:
        """Where a file whose hash is not known yet is written; ``name`` is hexadecimal."""
        return self.root / "incoming" / name

    def holds(self, file: LockedFile) -> bool:
        """Whether the file is here, whole and as the lock has it; a damaged one is removed."""
        path = self.blob(file.sha256)
        try:
            if path.stat().st_size == file.size and self._hashes.sha256(path) == file.sha256:
                return True
        except OSError:
            return False
        path.unlink(missing_ok=True)
        return False

    def begun(self, file: LockedFile) -> int:
        """Bytes on this disk of a file that an ended run began to fetch."""
        part = self.root / "blobs" / f".{file.sha256}.part"
        try:
            stat = part.stat()
        except OSError:
            return 0
        blocks = getattr(stat, "st_blocks", None)
        taken = stat.st_size if blocks is None else blocks * 512
        return min(taken, file.size)

    def missing(self, pinned: Pinned) -> tuple[LockedFile, ...]:
        """The files that must still come, each hash once."""
        by_hash = {file.sha256: file for file in pinned.files}
        return tuple(file for file in by_hash.values() if not self.holds(file))

    def settle(self, path: Path, sha256: str) -> None:
        """Take over a file of this store's own that was read and has this hash."""
        target = self.blob(sha256)
        with contextlib.suppress(OSError):  # a file system without modes
            path.chmod(_READ_ONLY)
        if path != target:
            path.replace(target)
        self._hashes.note(target, sha256)

    def adopt(self, source: Path, expected: str | None, advance: Callable[[int], None]) -> str:
        """Take over a file from elsewhere on this machine; its SHA-256.

        A large one is linked where the file system can (nothing here writes to it), else it is
        copied and read in one go. ``advance`` is told bytes. A file with another hash than
        ``expected`` is not kept.
        """
        aside = Path(tempfile.mkdtemp(prefix=".adopt-", dir=self.root / "incoming"))
        try:
            copy = aside / "file"
            linked = self._linked(source, copy)
            digest = self._hashes.sha256(source) if linked else _copy(source, copy, advance)
            if linked:
                advance(source.stat().st_size)
            else:
                self._hashes.note(source, digest)
            if expected in {None, digest}:
                copy.replace(self.blob(digest))
                self._hashes.note(self.blob(digest), digest)
                sync(self.blob(digest).parent)
            return digest
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _linked(self, source: Path, target: Path) -> bool:
        if source.is_symlink():
            source = source.resolve()
        if source.stat().st_size < _WORTH_LINKING:
            return False
        if sharing.reflink(source, target):
            return True
        try:
            os.link(source, target)
        except OSError:
            return False
        return True

    def view(self, pinned: Pinned) -> Path:
        """The folder of a repository's files by their own names; all of them must be here."""
        names = sorted([file.path, file.sha256] for file in pinned.files)
        folder = self.root / "views" / key_of({"files": names})
        if not self._whole(folder, pinned):
            aside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
            try:
                self._fill(aside, pinned)
                sync_tree(aside)
                shutil.rmtree(folder, ignore_errors=True)
                aside.chmod(0o755)
                aside.rename(folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        for file in pinned.files:
            self._hashes.note(folder / file.path, file.sha256)
        return folder

    def _fill(self, folder: Path, pinned: Pinned) -> None:
        for file in pinned.files:
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            sharing.link(self.blob(file.sha256), target)

    def _whole(self, folder: Path, pinned: Pinned) -> bool:
        """Whether every file of the view is still the one that it was made from."""
        try:
            return all(
                (folder / file.path).samefile(self.blob(file.sha256))
                or self._hashes.sha256(folder / file.path) == file.sha256
                for file in pinned.files
            )
        except OSError:
            return False

    def sweep(self) -> None:
        """Remove what a killed run left half made; partly fetched files stay, to be resumed."""
        for pattern in ("views/.making-*", "incoming/.adopt-*"):
            for path in self.root.glob(pattern):
                shutil.rmtree(path, ignore_errors=True)


def _copy(source: Path, target: Path, advance: Callable[[int], None]) -> str:
    """Copy a file and hash it in one go; its SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb", buffering=0) as read, target.open("xb", buffering=0) as written:
        transfer(read, written, os.fstat(read.fileno()).st_size, (digest,), advance)
        os.fsync(written.fileno())
    return digest.hexdigest()
