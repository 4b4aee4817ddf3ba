"""The company's manuals and the technician's own documents, searched together.

What is found in the manuals is what is found without own documents; those are only put between.
How common a word is in a few notes says little, so a question is weighed for them by how common its
words are in both together. Coverage is then comparable between the two indexes; BM25 is not, and
decides only among the passages of one of them. The best passage of the manuals always stays.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from fieldkit.core.citation import Finding, Passage, State
from fieldkit.errors import FieldkitError, IntegrityProblem
from fieldkit.library import own_catalog
from fieldkit.library.calibrated import MODEL
from fieldkit.library.joining import among, joined, letters_of
from fieldkit.library.judging import LOOKED_AT, judged
from fieldkit.library.language import Language
from fieldkit.library.language_votes import foreign
from fieldkit.library.meaning import Alike, Embed, Kind
from fieldkit.library.own_meaning import OpenMeaning, OwnMeanings, path_of
from fieldkit.library.query import Planner, Wanted
from fieldkit.library.search import Library, Manual, Ranked


@dataclass(frozen=True, slots=True)
class _Own:
    """An open index of own documents.

    ``shown`` is what those are called here whose identity is also a manual's; ``manuals`` are the
    identities of the company's, and ``editions`` those with their revisions.
    """

    path: Path
    library: Library
    planner: Planner
    shown: dict[str, str]
    manuals: frozenset[str]
    editions: frozenset[tuple[str, str]]


class Shelf:
    """The library ``company`` and the own documents in ``folder``. Any thread may call any method.

    Documents that are added or removed meanwhile, by whatever process, are noticed. ``tell`` hears
    once what is wrong with own documents; the manuals are searched all the same.
    """

    def __init__(
        self, company: Library, folder: Path, tell: Callable[[FieldkitError], None]
    ) -> None:
        self._company = company
        self._folder = folder
        self._tell = tell
        self._lock = threading.RLock()
        self._stamp: bytes | None = None
        self._wanted: Path | None = None
        self._own: _Own | None = None
        self._told = False
        self._embed: Embed | None = None
        self._kind: Kind | None = None
        self._meaning: OpenMeaning | None = None

    @classmethod
    def open(cls, path: Path, folder: Path, tell: Callable[[FieldkitError], None]) -> Self:
        """Open the index of the manuals at ``path``; raises IntegrityProblem as ``Library.open``.

        Own documents that cannot be opened are no reason to fail.
        """
        return cls(Library.open(path), folder, tell)

    def close(self) -> None:
        """Let go of the files; safe to call twice."""
        with self._lock:
            self._drop()
            self._wanted = None
        self._company.close()

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

    @property
    def language(self) -> Language:
        """The language of the profile: what a text is taken for that shows none."""
        return self._company.language

    @property
    def languages(self) -> Mapping[str, int]:
        """As ``Library.languages``, of both."""
        with self._lock:
            own = self._opened()
            theirs = self._company.languages
            return Counter(theirs) + Counter(own.library.languages) if own else theirs

    def spoken(self, question: str) -> Language:
        """As ``Library.spoken``."""
        return self._company.spoken(question)

    def find_by_meaning(self, embed: Embed) -> bool:
        """As ``Library.find_by_meaning``, for both; own documents once their vectors are made."""
        if not self._company.find_by_meaning(embed):
            return False
        with self._lock:
            self._embed, self._kind = embed, self._company.kind
        return True

    @property
    def own_meanings(self) -> OwnMeanings | None:
        """The vectors of own documents, for who makes them; None without ``find_by_meaning``."""
        kind = self._kind
        return OwnMeanings(self._folder, self.language.code, kind) if kind else None

    @property
    def words_only(self) -> FieldkitError | None:
        """As ``Library.words_only``."""
        return self._company.words_only

    @property
    def incomplete(self) -> bool:
        """Whether there are own documents without an index that can be used."""
        with self._lock:
            return self._opened() is None and (self._told or self._wanted is not None)

    def search(
        self, query: str, limit: int = 3, *, floor: float | None = None
    ) -> tuple[Passage, ...]:
        """As ``Library.search``, over both."""
        if floor is None:
            found = self.find(query, limit)
            return () if found.state is State.NONE else found.passages
        return tuple(each.passage for each in self._ranked(query, limit, floor))

    def find(self, query: str, limit: int = 3) -> Finding:
        """As ``Library.find``, over both."""
        ranked = self._ranked(query, max(limit, LOOKED_AT), 0.0)
        found = judged(query, ranked, limit, model=MODEL, limits=self._company.limits)
        languages = foreign(self.spoken(query), self.languages)
        return replace(found, languages=languages).with_lacking(self._lacking(query))

    def _lacking(self, query: str) -> tuple[str, ...]:
        lacking = self._company.lacking(query)
        with self._lock:
            own = self._opened() if lacking else None
            if own is None:
                return lacking
            try:
                both = own.planner.lacking(query)
            except IntegrityProblem as error:
                self._give_up(own, error)
                return lacking
        return tuple(code for code in lacking if code in both)

    def _ranked(self, query: str, limit: int, floor: float) -> list[Ranked]:
        wanted = self._company.plan(query)
        alike = self._company.alike(query)
        found = self._company.ranked(wanted, limit, floor=floor, question=query, alike=alike)
        own, copies = self._search_own(query, limit, floor, found, alike)
        return joined(found, own, copies, limit)

    def documents(self) -> tuple[Manual, ...]:
        """The manuals, then the own documents."""
        company = self._company.documents()
        with self._lock:
            own = self._opened()
            if own is None:
                return company
            try:
                manuals = own.library.documents()
            except IntegrityProblem as error:
                self._give_up(own, error)
                return company
            return *company, *(
                replace(manual, document=own.shown.get(manual.document, manual.document), own=True)
                for manual in manuals
            )

    def page(self, document: str, number: int, revision: str | None = None) -> str:
        """As ``Library.page``; ``document`` is called as in what was found."""
        with self._lock:
            own = self._opened()
            if own is not None and document not in own.manuals:
                names = {shown: name for name, shown in own.shown.items()}
                try:
                    return own.library.page(names.get(document, document), number, revision)
                except IntegrityProblem as error:
                    self._give_up(own, error)
        return self._company.page(document, number, revision)

    def number_of(self, document: str, page: str, revision: str | None = None) -> int:
        """As ``Library.number_of``; ``document`` is called as in what was found."""
        with self._lock:
            own = self._opened()
            if own is not None and document not in own.manuals:
                names = {shown: name for name, shown in own.shown.items()}
                try:
                    return own.library.number_of(names.get(document, document), page, revision)
                except IntegrityProblem as error:
                    self._give_up(own, error)
        return self._company.number_of(document, page, revision)

    def left_out(self) -> tuple[tuple[str, str], ...]:
        """The manuals that were not indexed, as ``Library.left_out``."""
        return self._company.left_out()

    def _search_own(
        self,
        query: str,
        limit: int,
        floor: float,
        company: Sequence[Ranked],
        alike: Alike | None,
    ) -> tuple[list[Ranked], list[Ranked]]:
        """What is found in own documents, and in those that are editions of the company's."""
        with self._lock:
            own = self._opened()
            if own is None:
                return [], []
            try:
                wanted = own.planner.plan(query)
                found, by_meaning = self._ranked_own(own, wanted, query, limit, floor, alike)
            except IntegrityProblem as error:
                self._give_up(own, error)
                return [], []
        # Scores are made comparable: what a passage of the manuals with this coverage would have.
        strengths = [each.passage.score / each.coverage for each in company if each.coverage]
        strength = max(strengths, default=sum(term.weight for term in wanted if term.match))
        lists: tuple[list[Ranked], list[Ranked]] = ([], [])
        for each in found:
            passage = each.passage
            edition = (passage.document, passage.revision) in own.editions
            if edition and self._says(passage) and not among(each, company):
                continue
            shown = replace(
                passage,
                document=own.shown.get(passage.document, passage.document),
                score=passage.score if by_meaning else strength * each.coverage,
                own=True,
            )
            lists[edition].append(replace(each, passage=shown))
        return lists

    def _ranked_own(
        self,
        own: _Own,
        wanted: Sequence[Wanted],
        query: str,
        limit: int,
        floor: float,
        alike: Alike | None,
    ) -> tuple[list[Ranked], bool]:
        """What is found in own documents, and whether their meaning counted, too."""
        opened = self._meaning_of(own) if alike is not None else None
        if alike is not None and opened is not None:
            try:
                near = opened.meaning.beside(alike)
                found = own.library.ranked(wanted, limit, floor=floor, question=query, alike=near)
            except (IntegrityProblem, ValueError):
                self._drop_meaning()
                _forget(opened.path)
            else:
                return found, True
        return own.library.ranked(wanted, limit, floor=floor, question=query), False

    def _meaning_of(self, own: _Own) -> OpenMeaning | None:
        """The vectors of ``own``, once they are made."""
        if self._meaning is None and self._embed is not None and self._kind is not None:
            self._meaning = OpenMeaning.at(path_of(own.path, self._kind), self._embed)
        return self._meaning

    def _says(self, passage: Passage) -> bool:
        """Whether the same page of the company's manual says what ``passage`` of a copy does."""
        try:
            page = self._company.page(passage.document, passage.page, passage.revision)
        except KeyError:
            return False
        return letters_of(passage.text) in letters_of(page)

    def _opened(self) -> _Own | None:
        """The own documents as they are now; the last ones while their index is being made."""
        stamp = own_catalog.stamp(self._folder)
        if stamp != self._stamp:
            self._stamp, self._told = stamp, False
            try:
                entries = own_catalog.entries(self._folder)
            except FieldkitError as error:
                self._wanted = None
                self._drop()
                self._report(error)
                return None
            self._wanted = (
                own_catalog.index_path(self._folder, entries, self.language.code)
                if entries
                else None
            )
        if self._wanted is None:
            self._drop()
        elif self._own is None or self._own.path != self._wanted:
            self._open(self._wanted)
        return self._own

    def _open(self, path: Path) -> None:
        if not path.is_file():
            return  # it is being made
        try:
            library = Library.open(path)
            planner = library.planner_with(self._company)
            names = {manual.document for manual in library.documents()}
            company = self._company.documents()
            manuals = frozenset(manual.document for manual in company)
            editions = frozenset((manual.document, manual.revision) for manual in company)
        except IntegrityProblem as error:
            _forget(path)
            self._drop()
            self._report(error)
            return
        self._drop()
        shown: dict[str, str] = {}
        for name in sorted(names & manuals):
            shown[name] = _free(name, manuals | names | set(shown.values()))
        self._own = _Own(path, library, planner, shown, manuals, editions)

    def _give_up(self, own: _Own, error: IntegrityProblem) -> None:
        """Go on without own documents; their damaged index is removed, so that it is made anew.

        Raises ``error`` where the manuals' own index is what is damaged.
        """
        try:
            self._company.documents()
        except IntegrityProblem:
            raise error from None
        self._drop()
        _forget(own.path)
        self._report(error)

    def _report(self, error: FieldkitError) -> None:
        if not self._told:
            self._told = True
            self._tell(error)

    def _drop_meaning(self) -> None:
        meaning, self._meaning = self._meaning, None
        if meaning is not None:
            meaning.close()

    def _drop(self) -> None:
        self._drop_meaning()
        own, self._own = self._own, None
        if own is not None:
            own.library.close()


def _free(name: str, taken: AbstractSet[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
