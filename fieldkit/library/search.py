"""The installed library: finds the passages that a question is about, and shows whole pages.

Ranking is BM25 (Robertson and Zaragoza 2009, as SQLite's FTS5 implements it) weighted by
*coverage*: how much of what was asked a passage mentions, where rare words count more. A passage
that covers too little is no evidence and is not returned.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fieldkit.core.citation import Passage
from fieldkit.errors import IntegrityProblem
from fieldkit.library.schema import APPLICATION_ID, SCHEMA_VERSION
from fieldkit.library.terms import Term, terms

# Least coverage of a passage that counts as evidence; measured on the demo's questions.
FLOOR = 0.4
# BM25 weights of the columns, in the order of schema.SEARCH_COLUMNS.
_WEIGHTS = "1.0, 3.0, 1.0, 4.0"
_CANDIDATES = 50
_MAX_TERMS = 32
# A code names one thing, so it weighs as much as several words.
_CODE_WEIGHT = 3.0

_REINSTALL = "Run `fieldkit verify`, or install the release again from its media."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """One manual of the library; ``pages`` are its page numbers (0 alone: it has no pages)."""

    document: str
    title: str
    revision: str
    date: str
    pages: tuple[int, ...]


class Library:
    """An index opened for reading. Every method may be called from any thread."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._database = database
        self._path = path
        self._lock = threading.Lock()
        self._passages = 0

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the index at ``path``; nothing is ever written to it or beside it.

        Raises IntegrityProblem when it is missing, is no index or is of another version.
        """
        if not path.is_file():
            raise IntegrityProblem(f"{path}: the index of the manuals is missing", hint=_REINSTALL)
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        library = cls(database, path)
        try:
            library._check()
        except IntegrityProblem:
            library.close()
            raise
        return library

    def _check(self) -> None:
        if self._rows("PRAGMA application_id") != [(APPLICATION_ID,)]:
            raise IntegrityProblem(f"{self._path}: not an index of manuals", hint=_REINSTALL)
        if (found := self._rows("PRAGMA user_version")[0][0]) != SCHEMA_VERSION:
            raise IntegrityProblem(
                f"{self._path}: index version {found}, this program reads {SCHEMA_VERSION}",
                hint="Build the release again with this version of fieldkit.",
            )
        self._passages = self._rows("SELECT count(*) FROM passage")[0][0]

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        with self._lock:
            self._database.close()

    def __enter__(self) -> Self:
        """Stay open for the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close after the block."""
        self.close()

    def documents(self) -> tuple[Manual, ...]:
        """Return the manuals in the order they were indexed."""
        pages: dict[int, list[int]] = {}
        for key, number in self._rows("SELECT document_id, number FROM page ORDER BY 1, 2"):
            pages.setdefault(key, []).append(number)
        return tuple(
            Manual(
                document=document,
                title=title,
                revision=revision,
                date=date,
                pages=tuple(pages.get(key, ())),
            )
            for key, document, title, revision, date in self._rows(
                "SELECT id, document, title, revision, date FROM document ORDER BY id"
            )
        )

    def page(self, document: str, number: int) -> str:
        """Return the text of a page as the manual has it (Markdown stays Markdown).

        Raises KeyError when the library has no such page.
        """
        rows = self._rows(
            "SELECT page.text FROM page JOIN document ON document.id = document_id"
            " WHERE document.document = ? AND number = ?",
            (document, number),
        )
        if not rows:
            raise KeyError(f"{document} p. {number}")
        return str(rows[0][0])

    def search(self, query: str, limit: int = 3, *, floor: float = FLOOR) -> tuple[Passage, ...]:
        """Return the passages that ``query`` is about, best first, at most ``limit``.

        ``query`` is plain text, never search syntax. A passage is returned when it covers at least
        ``floor`` (0 to 1) of what was asked; 0 returns whatever is nearest.
        """
        wanted = terms(query)[:_MAX_TERMS]
        matches = {term: self._matching(term) for term in wanted}
        known = [term for term in wanted if matches[term]]
        if not known:
            return ()
        weight = {term: self._weight(term, len(matches[term])) for term in wanted}
        total = sum(weight.values())
        ranked = []
        for key, relevance in self._relevance(known):
            covered = sum(weight[term] for term in known if key in matches[term]) / total
            if covered >= floor:
                ranked.append((relevance * covered, key))
        ranked.sort(key=lambda pair: (-pair[0], pair[1]))
        return self._load(ranked[:limit])

    def _weight(self, term: Term, matching: int) -> float:
        """Inverse document frequency; a word that no manual has weighs as much as a rare one."""
        rarity = math.log(1 + (self._passages - matching + 0.5) / (matching + 0.5))
        return rarity * (_CODE_WEIGHT if term.identity else 1.0)

    def _matching(self, term: Term) -> frozenset[int]:
        rows = self._rows("SELECT rowid FROM search WHERE search MATCH ?", (_match(term),))
        return frozenset(key for (key,) in rows)

    def _relevance(self, wanted: Iterable[Term]) -> list[tuple[int, float]]:
        return self._rows(
            f"SELECT rowid, -bm25(search, {_WEIGHTS}) FROM search WHERE search MATCH ?"  # noqa: S608 - constants
            " ORDER BY 2 DESC, 1 LIMIT ?",
            (" OR ".join(_match(term) for term in wanted), _CANDIDATES),
        )

    def _load(self, ranked: Sequence[tuple[float, int]]) -> tuple[Passage, ...]:
        found = []
        for score, key in ranked:
            rows = self._rows(
                "SELECT document, title, revision, page, heading, text FROM passage"
                " JOIN document ON document.id = document_id WHERE passage.id = ?",
                (key,),
            )
            document, title, revision, page, heading, text = rows[0]
            found.append(
                Passage(
                    document=document,
                    title=title,
                    revision=revision,
                    page=page,
                    heading=heading,
                    text=text,
                    score=score,
                )
            )
        return tuple(found)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.ProgrammingError:
            raise  # used after close: a defect of the caller
        except sqlite3.DatabaseError as error:
            raise IntegrityProblem(
                f"{self._path}: the index of the manuals is damaged: {error}", hint=_REINSTALL
            ) from error


def _match(term: Term) -> str:
    """``term`` as an FTS5 expression; quoted, so nothing in it is syntax."""
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}"' for text in (term.text, *term.also)]
    columns = "codes" if term.code else "{title heading text}"
    return f"{columns} : ({' OR '.join(quoted)})"
