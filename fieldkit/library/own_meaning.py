"""What own documents mean: vectors that are made after their index, while nobody waits for them.

They stand in a file of their own beside the index, in the tables of ``library/meaning.py``, which
is there and whole or not there at all. Vectors are kept by their texts and the embedder, so that
one more document costs only its own passages, and whoever was stopped goes on where that was.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from fieldkit.core.citation import Passage
from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.library import meaning, own_catalog
from fieldkit.library.meaning import Embed, Kind, Meaning, Meant
from fieldkit.library.own_catalog import full_told, told
from fieldkit.library.search import Library
from fieldkit.library.vectors import pack, unpack

STORE = "vectors.sqlite3"
_LOCK = "vectors-lock.sqlite3"
_LOADED = 500  # passages at once
_AT_ONCE = 2  # texts: a question that comes meanwhile waits for no more
_TABLE = """
CREATE TABLE IF NOT EXISTS vector (
    embedder TEXT NOT NULL, text BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (embedder, text)
) WITHOUT ROWID
"""

Vectors = Sequence[Sequence[float]]
Make = Callable[[Sequence[str]], Vectors | None]
Going = Callable[[int, int], bool]


def path_of(index: Path, kind: Kind) -> Path:
    """Where the vectors of the passages of ``index`` stand, as an embedder of ``kind`` makes them.

    ``meaning-`` and the digest of the index, so that whoever sweeps it knows what belongs to it.
    """
    made_by = hashlib.sha256(f"{kind.embedder}\0{kind.passage}\0{kind.question}".encode())
    digest = index.stem.removeprefix("index-")
    return index.with_name(f"meaning-{digest}-{made_by.hexdigest()[:16]}.sqlite3")


def sweep(folder: Path, index: Path | None) -> None:
    """Remove vectors that belong to another index than ``index``; all of them where it is None."""
    kept = "" if index is None else f"meaning-{index.stem.removeprefix('index-')}-"
    for path in folder.glob("meaning-*.sqlite3"):
        if not (kept and path.name.startswith(kept)):
            with suppress(OSError):  # on Windows a chat may have it open
                path.unlink()
    if index is None:
        with suppress(OSError):
            (folder / STORE).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class OwnMeanings:
    """The vectors of the own documents in ``folder``, whose index is made in ``language``.

    ``kind`` says which embedder the company's manuals were read with. Several processes may make
    them at once: one works and the others do not wait.
    """

    folder: Path
    language: str
    kind: Kind

    def target(self) -> Path | None:
        """Where the vectors of the documents as they are now belong; None where there is no index.

        Raises FieldkitError where the catalog cannot be read.
        """
        entries = own_catalog.entries(self.folder)
        index = own_catalog.index_path(self.folder, entries, self.language)
        return path_of(index, self.kind) if entries and index.is_file() else None

    def make(self, embed: Make, going: Going = lambda _done, _all: True) -> bool:
        """Make what is missing; returns whether the vectors are there and whole now.

        ``embed`` makes vectors of a few texts and returns None where it cannot. ``going`` is asked
        before each time with how many of how many are done, and returns False to stop. Raises
        FieldkitError; what was made until then is kept.
        """
        entries = own_catalog.entries(self.folder)
        index = own_catalog.index_path(self.folder, entries, self.language)
        if not (entries and index.is_file()):
            return False
        target = path_of(index, self.kind)
        if target.is_file():
            return True
        stamp = own_catalog.stamp(self.folder)

        def still(done: int, whole: int) -> bool:
            return own_catalog.stamp(self.folder) == stamp and going(done, whole)

        with full_told(self.folder), self._alone() as free:
            if not free:
                return False
            with Library.open(index) as library, closing(_Store(self.folder, self.kind)) as store:
                names = store.fill(library, embed, still)
                if names is None or own_catalog.stamp(self.folder) != stamp:
                    return False
                self._write(target, store, names)
                store.keep_only(names)
            for path in self.folder.glob(f"{target.name.rpartition('-')[0]}-*.sqlite3"):
                if path != target:  # another embedder's
                    with suppress(OSError):
                        path.unlink()
        return True

    def _write(self, target: Path, store: _Store, names: Sequence[bytes]) -> None:
        descriptor, name = tempfile.mkstemp(dir=self.folder / own_catalog.INCOMING)
        os.close(descriptor)
        aside = Path(name)
        try:
            meant = Meant(
                embedder=self.kind.embedder,
                question=self.kind.question,
                passage=self.kind.passage,
                vectors=lambda _texts: map(store.vector, names),
            )
            with told(aside), closing(sqlite3.connect(aside, isolation_level=None)) as database:
                database.execute("PRAGMA journal_mode = OFF")
                database.execute("BEGIN")
                meaning.write(database, meant, [""] * len(names))
                database.execute("COMMIT")
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            aside.replace(target)
        except ValueError as error:
            raise IntegrityProblem(
                f"{store.path}: the vectors of your own documents cannot be used: {error}",
                hint="They are made anew.",
            ) from error
        finally:
            aside.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether nobody else makes vectors here; nobody will for the block, then."""
        path = self.folder / _LOCK
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(path, timeout=0.0, isolation_level=None)) as database:
            try:
                database.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                yield False
            else:
                yield True


class _Store:
    """Packed vectors by the SHA-256 of their texts; made anew where it is damaged."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.path = folder / STORE
        self._kind = kind
        try:
            self._database = _opened(self.path)
        except sqlite3.DatabaseError:
            self.path.unlink(missing_ok=True)
            with told(self.path):
                self._database = _opened(self.path)

    def close(self) -> None:
        self._database.close()

    def fill(self, library: Library, embed: Make, going: Going) -> list[bytes] | None:
        """The names of the texts of all passages, which have vectors now; None: not all have."""
        names: list[bytes] = []
        missing: dict[bytes, str] = {}
        for passage in _passages(library):
            text = self._kind.passage + meaning.text_of(passage)
            names.append(hashlib.sha256(text.encode("utf-8", "replace")).digest())
            if not self._has(names[-1]):
                missing[names[-1]] = text
        todo = sorted(missing.items(), key=lambda item: len(item[1]))  # alike ones share batches
        done = len(names) - len(todo)
        for start in range(0, len(todo), _AT_ONCE):
            lot = todo[start : start + _AT_ONCE]
            if not going(done + start, len(names)):
                return None
            vectors = embed([text for _, text in lot])
            if vectors is None:
                return None
            self._put([name for name, _ in lot], vectors)
        return names

    def vector(self, name: bytes) -> Sequence[float]:
        """The vector of a text, of length one; raises ValueError where it is damaged."""
        return unpack(self._value(name) or b"")

    def keep_only(self, names: Sequence[bytes]) -> None:
        """Forget every text but these, and what other embedders made."""
        with told(self.path), self._database as changing:
            changing.execute("CREATE TEMP TABLE kept (text BLOB PRIMARY KEY)")
            changing.executemany("INSERT OR IGNORE INTO kept VALUES (?)", [(n,) for n in names])
            changing.execute(
                "DELETE FROM vector WHERE embedder != ? OR text NOT IN kept",
                (self._kind.embedder,),
            )

    def _has(self, name: bytes) -> bool:
        return self._value(name) is not None

    def _value(self, name: bytes) -> bytes | None:
        with told(self.path):
            row = self._database.execute(
                "SELECT value FROM vector WHERE embedder = ? AND text = ?",
                (self._kind.embedder, name),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def _put(self, names: Sequence[bytes], vectors: Vectors) -> None:
        try:
            rows = [
                (self._kind.embedder, name, pack(vector))
                for name, vector in zip(names, vectors, strict=True)
            ]
        except ValueError as error:
            raise IntegrityProblem(
                f"the embedder made no vector: {error}",
                hint="Your own documents are found by their words.",
            ) from error
        with told(self.path), self._database as changing:
            changing.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)


def _opened(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path)
    try:
        database.execute("PRAGMA secure_delete = ON")
        database.execute(_TABLE)
        database.execute("SELECT embedder, text, value FROM vector LIMIT 1").fetchall()
    except BaseException:
        database.close()
        raise
    return database


def _passages(library: Library) -> Iterator[Passage]:
    """The passages 1, 2, 3, ... of ``library``."""
    count = library.passages
    for start in range(1, count + 1, _LOADED):
        keys = list(range(start, min(start + _LOADED, count + 1)))
        yield from library.load_many(keys).values()


class OpenMeaning:
    """The vectors at ``path`` opened for searching; ``embed`` is that of the company's manuals.

    Raises IntegrityProblem, as whatever reads them later does.
    """

    def __init__(self, path: Path, embed: Embed) -> None:
        self.path = path
        self._lock = threading.Lock()
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(
            uri, uri=True, check_same_thread=False, isolation_level=None
        )
        try:
            found = Meaning.of(self._rows, embed)
        except (ValueError, FieldkitError) as error:
            self.close()
            raise IntegrityProblem(f"{path}: {error}", hint="They are made anew.") from error
        if found is None:
            self.close()
            raise IntegrityProblem(f"{path}: holds no vectors", hint="They are made anew.")
        self.meaning = found

    @classmethod
    def at(cls, path: Path, embed: Embed) -> Self | None:
        """The vectors at ``path``; None where they are not made yet, or damaged, then removed."""
        if not path.is_file():
            return None
        try:
            return cls(path, embed)
        except (IntegrityProblem, sqlite3.Error):
            with suppress(OSError):
                path.unlink()
            return None

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        with self._lock:
            self._database.close()

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        with self._lock, told(self.path):
            return self._database.execute(statement, values).fetchall()
