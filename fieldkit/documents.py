"""``fieldkit documents``: what a technician adds to the library, lists, and removes again."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fieldkit.console import Console
from fieldkit.core.text import clean_line
from fieldkit.engine.child import own_command
from fieldkit.errors import ExitCode, FieldkitError, UsageProblem
from fieldkit.library.own_catalog import Entry, entries
from fieldkit.library.search import Library
from fieldkit.library.shelf import Shelf

if TYPE_CHECKING:
    from fieldkit.engine.embedder import EmbedderClient
    from fieldkit.library.own import OwnDocuments, Tell, Told

_MENDING_S = 60.0  # for one document
_LEARNING_S = 600.0
_LEARNING = (
    "Your documents can be searched. Reading what they mean, so that they are found in other words,"
    " too; Ctrl-C leaves that to the assistant ..."
)
_SAID = {
    "counting": "Documents so far: {count} ...",
    "reading": "Reading {name} ({number} of {count}) ...",
    "added": "Added {name}{detail}.",
    "replaced": "Replaced {name}{detail}.",
    "unchanged": "{name} is there already, unchanged.",
    "refused": "Not added: {name}: {reason}.",
    "removed": "Removed {name}.",
    "indexing": "Indexing your documents ...",
}


def add(
    paths: Sequence[Path],
    *,
    yes: bool,
    folder: Path,
    library: Path,
    console: Console,
    wire: bool,
) -> int:
    """Add documents; returns the exit code, INVALID where some were refused.

    Many are added only after a person said yes, or with ``yes``. On the wire they are counted and
    not added without it. Raises UsageProblem where nobody can be asked.
    """
    with _own(folder, library, console, wire) as own:
        found = None if yes else own.survey(paths)
        if found is not None and found.is_much:
            if wire:
                many = {"what": "many", "count": len(found.files), "size": found.size}
                console.out(json.dumps(many))
                return ExitCode.OK
            documents = "document" if len(found.files) == 1 else "documents"
            question = f"Add {len(found.files)} {documents}, {found.size / 1e6:.0f} MB?"
            if not _confirmed(question, console):
                console.err("Nothing was added.")
                return ExitCode.OK
        refused = own.add(paths)
    return ExitCode.INVALID if refused else ExitCode.OK


def remove(
    names: Sequence[str] | Literal["last", "all"],
    *,
    yes: bool = False,
    folder: Path,
    library: Path,
    console: Console,
    wire: bool,
) -> int:
    """Remove documents by their names; raises UsageProblem when there is none of such a name.

    ``last`` are those that the last addition added, ``all`` are removed after a person said yes.
    """
    with _own(folder, library, console, wire) as own:
        if names == "last":
            names = own.last_added()
            if not names:
                raise UsageProblem(
                    "there is nothing left of the last addition",
                    hint="`fieldkit documents list` shows what there is.",
                )
        elif names == "all":
            names = [entry.name for entry in entries(folder)]
            question = f"Remove all documents of your own ({len(names)})?"
            if names and not (yes or wire or _confirmed(question, console)):
                console.err("Nothing was removed.")
                return ExitCode.OK
        own.remove(*names)
    return ExitCode.OK


def _confirmed(question: str, console: Console) -> bool:
    """Whether a person answers yes; raises UsageProblem where nobody can."""
    console.err(f"{question} yes or no: ", end="")
    if not sys.stdin.isatty():
        console.err()
        raise UsageProblem(
            "this has to be confirmed, and nobody can answer here",
            hint="Add --yes to do it without being asked.",
        )
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def rebuild(*, folder: Path, library: Path, console: Console, wire: bool) -> int:
    """Make anew what is damaged of the own documents, from their copies."""
    with _own(folder, library, console, wire) as own:
        own.repair()
    return ExitCode.OK


def learn(
    *,
    folder: Path,
    library: Path,
    console: Console,
    embedder: Path | None,
    saving: Callable[[], bool] = lambda: False,
    wire: bool = False,
) -> None:
    """Make the vectors that own documents are found by meaning with, where something is missing.

    They can be searched meanwhile, and are found by their words. The file ``embedder`` is loaded
    only for texts that have no vectors yet; None: those stay without. Nor is it loaded where the
    battery is ``saving``, and it works for ``_LEARNING_S`` at most: the assistant does the rest
    while nobody asks. What is wrong is reported and keeps nobody from anything.
    """
    from fieldkit.library.own_meaning import OwnMeanings

    with Library.open(library) as company:
        kind, language = company.kind, company.language.code
    if kind is None or not folder.is_dir():
        return
    deadline = time.monotonic() + _LEARNING_S
    own = OwnMeanings(folder, language, kind)
    with contextlib.closing(_Late(embedder, saving, console)) as late:
        try:
            whole = own.make(late, lambda _done, _all: time.monotonic() < deadline)
        except (FieldkitError, OSError) as error:
            if not wire:
                console.err(clean_line(f"Your documents are found by their words alone: {error}"))
            return
        if late.started and not whole:
            console.err("The assistant goes on with that while nobody asks.")


class _Late:
    """The embedder in a file, loaded for the first texts; None for them where it may not be."""

    def __init__(self, embedder: Path | None, saving: Callable[[], bool], console: Console) -> None:
        self._embedder = embedder
        self._saving = saving
        self._console = console
        self._client: EmbedderClient | None = None

    @property
    def started(self) -> bool:
        return self._client is not None

    def __call__(self, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
        if self._client is None:
            if self._embedder is None or self._saving():
                return None
            from fieldkit.engine.embedder import EmbedderClient

            self._console.err(_LEARNING)
            self._client = EmbedderClient(self._embedder)
            self._client.start()
        return self._client.embed(texts)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def show(folder: Path, console: Console, *, as_json: bool) -> int:
    """List the own documents."""
    found = entries(folder)
    if as_json:
        console.out_json(to_json(folder, found))
    elif not found:
        console.err("No documents of your own. `fieldkit documents add FILE` adds one.")
    for entry in () if as_json else found:
        console.out(described(entry))
    return ExitCode.OK


def to_json(folder: Path, found: Sequence[Entry]) -> dict[str, Any]:
    """The object that ``documents list --json`` prints; a contract with scripts."""
    return {"folder": str(folder), "documents": [asdict(entry) for entry in found]}


def described(entry: Entry) -> str:
    """One line about a document."""
    pages = "1 page" if entry.pages == 1 else f"{entry.pages} pages"
    pages = pages if entry.pages else "could not be read"
    revision = f", rev {entry.revision}" if entry.revision else ""
    title = "" if entry.title == Path(entry.name).stem else f": {entry.title}"
    return clean_line(f"{entry.name}{title} ({pages}{revision}, added {entry.added[:10]})")


def mend(folder: Path, library: Path, console: Console) -> None:
    """Mend own documents that cannot be searched; what cannot be mended is reported.

    Somebody waits for an answer: a document that takes more than ``_MENDING_S`` to read, or failed
    before, is left out until it is added again or ``rebuild`` reads it.
    """
    if not folder.is_dir():
        return
    with Shelf.open(library, folder, console_teller(console)) as shelf:
        if not shelf.incomplete:
            return
    console.err("Your own documents are indexed anew.")
    try:
        with _own(folder, library, console, wire=False, seconds=_MENDING_S) as own:
            own.repair(again=False)
    except FieldkitError as error:
        console_teller(console)(error)


def console_teller(console: Console) -> Callable[[FieldkitError], None]:
    """Tells on ``console`` what is wrong with own documents; it keeps nobody from working."""
    return lambda error: console.err(clean_line(f"{error.message}. {error.hint}"))


@contextlib.contextmanager
def _own(
    folder: Path, library: Path, console: Console, wire: bool, seconds: float | None = None
) -> Iterator[OwnDocuments]:
    # What reads documents is not imported to search them.
    from fieldkit.library.own import OwnDocuments
    from fieldkit.library.own_files import usable
    from fieldkit.library.reader_process import SECONDS, ReaderProcess

    with Library.open(library) as company:
        language = company.language.code
    if wire:
        _end_with_input()
    tell = _wired(console) if wire else _narrated(console)
    with ReaderProcess(own_command("reader"), seconds=seconds or SECONDS) as reader:
        try:
            with usable(folder):
                yield OwnDocuments(folder, read=reader, language=language, tell=tell)
        except FieldkitError as error:
            if wire:
                failed = {"what": "failed", "message": error.message, "hint": error.hint}
                console.out(json.dumps({**failed, "exit": int(error.exit_code)}))
            raise


def _narrated(console: Console) -> Tell:
    def tell(told: Told) -> None:
        detail = f", {told.detail}" if told.detail else ""
        if told.what == "reading" and told.count <= 1:
            line = f"Reading {told.name} ..."
        else:
            facts = {"number": told.number, "count": told.count}
            line = _SAID[told.what].format(
                name=told.name, detail=detail, reason=told.detail, **facts
            )
        console.err(clean_line(line))

    return tell


def _wired(console: Console) -> Tell:
    """One JSON object a line, for the chat that started this process."""
    return lambda told: console.out(json.dumps(asdict(told)))


def _end_with_input() -> None:
    """End this process when its input ends: whoever started it is gone."""

    def watch() -> None:
        while os.read(0, 1):  # not through sys.stdin: its lock would be held at the end
            pass
        os._exit(ExitCode.INTERRUPTED)

    threading.Thread(target=watch, daemon=True).start()
