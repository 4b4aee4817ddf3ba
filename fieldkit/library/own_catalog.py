"""The catalog of the documents that a technician added: their names and what was read of them.

One SQLite file, private to its user. Whoever changes it holds its write lock meanwhile, so two
windows that add documents at once do so one after the other; a killed process leaves it as it was.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from fieldkit import __version__
from fieldkit.errors import Busy, DiskFull, FieldkitError, IntegrityProblem
from fieldkit.library.readers.model import Document
from fieldkit.library.schema import SCHEMA_VERSION

FOLDER = "documents"  # below the user's data folder
FILE = "catalog.sqlite3"
FILES = "files"  # the copies
INCOMING = "incoming"  # what is not whole yet
_LOCK = "lock.sqlite3"
_VERSION = 1
_READING = 2  # of the readers: what an older one read is read again from the copy
_APPLICATION_ID = 0x464B4F44  # "FKOD"
_BUSY_S = 30.0
_TABLES = """
CREATE TABLE document (
    name TEXT PRIMARY KEY, source TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    added TEXT NOT NULL, title TEXT NOT NULL, revision TEXT NOT NULL, pages INTEGER NOT NULL,
    content BLOB NOT NULL
) WITHOUT ROWID;
"""
_FACTS = "name, source, sha256, size, added, title, revision, pages"
# SQLite's file format: a number that changes with every transaction.
_COUNTER = slice(24, 28)


class Damaged(IntegrityProblem):
    """The catalog or the index of own documents cannot be used; both can be made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document: the ``name`` of its copy, and the ``source`` that was copied.

    ``sha256`` and ``size`` (bytes) are the copy's; ``added`` is a moment in ISO 8601, UTC;
    ``pages`` is 0 where the copy could not be read.
    """

    name: str
    source: str
    sha256: str
    size: int
    added: str
    title: str
    revision: str
    pages: int


class Catalog:
    """The catalog in ``folder``, open for one thread; used as a context, and closed by it.

    Raises Damaged where the file is none of ours, and the errors of ``told``.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        with told(path):
            # Created here rather than by SQLite: a journal beside it inherits this mode.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        self._path = path
        try:
            with told(path):
                self._prepare()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Self:
        """Stay open for the block."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close after the block."""
        self._database.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody else change anything; what the block changed holds when it ends well."""
        with told(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise

    def entries(self) -> tuple[Entry, ...]:
        """All documents, by name."""
        with told(self._path):
            rows = self._database.execute(f"SELECT {_FACTS} FROM document ORDER BY name").fetchall()  # noqa: S608 - a constant
        return tuple(
            Entry(**dict(zip(Entry.__dataclass_fields__, row, strict=True))) for row in rows
        )

    def document(self, name: str) -> Document | None:
        """What was read of ``name``; None where that is damaged, or an older release read it."""
        with told(self._path):
            rows = self._database.execute(
                "SELECT content FROM document WHERE name = ?", (name,)
            ).fetchall()
        try:
            content = json.loads(zlib.decompress(rows[0][0]))
            if content["reading"] != _READING:
                return None
            return Document.decoded(content["document"])
        except (IndexError, ValueError, TypeError, KeyError, zlib.error):
            return None

    def put(self, entry: Entry, document: Document) -> None:
        """Add ``entry``, or put it in the place of the one of its name."""
        read = {"reading": _READING, "document": asdict(document)}
        content = zlib.compress(json.dumps(read).encode())
        values = (*asdict(entry).values(), content)
        marks = ", ".join("?" * len(values))
        with told(self._path):
            self._database.execute(f"INSERT OR REPLACE INTO document VALUES ({marks})", values)  # noqa: S608 - marks

    def remove(self, name: str) -> None:
        """Forget ``name``, and what was read of it."""
        with told(self._path):
            self._database.execute("DELETE FROM document WHERE name = ?", (name,))

    def _prepare(self) -> None:
        execute = self._database.execute
        execute("PRAGMA secure_delete = ON")
        if execute("PRAGMA user_version").fetchone()[0] == _VERSION:
            if execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
                raise _damaged(self._path, "it is another program's")
            return
        execute("BEGIN IMMEDIATE")
        with self._undone_on_error():
            version = execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise IntegrityProblem(
                    f"{self._path}: a newer fieldkit wrote the catalog of your own documents",
                    hint="Use the newer release, or move the file away and add them again.",
                )
            if not version:
                execute(_TABLES)
                execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                execute(f"PRAGMA user_version = {_VERSION}")
            execute("COMMIT")

    @contextmanager
    def _undone_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise


def entries(folder: Path) -> tuple[Entry, ...]:
    """The documents of the catalog in ``folder``; none where there is no catalog."""
    if not (folder / FILE).is_file():
        return ()
    with Catalog(folder) as catalog:
        return catalog.entries()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of those who make a catalog in ``folder`` anew; raises Busy."""
    path = folder / _LOCK
    with told(path):
        database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        with told(path):
            database.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        database.close()


def stamp(folder: Path) -> bytes:
    """What changes with every change of the catalog in ``folder``; empty where there is none."""
    try:
        with (folder / FILE).open("rb") as file:
            inode = os.fstat(file.fileno()).st_ino
            return file.read(_COUNTER.stop)[_COUNTER] + str(inode).encode()
    except OSError:
        return b""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into Damaged, DiskFull or Busy, with ``path`` in the message."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _operational(path, error) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(path, str(error)) from error


@contextmanager
def full_told(path: Path) -> Iterator[None]:
    """Turn a full disk into DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise DiskFull(
            f"{path}: no space left for your own documents",
            hint="Free some space and add them again; what was there before is kept.",
        ) from error


def _operational(path: Path, error: sqlite3.OperationalError) -> FieldkitError:
    if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return DiskFull(
            f"{path}: no space left for your own documents",
            hint="Free some space and add them again; what was there before is kept.",
        )
    if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Busy(
            "another window is changing your own documents",
            hint="Wait until it has ended and try again.",
        )
    return _damaged(path, str(error))


def _damaged(path: Path, reason: str) -> Damaged:
    return Damaged(
        f"{path}: the catalog of your own documents cannot be used: {reason}",
        hint="`fieldkit documents rebuild` makes it anew from the copies.",
    )


def index_path(folder: Path, entries: Sequence[Entry], language: str) -> Path:
    """The index of exactly ``entries`` as this release makes it, in words of ``language``."""
    made_by = f"{__version__} {SCHEMA_VERSION} {_READING} {language}"
    digest = hashlib.sha256(made_by.encode())
    for entry in entries:
        digest.update(f"\0{entry.name}\0{entry.sha256}\0{entry.added}".encode("utf-8", "replace"))
    return folder / f"index-{digest.hexdigest()[:16]}.sqlite3"
