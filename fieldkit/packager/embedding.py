"""Vectors of passages: each text is embedded once with one embedder, whatever index it is for."""

from __future__ import annotations

import array
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeAlias

from fieldkit import resources
from fieldkit.core.embedder import MOST_TOKENS
from fieldkit.engine.embedder import EmbedderClient
from fieldkit.engine.location import engine_key
from fieldkit.errors import DiskFull, FieldkitError
from fieldkit.library.meaning import Meant
from fieldkit.library.search import Library
from fieldkit.packager.cache import key_of
from fieldkit.packager.embedders import Embedder
from fieldkit.packager.run import Run, code

_FOLDER = "embeddings"
_AT_ONCE = 32  # texts; what is done is kept after each lot, so a killed build goes on there
Vectors: TypeAlias = "list[array.array[float]]"


def inputs_of(embedder: Embedder | None) -> dict[str, str] | None:
    """What the vectors in an index depend on besides its passages."""
    if embedder is None:
        return None
    return {
        "embedder": embedder.sha256,
        "question": embedder.question,
        "passage": embedder.passage,
        "engine": engine_key(),
        "tokens": str(MOST_TOKENS),
        "code": code("engine/embedding.py"),
    }


@contextmanager
def meant(run: Run, embedder: Embedder | None) -> Iterator[Meant | None]:
    """How the index gets its vectors, while the embedder runs; None without an embedder.

    The engine is started when the first text is met that is not known yet.
    """
    if embedder is None:
        yield None
        return
    with closing(EmbedderClient(embedder.file)) as client, closing(_Kept(embedder)) as kept:

        def vectors(texts: Sequence[str]) -> Vectors:
            advance = run.progress.advance
            return kept.vectors(
                texts, _Started(client), lambda n: advance(n, len(texts), "passages")
            )

        yield Meant(
            embedder=embedder.sha256,
            question=embedder.question,
            passage=embedder.passage,
            vectors=vectors,
        )


@contextmanager
def searching(library: Library, embedder: Embedder | None) -> Iterator[None]:
    """Let ``embedder``, if there is one, help to search ``library``, however long it takes.

    Raises what it cannot be loaded for, so that nothing is scored by words alone unnoticed.
    """
    if embedder is None:
        yield
        return
    with closing(EmbedderClient(embedder.file)) as client:
        client.start()
        library.find_by_meaning(_Sure(client))
        yield


class _Sure:
    """An embedder that is waited for; what goes wrong is raised."""

    problem: FieldkitError | None = None

    def __init__(self, client: EmbedderClient) -> None:
        self._client = client

    def __call__(self, text: str, /) -> Sequence[float]:
        return self._client.embed([text])[0]


class _Started:
    """An embedder that is started by its first call."""

    def __init__(self, client: EmbedderClient) -> None:
        self._client = client

    def __call__(self, texts: Sequence[str]) -> Vectors:
        if not self._client.pid:
            self._client.start()
        return self._client.embed(texts)


class _Kept:
    """The vectors that one embedder made on this machine, by the SHA-256 of their texts."""

    def __init__(self, embedder: Embedder) -> None:
        facts = {"embedder": embedder.sha256, "engine": engine_key(), "tokens": str(MOST_TOKENS)}
        key = key_of(facts)
        path = resources.cache_dir() / _FOLDER / f"{key}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:  # damaged: it can be made again
            path.unlink(missing_ok=True)
            self._database = _opened(path)

    def close(self) -> None:
        self._database.close()

    def vectors(
        self,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], Vectors],
        told: Callable[[int], None],
    ) -> Vectors:
        """The vectors of ``texts``; those not known yet are made and kept."""
        names = [hashlib.sha256(text.encode()).digest() for text in texts]
        missing = {
            name: text for name, text in zip(names, texts, strict=True) if self._find(name) is None
        }
        todo = sorted(missing.items(), key=lambda item: len(item[1]))  # alike ones share batches
        done = len(texts) - len(todo)
        for start in range(0, len(todo), _AT_ONCE):
            lot = todo[start : start + _AT_ONCE]
            self._keep([name for name, _ in lot], embed([text for _, text in lot]))
            told(done + start + len(lot))
        return [found for name in names if (found := self._find(name)) is not None]

    def _find(self, name: bytes) -> array.array[float] | None:
        row = self._database.execute("SELECT value FROM vector WHERE text = ?", (name,)).fetchone()
        return None if row is None else array.array("f", row[0])

    def _keep(self, names: Sequence[bytes], vectors: Vectors) -> None:
        try:
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?)",
                    [(name, made.tobytes()) for name, made in zip(names, vectors, strict=True)],
                )
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise DiskFull(
                f"{self._path}: no space left for what the embedder makes",
                hint="Free some space and build again.",
            ) from error


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE IF NOT EXISTS vector (text BLOB PRIMARY KEY, value BLOB NOT NULL)"
        " WITHOUT ROWID"
    )
    return database
