"""Own documents from within the chat: a child process adds, removes and mends them.

So what is read costs the chat neither memory nor a key's time, and a hostile file nothing at all.
One change after the other; the library notices by itself what came of it.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldkit.chat import elsewhere
from fieldkit.chat.i18n import N_, _, ngettext
from fieldkit.chat.wording import problem
from fieldkit.core.text import clean_line
from fieldkit.engine.child import own_command
from fieldkit.errors import ExitCode, FieldkitError
from fieldkit.library.own_catalog import Entry, entries

_SHOWN = 5  # of many documents
_GRACE_S = 2.0

LAST, ALL = WHICH = ("--last", "--all")
"""What ``remove`` takes besides a name: what was added last, and everything."""

_DONE = {
    "added": N_("Added to your documents: {names}"),
    "replaced": N_("Replaced in your documents: {names}"),
    "unchanged": N_("There already, unchanged: {names}"),
    "removed": N_("Removed from your documents: {names}"),
}


@dataclass(slots=True)
class Outcome:
    """What came of a change: names by what happened to them, refusals, and why it ended early.

    ``many`` is how many documents there are to add, and their bytes, where a person is to be asked
    first; nothing was added then.
    """

    names: dict[str, list[str]] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    failure: str = ""
    mended: bool = False
    many: tuple[int, int] | None = None

    def note(self, told: dict[str, Any]) -> str:
        """Take up what the child ``told``; returns what to show meanwhile, "" for nothing."""
        what, name = str(told.get("what")), clean_line(str(told.get("name", "")))
        number, count = _whole(told, "number"), _whole(told, "count")
        if what == "counting":
            return _("Documents so far: {count}").format(count=count)
        if what == "reading":
            reading = _("Reading {name}, {number} of {count}") if count > 1 else _("Reading {name}")
            return reading.format(name=name, number=number, count=count)
        if what == "many":
            self.many = (count, _whole(told, "size"))
            return ""
        if what == "indexing":
            return _("Indexing your documents")
        if what == "refused":
            self.refused.append((name, clean_line(str(told.get("detail", "")))))
        elif what == "failed":
            self.failure = problem(
                FieldkitError(str(told.get("message", "")), hint=str(told.get("hint", "")))
            )
        elif what in _DONE:
            detail = clean_line(str(told.get("detail", "")))
            self.names.setdefault(what, []).append(f"{name} ({detail})" if detail else name)
        return ""

    def sentences(self) -> list[str]:
        """What a technician is told in the end."""
        said = [_(_DONE[what]).format(names=_few(names)) for what, names in self.names.items()]
        said += [
            _("Not added: {name}: {reason}.").format(name=name, reason=elsewhere.said(reason))
            for name, reason in self.refused[:_SHOWN]
        ]
        if (more := len(self.refused) - _SHOWN) > 0:
            said.append(_("Not added either: {count} more.").format(count=more))
        if self.failure:
            said.append(self.failure)
        elif self.mended:
            said.append(_("Your own documents were damaged or not indexed. Now they are indexed."))
        return said


class Shelving:
    """Changes the own documents in ``folder`` beside the manuals' index ``library``.

    ``incomplete`` tells whether own documents cannot be searched. ``show`` and ``then`` of each
    method are called on another thread: with what is being done, and with the outcome.
    """

    def __init__(
        self,
        folder: Path,
        library: Path,
        *,
        incomplete: Callable[[], bool],
        command: Callable[..., Sequence[str]] = own_command,
    ) -> None:
        self._folder = folder
        self._library = library
        self._incomplete = incomplete
        self._command = command
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._tried = False

    def listed(self) -> tuple[Entry, ...]:
        """The own documents; raises FieldkitError where their catalog cannot be read."""
        return entries(self._folder)

    def add(
        self,
        path: str,
        show: Callable[[str], None],
        then: Callable[[Outcome], None],
        *,
        yes: bool = False,
    ) -> None:
        """Add the file or folder that a person typed, or dropped on the terminal.

        Where that is much, nothing is added and the outcome has ``many``, unless the person said
        ``yes`` to it.
        """
        words = ("add", *(["--yes"] if yes else []), "--", str(typed_path(path)))
        self._put(lambda: then(self._run(words, show)))

    def remove(
        self, name: str, show: Callable[[str], None], then: Callable[[Outcome], None]
    ) -> None:
        """Remove a document by its name, or what ``--last`` or ``--all`` means."""
        words = ("remove", name) if name in WHICH else ("remove", "--", name)
        self._put(lambda: then(self._run(words, show)))

    def mend(self, show: Callable[[str], None], then: Callable[[Outcome], None]) -> None:
        """Mend own documents that cannot be searched, if any; ``then`` is called only for those."""

        def job() -> None:
            if not self._incomplete():
                self._tried = False
            elif not self._tried:  # what cannot be mended is not tried after each answer
                self._tried = True
                outcome = self._run(("rebuild",), show)
                outcome.mended = not outcome.failure
                then(outcome)

        if self._folder.is_dir():
            self._put(job)

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self._child is not None

    def cancel(self) -> None:
        """End what is being done; what was added until then stays."""
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        """End what is being done, for good."""
        self._closed = True
        self.cancel()

    def _put(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        if self._thread is None:
            # A daemon: quitting does not wait for what is being read.
            self._thread = threading.Thread(target=self._work, name="shelving", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            self._jobs.get()()

    def _run(self, words: Sequence[str], show: Callable[[str], None]) -> Outcome:
        outcome = Outcome()
        where = ("--wire", "--folder", str(self._folder), "--library", str(self._library))
        try:
            child = subprocess.Popen(
                self._command("documents", words[0], *where, *words[1:]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                # Ctrl-C stops an answer, not this.
                start_new_session=True,
            )
        except OSError as error:
            outcome.failure = clean_line(str(error))
            return outcome
        self._child = child
        if self._closed:
            child.kill()
        with child:
            self._follow(child, outcome, show)
        self._child = None
        if child.returncode < 0 and not outcome.failure:
            outcome.failure = _("This was stopped; what was added until then stays.")
            if outcome.names and not self._closed:
                self._run(("rebuild",), show)  # so that it can be searched
        elif child.returncode not in {ExitCode.OK, ExitCode.INVALID} and not outcome.failure:
            outcome.failure = _("This failed unexpectedly; what was added until then stays.")
        return outcome

    def _follow(
        self, child: subprocess.Popen[bytes], outcome: Outcome, show: Callable[[str], None]
    ) -> None:
        assert child.stdout
        for line in child.stdout:
            with suppress(ValueError):
                if said := outcome.note(json.loads(line)):
                    show(said)
        show("")


def many_question(many: tuple[int, int]) -> str:
    """What is asked before so many documents of so many bytes are added."""
    count, size = many
    asks = ngettext("Add {count} document, {size} MB?", "Add {count} documents, {size} MB?", count)
    return asks.format(count=count, size=f"{size / 1e6:.0f}")


def _whole(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) else 0


def typed_path(text: str) -> Path:
    """The path that a person typed: terminals quote or escape what is dropped on them."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    path = Path(text).expanduser()
    if not path.exists() and "\\ " in text:
        path = Path(text.replace("\\ ", " ")).expanduser()
    return path.absolute()


def described(entry: Entry) -> str:
    """One line about a document."""
    pages = ngettext("{count} page", "{count} pages", entry.pages).format(count=entry.pages)
    title = "" if entry.title in {"", Path(entry.name).stem} else f": {entry.title}"
    return clean_line(f"{entry.name}{title}, {pages}, {entry.added[:10]}")


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    if len(names) <= _SHOWN:
        return shown
    return _("{names} and {count} more").format(names=shown, count=len(names) - _SHOWN)
