"""The documents that a technician adds to the library on this laptop.

Each is copied into the user's data folder, read in the reader process, and indexed as the company's
manuals are at build time. The catalog says what there is; an index is named by what it was made
from, so one that fits the catalog is either there and whole or has to be made. A file that changed
is read again alone, and the index made anew from what was read of all.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from fieldkit.core.text import clean_line
from fieldkit.errors import FieldkitError, IntegrityProblem, UsageProblem
from fieldkit.library import index, own_catalog, own_meaning
from fieldkit.library.documents import READERS, Document
from fieldkit.library.own_catalog import Catalog, Damaged, Entry, full_told
from fieldkit.library.own_files import FORMATS, aside, copied, digest_of
from fieldkit.library.own_survey import Survey, survey
from fieldkit.library.readers.model import Unreadable, unreadable
from fieldkit.library.search import Library

FILES = own_catalog.FILES
_INCOMING = own_catalog.INCOMING
_LEFT_BEHIND_S = 24 * 3600
_LAST = "last-added.txt"  # the names of what was added last, one a line

Read = Callable[[Path], Document]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What happened to one document.

    ``what`` is ``reading``, ``added``, ``replaced``, ``unchanged``, ``refused``, ``removed`` or
    ``indexing`` (then of all), ``counting`` or ``many`` (then ``count`` are the documents and
    ``size`` their bytes); ``name`` is its name here, or of a refused one the file; ``detail`` is
    the reason of a refusal, or what else there is to say. ``number`` of ``count`` are being read.
    """

    what: str
    name: str = ""
    detail: str = ""
    number: int = 0
    count: int = 0
    size: int = 0


Tell = Callable[[Told], None]


class OwnDocuments:
    """The own documents in ``folder``, and how they are changed.

    ``read`` reads one document and raises InvalidInput, ``language`` is that of the company's
    library. ``tell`` hears what happens. Everything may be called while other processes do so, too.
    """

    def __init__(self, folder: Path, *, read: Read, language: str, tell: Tell) -> None:
        self._folder = folder
        self._read = read
        self._language = language
        self._tell = tell

    def survey(self, paths: Iterable[Path]) -> Survey:
        """Count what ``add`` would copy; raises UsageProblem for a folder of the system."""
        return survey(paths, lambda _looked, found: self._tell(Told(what="counting", count=found)))

    def add(self, paths: Iterable[Path]) -> int:
        """Add files, and those of folders that can be read; returns how many were refused.

        A file that was added before from the same place takes the place of its old copy. Raises
        UsageProblem for a folder of the system, before anything is added, and DiskFull and Busy;
        what was added until then stays, and nothing is lost.
        """
        paths = list(paths)
        files = self.survey(paths).files
        self._prepare()
        empty = [path for path in paths if path.is_dir() and not _any_below(path, files)]
        for path in empty:
            self._refuse(path, f"it holds no document ({FORMATS})")
        refused = len(empty)
        _forget_last(self._folder)
        try:
            for number, file in enumerate(files, 1):
                refused += self._try(file, number, len(files))
        finally:
            self._index()
        return refused

    def remove(self, *names: str) -> None:
        """Remove the copies called ``names``; raises UsageProblem when there is one of no name.

        Nothing is removed then.
        """
        self._prepare()
        with (
            Catalog(self._folder) as catalog,
            aside(self._folder / _INCOMING) as trash,
            catalog.changing(),
        ):
            entries = catalog.entries()
            gone = dict.fromkeys(_named(name, entries).name for name in names)
            for name in gone:
                catalog.remove(name)
                with suppress(FileNotFoundError):
                    (self._folder / FILES / name).rename(trash / name)
        for name in gone:
            self._tell(Told(what="removed", name=name))
        self._index()

    def last_added(self) -> tuple[str, ...]:
        """The names of what the last ``add`` added and is still there; what it replaced is not."""
        try:
            names = (self._folder / _LAST).read_text(encoding="utf-8").splitlines()
        except OSError:
            return ()
        with Catalog(self._folder) as catalog:
            there = {entry.name for entry in catalog.entries()}
        return tuple(name for name in names if name in there)

    def repair(self, *, again: bool = True) -> None:
        """Make anew whatever is damaged or missing: the catalog from the copies, then the index.

        A copy that cannot be read any more is reported as refused, and stays. One that failed
        before is tried ``again`` or left out.
        """
        if not self._folder.is_dir():
            return
        renewed = self._prepare()  # then all copies were read a moment ago
        with Catalog(self._folder) as catalog:
            for entry in catalog.entries():
                failed = again and not renewed and not entry.pages
                if failed or catalog.document(entry.name) is None:
                    self._read_again(catalog, entry)
        self._index()

    def _try(self, path: Path, number: int, count: int) -> int:
        try:
            self._add(path, number, count)
        except Unreadable as error:
            self._refuse(path, error.reason)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                self._refuse(path, "there is no such file")
            else:
                self._refuse(path, error.strerror or str(error))
        else:
            return 0
        return 1

    def _refuse(self, path: Path, reason: str) -> None:
        reason = clean_line(reason).rstrip(".")
        self._tell(Told(what="refused", name=clean_line(str(path)), detail=reason))

    def _add(self, path: Path, number: int, count: int) -> None:
        if path.suffix.lower() not in READERS:
            path.stat()  # that there is no such file matters more than its name
            raise unreadable(path, f"only {FORMATS} can be read")
        source = str(path.absolute())  # not resolved: a link keeps its name
        with copied(path, self._folder / _INCOMING) as (copy, digest):
            with Catalog(self._folder) as catalog:
                known = _known(source, copy.name, digest, catalog.entries())
            if known is not None:
                self._tell(Told(what="unchanged", name=known.name))
                return
            name = clean_line(path.name)
            self._tell(Told(what="reading", name=name, number=number, count=count))
            document = self._read(copy)
            with Catalog(self._folder) as catalog, catalog.changing():
                self._take(catalog, copy, digest, source, document)

    def _take(
        self, catalog: Catalog, copy: Path, digest: str, source: str, document: Document
    ) -> None:
        entries = catalog.entries()
        before = next((entry for entry in entries if entry.source == source), None)
        name = before.name if before else self._free(copy.name, entries)
        document = _called(document, Path(name).stem.removeprefix(copy.stem))
        catalog.put(_entry(name, source, digest, copy.stat().st_size, document), document)
        with full_told(copy):
            copy.replace(self._folder / FILES / name)
        if before is None:
            with full_told(copy):
                _note_added(self._folder, name)
        detail = "; ".join(_remarks(copy.name, name, document))
        self._tell(Told(what="replaced" if before else "added", name=name, detail=detail))

    def _free(self, wanted: str, entries: Sequence[Entry]) -> str:
        """``wanted``, or with a number behind it where another document has that name."""
        taken = {entry.name.casefold() for entry in entries}
        path, number = Path(wanted), 1
        while wanted.casefold() in taken:
            number += 1
            wanted = f"{path.stem} ({number}){path.suffix}"
        return wanted

    def _prepare(self) -> bool:
        """Make the folders, for this user only, and a catalog of what is in them.

        Returns whether the catalog had to be made anew.
        """
        with full_told(self._folder):
            for folder in (self._folder, self._folder / FILES, self._folder / _INCOMING):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                if os.name == "posix":
                    folder.chmod(0o700)
        if self._damaged():
            with own_catalog.alone(self._folder):
                if self._damaged():  # nobody else mended it meanwhile
                    self._renew()
                    return True
        return False

    def _damaged(self) -> bool:
        """Whether the catalog cannot be used, or is gone while there are copies."""
        if not (self._folder / own_catalog.FILE).exists():
            return any((self._folder / FILES).iterdir())
        try:
            with Catalog(self._folder) as catalog:
                catalog.entries()
        except Damaged:
            return True
        return False

    def _index(self) -> None:
        """Make the index of what the catalog holds, unless it is there; sweep what is left over."""
        with Catalog(self._folder) as catalog, catalog.changing():
            entries = catalog.entries()
            path = own_catalog.index_path(self._folder, entries, self._language)
            if entries and not _sound(path):
                self._tell(Told(what="indexing"))
                whole = _distinct(
                    replace(document, file=entry.name, sha256=entry.sha256)
                    for entry in entries
                    if (document := catalog.document(entry.name)) is not None
                )
                index.build(path, whole, language=self._language)
                path.chmod(0o600)
            self._sweep(path)
            own_meaning.sweep(self._folder, path if entries else None)

    def _sweep(self, kept: Path) -> None:
        """Remove indexes of other days, and what killed processes left."""
        for old in self._folder.glob("index-*.sqlite3"):
            if old != kept:
                with suppress(OSError):  # on Windows a chat may have it open
                    old.unlink()
        for left in (self._folder / _INCOMING).iterdir():
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_S:
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink(missing_ok=True)

    def _renew(self) -> None:
        """Make the catalog anew from the copies."""
        for path in self._folder.glob(f"{own_catalog.FILE}*"):
            path.unlink()
        with Catalog(self._folder) as catalog:
            for copy in sorted((self._folder / FILES).iterdir()):
                blank = Document(document="", title="", revision="", date="", pages=())
                size = copy.stat().st_size
                self._read_again(catalog, _entry(copy.name, "", digest_of(copy), size, blank))

    def _read_again(self, catalog: Catalog, entry: Entry) -> None:
        copy = self._folder / FILES / entry.name
        self._tell(Told(what="reading", name=entry.name))
        try:
            document = self._read(copy)
        except FieldkitError as error:
            reason = error.reason if isinstance(error, Unreadable) else error.message
            self._refuse(copy, reason)
            document = Document(document=copy.stem, title=copy.stem, revision="", date="", pages=())
        with catalog.changing():
            catalog.put(
                _entry(entry.name, entry.source, entry.sha256, entry.size, document), document
            )


def _any_below(folder: Path, files: Iterable[Path]) -> bool:
    return any(file.is_relative_to(folder) for file in files)


def _note_added(folder: Path, name: str) -> None:
    descriptor = os.open(folder / _LAST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as last:
        last.write(f"{name}\n")


def _forget_last(folder: Path) -> None:
    with full_told(folder), suppress(FileNotFoundError):
        (folder / _LAST).unlink()


def _named(name: str, entries: Sequence[Entry]) -> Entry:
    """The entry that a person means by ``name``: its name, with or without the extension."""
    wanted = name.casefold().strip()
    exact = [entry for entry in entries if entry.name == name]
    like = [entry for entry in entries if entry.name.casefold() == wanted]
    stems = [entry for entry in entries if Path(entry.name).stem.casefold() == wanted]
    for found in (exact, like, stems):
        if len(found) == 1:
            return found[0]
    raise UsageProblem(
        f"no document that you added is called {clean_line(name)!r}",
        hint="`fieldkit documents list`, or /documents in the assistant, shows their names.",
    )


def _known(source: str, name: str, digest: str, entries: Sequence[Entry]) -> Entry | None:
    """The entry that ``source`` would only add once more."""
    for entry in entries:
        same = entry.sha256 == digest and (entry.source == source or entry.name == name)
        if same and entry.pages:  # what could not be read may be tried again
            return entry
    return None


def _called(document: Document, number: str) -> Document:
    """``document`` with the ``number`` behind its identity that its copy has behind its name."""
    title = f"{document.title}{number}" if document.title == document.document else document.title
    return replace(document, document=f"{document.document}{number}", title=title)


def _remarks(wanted: str, name: str, document: Document) -> Iterator[str]:
    """What else there is to say of a document that was added."""
    if name != wanted:
        yield f"called {name}"
    if empty := sum(not page.text.strip() for page in document.pages):
        yield f"{empty} of {len(document.pages)} pages hold no text, such as scans"


def _entry(name: str, source: str, digest: str, size: int, document: Document) -> Entry:
    return Entry(
        name=name,
        source=source.encode("utf-8", "replace").decode(),
        sha256=digest,
        size=size,
        added=datetime.now(UTC).isoformat(timespec="microseconds"),
        title=document.title,
        revision=document.revision,
        pages=len(document.pages),
    )


def _distinct(documents: Iterable[Document]) -> list[Document]:
    """``documents``, with a number behind the identity of those that claim another's."""
    taken: set[tuple[str, str]] = set()
    result = []
    for document in documents:
        name, number = document.document, 1
        while (name, document.revision) in taken:
            number += 1
            name = f"{document.document} ({number})"
        taken.add((name, document.revision))
        result.append(replace(document, document=name))
    return result


def _sound(path: Path) -> bool:
    """Whether there is an index at ``path`` that can be opened."""
    try:
        Library.open(path).close()
    except IntegrityProblem:
        return False
    return True
