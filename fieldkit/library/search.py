"""The installed library: finds the passages that a question is about, and shows whole pages.

Ranking is BM25 (Robertson and Zaragoza 2009, as SQLite's FTS5 implements it) weighted by
*coverage*: how much of what was asked a passage mentions, where rare words count more. Whether it
is *evidence* is another number (library/evidence.py), held against a floor that is chosen when the
index is made. What a newer revision supersedes ranks behind everything that holds. Where the index
knows what its passages mean (library/meaning.py), that counts as well (library/blending.py).
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fieldkit.core.citation import Finding, Passage, State
from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.library import quantities
from fieldkit.library.blending import Candidate, blended, by_words, is_evidence, pages_apart
from fieldkit.library.calibrated import LIMITS, MODEL, SHARES
from fieldkit.library.candidates import candidates_for
from fieldkit.library.copies import without_copies
from fieldkit.library.evidence import Place, evidence
from fieldkit.library.identities import Identities
from fieldkit.library.judging import LOOKED_AT, Certainty, Limits, certainty, judged
from fieldkit.library.language import Language, language
from fieldkit.library.language_votes import Languages, foreign
from fieldkit.library.loading import load_many
from fieldkit.library.meaning import Alike, Embed, Kind, Meaning, kind_of
from fieldkit.library.normal import normal
from fieldkit.library.packing import unpack
from fieldkit.library.query import Planner, Wanted
from fieldkit.library.ranking import Features
from fieldkit.library.reading import MOST_READ, Read, page_of, quoted, read
from fieldkit.library.schema import APPLICATION_ID, SCHEMA_VERSION
from fieldkit.library.terms import ENGLISH

# In `about`: the cosine from which on a passage is evidence by what it means alone.
MEANING_FLOOR = "meaning_floor"
# In `about`: from which certainty on something is perhaps the answer, and is the answer.
PERHAPS = "perhaps"
ANSWERED = "answered"
_OLD = "An older fieldkit made it."
_NEW = "A newer fieldkit made it."
_BUILD_AGAIN = (
    "Build the release again with this one, or make the index anew:"
    " fieldkit index FOLDER --output FILE."
)
_INSTALL_THAT = "Install that one, or make the index anew with this one."
_REINSTALL = "Run `fieldkit verify`, or install the release again from its media."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """One manual of the library; ``pages`` are its page numbers (0 alone: it has no pages).

    ``labels`` are the printed numbers of those that are printed otherwise. ``file`` is its path
    below the folder of manuals and ``sha256`` that of its content, "" where they are not known.
    ``superseded_by`` names the newer revision of the same manual that the library holds, if any.
    ``own``: the technician added it.
    """

    document: str
    title: str
    revision: str
    date: str
    pages: tuple[int, ...]
    superseded_by: str = ""
    own: bool = False
    file: str = ""
    sha256: str = ""
    labels: Mapping[int, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage that was found, how much of the question it covers, and its evidence (both 0 to 1).

    ``mentioned`` is what the evidence was reckoned from. ``meant``: what it means answers, whatever
    its words; ``near``: what it means stands out from the library. ``features`` are what it was
    ranked by, and ``standing`` how alike it is (``meaning.Alike``); 0 where that is not known.
    """

    passage: Passage
    coverage: float
    evidence: float
    mentioned: tuple[tuple[Wanted, Place], ...] = ()
    meant: bool = False
    features: Features | None = None
    near: bool = False
    standing: float = 0.0


class Library:
    """An index opened for reading. Every method may be called from any thread.

    ``languages`` says how many passages there are of each language, by its code; ``language`` is
    the profile's, which counts where a text shows none.
    """

    def __init__(self, database: sqlite3.Connection, path: Path, remedy: str = "") -> None:
        self._database = database
        self._path = path
        self._remedy = remedy or _REINSTALL
        self._remade = remedy
        self._lock = threading.Lock()
        self._planner: Planner | None = None
        self._meaning: Meaning | None = None
        self._identities: Identities | None = None
        self.language: Language = ENGLISH
        self.languages: Mapping[str, int] = {}
        self.limits = LIMITS
        self._alike_enough = math.inf

    @classmethod
    def open(cls, path: Path, *, remedy: str = "") -> Self:
        """Open the index at ``path``; nothing is ever written to it or beside it.

        Raises IntegrityProblem when it is missing, is no index or is of another version.
        ``remedy`` says what to do then, and when it is damaged; "" for what helps a release.
        """
        if not path.is_file():
            raise IntegrityProblem(
                f"{path}: the index of the manuals is missing", hint=remedy or _REINSTALL
            )
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        library = cls(database, path, remedy)
        try:
            library._check()
        except IntegrityProblem:
            library.close()
            raise
        return library

    def _check(self) -> None:
        if self._rows("PRAGMA application_id") != [(APPLICATION_ID,)]:
            raise self._foreign()
        if (found := self._rows("PRAGMA user_version")[0][0]) != SCHEMA_VERSION:
            raise IntegrityProblem(
                f"{self._path}: index version {found}, this program reads {SCHEMA_VERSION}",
                hint=(
                    f"{_OLD} {self._remade or _BUILD_AGAIN}"
                    if found < SCHEMA_VERSION
                    else f"{_NEW} {self._remade or _INSTALL_THAT}"
                ),
            )
        about = self.about()
        self.language = language(about.get("language", "en"))
        with self._damage_told():
            self.limits = Limits(
                perhaps=float(about.get(PERHAPS, LIMITS.perhaps)),
                answered=float(about.get(ANSWERED, LIMITS.answered)),
            )
            self._alike_enough = float(about.get(MEANING_FLOOR, "inf"))
            self.languages = json.loads(about.get("languages", "{}"))
            if not 0.0 <= self.limits.perhaps <= self.limits.answered <= 1.0:
                raise ValueError(f"limits of {self.limits}")

    def about(self) -> dict[str, str]:
        """Return what the index says about itself (library/schema.py)."""
        return dict(self._rows("SELECT name, value FROM about"))

    def find_by_meaning(self, embed: Embed) -> bool:
        """Let ``embed`` help to rank; returns whether the index holds vectors to compare with.

        ``embed`` is asked on whichever thread searches, and answers None where it cannot.
        """
        with self._damage_told():
            self._meaning = Meaning.of(self._rows, embed)
        return self._meaning is not None

    @property
    def kind(self) -> Kind | None:
        """Which vectors the index holds, whether they are in use or not; None: none."""
        with self._damage_told():
            return kind_of(self._rows)

    @property
    def dimensions(self) -> int:
        """Of the vectors in use; 0 without ``find_by_meaning``."""
        return self._meaning.dimensions if self._meaning else 0

    @property
    def words_only(self) -> FieldkitError | None:
        """Why words alone decide although the index knows meanings; None: they do not."""
        return self._meaning.problem if self._meaning else None

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
        labels: dict[int, dict[int, str]] = {}
        for key, number, label in self._rows(
            "SELECT document_id, number, label FROM page ORDER BY 1, 2"
        ):
            pages.setdefault(key, []).append(number)
            if label:
                labels.setdefault(key, {})[number] = label
        return tuple(
            Manual(
                document=document,
                title=title,
                revision=revision,
                date=date,
                pages=tuple(pages.get(key, ())),
                superseded_by=superseded_by,
                file=file,
                sha256=sha256,
                labels=labels.get(key, {}),
            )
            for key, document, title, revision, date, superseded_by, file, sha256 in self._rows(
                "SELECT id, document, title, revision, date, superseded_by, file, sha256"
                " FROM document ORDER BY id"
            )
        )

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        """Return the text of a page as the manual has it (Markdown stays Markdown).

        Without ``revision`` that of the newest. Raises KeyError when the library has no such page.
        """
        rows = self._rows(
            "SELECT page.text FROM page JOIN document ON document.id = document_id"
            " WHERE document.document = ? AND number = ? AND (? IS NULL OR revision = ?)"
            " ORDER BY superseded_by != ''",
            (document, number, revision, revision),
        )
        if not rows:
            raise KeyError(f"{document} p. {number}")
        with self._damage_told():
            return unpack(rows[0][0])

    def number_of(self, document: str, page: str, revision: str | None = None) -> int:
        """Return the number of the page that is printed as ``page`` (``2-3``), for ``page()``.

        Where none is printed so, ``page`` counts the pages of the file. Without ``revision`` that
        of the newest. Raises KeyError when the library has no such page.
        """
        rows = self._rows(
            "SELECT number, label FROM page JOIN document ON document.id = document_id"
            " WHERE document.document = ? AND (? IS NULL OR revision = ?)"
            " ORDER BY superseded_by != '', document_id, number",
            (document, revision, revision),
        )
        wanted = _page_name(page)
        printed = [number for number, label in rows if _page_name(label or str(number)) == wanted]
        counted = [number for number, _ in rows if str(number) == wanted]
        if not (printed or counted):
            raise KeyError(f"{document} p. {page}")
        return int((printed or counted)[0])

    def left_out(self) -> tuple[tuple[str, str], ...]:
        """Return the files that were not indexed, each with the reason."""
        return tuple(self._rows("SELECT file, reason FROM left_out ORDER BY rowid"))

    def search(
        self, query: str, limit: int = 3, *, floor: float | None = None
    ) -> tuple[Passage, ...]:
        """Return the passages that ``query`` is about, best first, at most ``limit``.

        ``query`` is plain text, never search syntax. With ``floor`` those are returned whose
        evidence is at least that, 0 to 1; without it all, but none where ``find`` finds nothing.
        """
        if floor is None:
            found = self.find(query, limit)
            return () if found.state is State.NONE else found.passages
        return tuple(entry.passage for entry in self._ranked(query, limit, floor))

    def find(self, query: str, limit: int = 3) -> Finding:
        """Return the ``limit`` passages nearest to ``query``, and whether they answer it.

        ``query`` is plain text, never search syntax.
        """
        ranked = self._ranked(query, max(limit, LOOKED_AT))
        found = judged(query, ranked, limit, model=MODEL, limits=self.limits)
        languages = foreign(self.spoken(query), self.languages)
        return replace(found, languages=languages).with_lacking(self.lacking(query))

    def lacking(self, query: str) -> tuple[str, ...]:
        """Return the codes and fault numbers of ``query`` that no manual holds, as typed."""
        return self._plans().lacking(query)

    def certainty(self, query: str) -> Certainty:
        """Return how sure it is that the best passages answer ``query``; ``limits`` part that."""
        return certainty(query, self._ranked(query, LOOKED_AT), MODEL)

    def likeness(self, question: str) -> float:
        """Return how alike the passage is that is most alike in meaning; -1 where none is known."""
        alike = self.alike(question)
        return max(alike.nearest.values(), default=-1.0) if alike else -1.0

    def alike(self, question: str) -> Alike | None:
        """Return what is alike in meaning to ``question``; None where that is not known."""
        with self._damage_told():
            return self._meaning.alike(question) if self._meaning else None

    def _ranked(self, query: str, limit: int, floor: float = 0.0) -> list[Ranked]:
        return self.ranked(
            self.plan(query), limit, floor=floor, question=query, alike=self.alike(query)
        )

    def ranked(
        self,
        wanted: Sequence[Wanted],
        limit: int,
        *,
        floor: float = 0.0,
        question: str = "",
        alike: Alike | None = None,
    ) -> list[Ranked]:
        """Return what is found for ``wanted`` with evidence of ``floor``, best first.

        What is ``alike`` in meaning to ``question`` counts too, where that is known.
        """
        with self._damage_told():
            candidates = candidates_for(self._rows, wanted, alike)
            cosines = alike.to([each.key for each in candidates]) if alike else {}
            standings = alike.standings(list(cosines)) if alike else {}
        ordered = blended(candidates, standings) if alike else by_words(candidates)
        first = [each for _, each in ordered[: max(limit, MOST_READ)]]
        entries = {entry.candidate.key: entry for entry in self._read(wanted, first, question)}
        again = [entry.candidate for entry in entries.values()]
        ordered = blended(again, standings) if alike else by_words(again)
        passages = {key: entry.passage for key, entry in entries.items()}
        pages = {key: page_of(passage) for key, passage in passages.items()}
        ordered = pages_apart(ordered, pages, named_first=alike is not None)
        ordered = without_copies(self._rows, ordered, passages)
        found: list[Ranked] = []
        kept = ordered[: max(limit, LOOKED_AT) if floor else limit]
        quotes = quoted(
            [entries[each.key] for _, each in kept], wanted, question, self._code_of(question)
        )
        for (score, each), passage in zip(kept, quotes, strict=True):
            entry = _judged(entries[each.key], replace(passage, score=score), wanted)
            if is_evidence(each, cosines.get(each.key, -1.0), self._alike_enough):
                entry = replace(entry, meant=True)
            if alike and is_evidence(each, standings[each.key], alike.outstanding):
                entry = replace(entry, near=True)
            if alike:
                entry = replace(entry, standing=standings[each.key])
            if entry.evidence >= floor and len(found) < limit:
                found.append(entry)
        return found

    def plan(self, query: str) -> list[Wanted]:
        """Return what ``query`` asks for, weighed by how common each part is here."""
        return self._plans().plan(query)

    def _plans(self) -> Planner:
        if self._planner is None:
            self._planner = Planner(self._rows, self._spoken(), self.passages)
        return self._planner

    def planner_with(self, other: Library) -> Planner:
        """Return what plans for this library and ``other`` as if they were one."""

        def rows(statement: str, values: Sequence[object]) -> list[Any]:
            return [*self._rows(statement, values), *other._rows(statement, values)]

        languages = Languages(other.language, Counter(self.languages) + Counter(other.languages))
        return Planner(rows, languages, self.passages + other.passages)

    def spoken(self, question: str) -> Language:
        """Return the language ``question`` is in, that of the profile where it shows none."""
        return self._spoken().spoken(question)

    def _spoken(self) -> Languages:
        return Languages(self.language, self.languages)

    def _read(
        self, wanted: Sequence[Wanted], candidates: Sequence[Candidate], question: str
    ) -> list[Read]:
        if self._identities is None:
            self._identities = Identities(
                (document, f"{document} {title}")
                for document, title in self._rows("SELECT document, title FROM document")
            )
        return read(
            self._rows,
            self.load_many,
            self._identities,
            wanted,
            candidates,
            question,
            self._code_of(question),
        )

    def _code_of(self, question: str) -> str:
        """The code of the language of ``question``, "" of none."""
        return self.spoken(question).code if question else ""

    @property
    def passages(self) -> int:
        """How many there are; their keys are 1, 2, 3, ..."""
        return int(self._rows("SELECT count(*) FROM passage")[0][0])

    def load_many(self, keys: Sequence[int]) -> dict[int, Passage]:
        """Return the passages ``keys`` with their texts, in that order; their score is 0."""
        with self._damage_told():
            return load_many(self._rows, keys)

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise IntegrityProblem(
                f"{self._path}: the index of the manuals is damaged: {error}",
                hint=self._remedy,
            ) from error

    def _foreign(self) -> IntegrityProblem:
        """What is raised for a file that is no index at all."""
        return IntegrityProblem(f"{self._path}: not an index of manuals", hint=self._remedy)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.ProgrammingError:
            raise  # used after close: a defect of the caller
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise self._foreign() from error
            raise IntegrityProblem(
                f"{self._path}: the index of the manuals is damaged: {error}",
                hint=self._remedy,
            ) from error


def _page_name(text: str) -> str:
    return "".join(normal(text).casefold().split())


def _judged(entry: Read, passage: Passage, wanted: Sequence[Wanted]) -> Ranked:
    """The ``passage`` of ``entry``, which was read for what is ``wanted``, with its evidence."""
    text = f"{passage.heading} {passage.text}"
    mentioned = []
    for term, held, written in zip(wanted, entry.candidate.holds, entry.written, strict=True):
        place = Place.WORD if held else Place.NOWHERE
        if place is Place.NOWHERE and quantities.held(term.quantities, text):
            place = Place.UNIT
        mentioned.append((replace(term, written=written) if written else term, place))
    covered = entry.candidate.covered
    return Ranked(
        passage,
        covered,
        evidence(mentioned, SHARES),
        tuple(mentioned),
        features=entry.features,
    )
