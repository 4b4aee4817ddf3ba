"""Documents -> one SQLite file that search reads on the laptop.

Equal documents give equal bytes (with one version of SQLite), so a release of the same manuals has
the same hash. The file is written aside and renamed, so it is whole or not there.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fieldkit.errors import DiskFull
from fieldkit.library.documents import Document
from fieldkit.library.passages import split
from fieldkit.library.schema import APPLICATION_ID, SCHEMA_VERSION, SEARCH_COLUMNS, TABLES
from fieldkit.library.terms import codes

# Stemming is English; other languages are matched word by word.
_TOKENIZERS = {"en": "porter unicode61 remove_diacritics 2"}
_ANY_TOKENIZER = "unicode61 remove_diacritics 2"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSummary:
    """What an index holds; ``size`` is the file's bytes."""

    documents: int
    pages: int
    passages: int
    size: int


def build(path: Path, documents: Sequence[Document], *, language: str = "en") -> IndexSummary:
    """Index ``documents`` into the file ``path``, replacing it; ``language`` is a code like ``en``.

    Raises DiskFull, and OSError when the folder cannot be written; nothing is left half-written.
    """
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(aside, isolation_level=None)) as database:
            counts = _write(database, documents, language)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.replace(path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise DiskFull(
                f"{path}: no space left for the index of the manuals",
                hint="Free some space and build again.",
            ) from error
        raise OSError(f"{path}: the index cannot be written: {error}") from error
    finally:
        aside.unlink(missing_ok=True)
    pages, passages = counts
    return IndexSummary(
        documents=len(documents), pages=pages, passages=passages, size=path.stat().st_size
    )


def _write(
    database: sqlite3.Connection, documents: Sequence[Document], language: str
) -> tuple[int, int]:
    """Fill an empty database; returns how many pages and passages went in."""
    # The file is thrown away on any failure, so it needs no journal beside it.
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    tokenizer = _TOKENIZERS.get(language.partition("-")[0].lower(), _ANY_TOKENIZER)
    database.executescript(TABLES)
    database.execute(
        "CREATE VIRTUAL TABLE search USING fts5"
        f"({', '.join(SEARCH_COLUMNS)}, content='', tokenize='{tokenizer}')"
    )
    database.execute("BEGIN")
    pages = passages = 0
    for key, document in enumerate(documents, 1):
        database.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?)",
            (key, document.document, document.title, document.revision, document.date),
        )
        database.executemany(
            "INSERT INTO page VALUES (?, ?, ?)",
            [(key, page.number, page.text) for page in document.pages],
        )
        pages += len(document.pages)
        for passage in split(document):
            passages += 1
            database.execute(
                "INSERT INTO passage VALUES (?, ?, ?, ?, ?)",
                (passages, key, passage.page, passage.heading, passage.text),
            )
            title = f"{document.document} {document.title}"
            found = codes(f"{document.document} {passage.heading}\n{passage.text}")
            database.execute(
                "INSERT INTO search (rowid, title, heading, text, codes) VALUES (?, ?, ?, ?, ?)",
                (passages, title, passage.heading, passage.text, " ".join(found)),
            )
    database.execute("INSERT INTO search (search) VALUES ('optimize')")
    database.execute("COMMIT")
    database.execute("VACUUM")
    return pages, passages
