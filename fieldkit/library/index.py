"""Documents -> one SQLite file that search reads on the laptop.

Equal documents give equal bytes (with one version of SQLite), so a release of the same manuals has
the same hash. The file is written aside and renamed, so it is whole or not there.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from fieldkit.core.citation import Passage
from fieldkit.errors import DiskFull
from fieldkit.library import holding, meaning
from fieldkit.library.detection import language_of_document, languages_of_passages
from fieldkit.library.documents import Document, Page
from fieldkit.library.language import Language, fold, words
from fieldkit.library.language import language as find_language
from fieldkit.library.meaning import Meant
from fieldkit.library.named_numbers import keys
from fieldkit.library.normal import normal
from fieldkit.library.packing import pack, pack_passages
from fieldkit.library.passages import name_heading, split
from fieldkit.library.revisions import issue_of, superseding
from fieldkit.library.schema import APPLICATION_ID, INDEXES, SCHEMA_VERSION, SEARCH, TABLES
from fieldkit.library.spelling import letters
from fieldkit.library.synonyms import Groups, table
from fieldkit.library.terms import codes
from fieldkit.library.unspaced import holds

# A word in lower case without accents, and its stem.
_Form = tuple[str, str]
_BUNDLED = 64  # passages that are packed together at most
Calibrate = Callable[[Path], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSummary:
    """What an index holds; ``size`` is the file's bytes."""

    documents: int
    pages: int
    passages: int
    size: int


def build(  # noqa: PLR0913 - what an index is made of, by name
    path: Path,
    documents: Sequence[Document],
    *,
    language: str = "en",
    synonyms: Groups = (),
    meant: Meant | None = None,
    calibrate: Calibrate | None = None,
    left_out: Sequence[tuple[str, str]] = (),
    tell: Callable[[int], None] | None = None,
) -> IndexSummary:
    """Index ``documents`` into the file ``path``, replacing it.

    ``language`` is the code (like ``en``) of text without a recognised language.

    With ``meant``, passages are also found by what an embedder makes of them. ``calibrate`` is
    given the finished index, still aside, and returns what to note in ``about``. ``left_out`` names
    the files that are not among ``documents``, each with the reason. ``tell`` hears after each
    document how many pages are indexed.

    Of several revisions of one document all but the newest are marked as superseded. Raises
    DiskFull, and OSError when the folder cannot be written; nothing is left half-written.
    """
    aside = path.with_name(f".{path.name}.part")
    aside.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(aside, isolation_level=None)) as database:
            writer = _Writer(database, find_language(language))
            writer.write(documents, synonyms, meant, left_out, tell)
        if calibrate is not None:
            _note(aside, calibrate(aside))
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
    return IndexSummary(
        documents=len(documents),
        pages=writer.pages,
        passages=writer.passages,
        size=path.stat().st_size,
    )


def _note(path: Path, facts: Mapping[str, str]) -> None:
    """Add ``facts`` to what the index says about itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", sorted(facts.items()))


def _stems(words: Iterable[_Form]) -> str:
    return " ".join([stem for _, stem in words])


class _Forms(dict[str, _Form]):
    """The forms of the words of one language, each made when it is asked for the first time."""

    def __init__(self, spoken: Language) -> None:
        super().__init__()
        self._spoken = spoken

    def __missing__(self, written: str) -> _Form:
        form = self[written] = (fold(written), self._spoken.stem(written))
        return form


@dataclass(frozen=True, slots=True)
class _Part:
    """A passage with the normal text of its heading and of itself."""

    passage: Passage
    heading: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.heading}\n{self.text}"


@dataclass(frozen=True, slots=True)
class _Titled:
    """The document of a page: its key, what it is called, and the code of its language."""

    key: int
    title: str
    spoken: str


class _Writer:
    """Fills an empty database; ``pages`` and ``passages`` count what went in."""

    def __init__(self, database: sqlite3.Connection, spoken: Language) -> None:
        self._database = database
        self._default = spoken
        self._known: dict[str, _Forms] = {}  # by language
        self._languages: Counter[str] = Counter()
        self._words: Counter[_Form] = Counter()
        self._stems: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._texts: list[str] = []  # for an embedder, in the order of the passages' keys
        self.pages = 0
        self.passages = 0

    def write(
        self,
        documents: Sequence[Document],
        synonyms: Groups,
        meant: Meant | None = None,
        left_out: Sequence[tuple[str, str]] = (),
        tell: Callable[[int], None] | None = None,
    ) -> None:
        """Write everything, in one transaction."""
        execute = self._database.execute
        # The file is thrown away on any failure, so it needs no journal beside it.
        execute("PRAGMA journal_mode = OFF")
        execute("PRAGMA synchronous = OFF")
        execute(f"PRAGMA application_id = {APPLICATION_ID}")
        execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._database.executescript(TABLES)
        execute(SEARCH)
        execute("BEGIN")
        execute("INSERT INTO about VALUES ('language', ?)", (self._default.code,))
        self._database.executemany("INSERT INTO left_out VALUES (?, ?)", left_out)
        issues = [issue_of(document) for document in documents]
        for key, (document, newer) in enumerate(
            zip(documents, superseding(issues), strict=True), 1
        ):
            self._document(key, document, newer.name if newer else "")
            if tell is not None:
                tell(self.pages)
        counts = json.dumps(self._languages, sort_keys=True)
        execute("INSERT INTO about VALUES ('languages', ?)", (counts,))
        self._dictionary(synonyms)
        if meant is not None:
            meaning.write(self._database, meant, self._texts)
        execute("INSERT INTO search (search) VALUES ('optimize')")
        holding.write(self._database, self.passages)
        execute("COMMIT")
        self._database.executescript(INDEXES)
        execute("VACUUM")

    def _document(self, key: int, document: Document, superseded_by: str) -> None:
        by_page: dict[int, list[_Part]] = {page.number: [] for page in document.pages}
        for passage in split(document):
            part = _Part(passage, normal(passage.heading), normal(passage.text))
            by_page[passage.page].append(part)
        whole = [part.whole for parts in by_page.values() for part in parts]
        spoken = language_of_document(whole, self._default.spoken)
        self._database.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                document.document,
                document.title,
                document.revision,
                document.date,
                superseded_by,
                document.file,
                document.sha256,
                spoken,
            ),
        )
        name = name_heading(document)
        known = f"{document.document} {document.title}"
        titled = _Titled(key, normal(known if name in known else f"{known} {name}"), spoken)
        for page in document.pages:
            self._page(titled, page, by_page.pop(page.number, []))

    def _page(self, titled: _Titled, page: Page, parts: Sequence[_Part]) -> None:
        self.pages += 1
        self._database.execute(
            "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?)",
            (
                self.pages,
                titled.key,
                page.number,
                page.label,
                page.recognised,
                pack(page.text),
            ),
        )
        with_page = len(parts) <= _BUNDLED
        for place in range(0, len(parts), _BUNDLED):
            texts = [part.passage.text for part in parts[place : place + _BUNDLED]]
            self._database.execute(
                "INSERT INTO bundle VALUES (?, ?, ?, ?)",
                (
                    self.passages + place + 1,
                    self.pages,
                    with_page,
                    pack_passages(texts, page.text if with_page else ""),
                ),
            )
        languages = languages_of_passages(
            [part.whole for part in parts], titled.spoken, self._default.spoken
        )
        title = self._forms(titled.title, titled.spoken)
        for place, (part, spoken) in enumerate(zip(parts, languages, strict=True)):
            passage = part.passage
            self.passages += 1
            self._languages[spoken] += 1
            self._texts.append(meaning.text_of(passage))
            self._database.execute(
                "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    self.passages,
                    self.pages,
                    place,
                    passage.heading,
                    spoken,
                    passage.kind,
                    passage.above,
                ),
            )
            found = (
                *codes(f"{titled.title}\n{part.whole}"),
                *keys(part.text, part.heading, titled.title),
            )
            above = self._forms(normal(passage.above), spoken) if passage.above else []
            columns = [
                [*title, *above],
                *(self._forms(column, spoken) for column in (part.heading, part.text)),
            ]
            self._count(set(chain.from_iterable(columns)), found)
            self._database.execute(
                "INSERT INTO search (rowid, title, heading, text, codes) VALUES (?, ?, ?, ?, ?)",
                (self.passages, *map(_stems, columns), " ".join(found)),
            )

    def _forms(self, text: str, code: str) -> list[_Form]:
        """The words of a normal ``text`` in the language ``code``, and their stems."""
        known = self._known.get(code)
        if known is None:
            known = self._known[code] = _Forms(find_language(code))
        return list(map(known.__getitem__, words(text, indexed=True)))

    def _count(self, words: Collection[_Form], found: Sequence[str]) -> None:
        """Note which ``words`` and codes one more passage holds."""
        self._words.update(words)
        self._stems.update({stem for _, stem in words})
        self._codes.update(found)

    def _dictionary(self, synonyms: Groups) -> None:
        """Write what a question's words are held against."""
        many = self._database.executemany
        for code, counter in enumerate((self._stems, self._codes)):
            many(
                "INSERT INTO term VALUES (?, ?, ?)",
                [(code, text, count) for text, count in sorted(counter.items())],
            )
        languages = [find_language(code) for code in self._languages] or [self._default]
        # A misspelt word is none of these.
        unmeant = frozenset[str]().union(*(spoken.stop_words for spoken in languages))
        many(
            "INSERT INTO word VALUES (?, ?, ?, ?, ?)",
            [
                (word, stem, count, letters(word), stem[::-1])
                for (word, stem), count in sorted(self._words.items())
                if word.isalpha() and word not in unmeant and not holds(word)
            ],
        )
        many(
            "INSERT INTO synonym VALUES (?, ?)",
            [(t, "\n".join(a)) for t, a in sorted(table(synonyms, languages).items())],
        )
