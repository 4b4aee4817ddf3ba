"""The technician's own documents in the line mode."""

from __future__ import annotations

import queue
from collections.abc import Callable

from fieldkit.chat.i18n import _
from fieldkit.chat.shelving import Outcome, Shelving, described, many_question

_POLL_S = 0.1  # how late Ctrl-C may be seen where the system cannot interrupt a wait
_Change = Callable[[Callable[[str], None], Callable[[Outcome], None]], None]


class LineShelf:
    """Adds, lists and removes own documents; what is told are plain lines to ``out``."""

    def __init__(self, shelving: Shelving, out: Callable[[str], None]) -> None:
        self._shelving = shelving
        self._out = out

    def add(self, path: str, confirmed: Callable[[str], bool]) -> None:
        """Add a file or a folder, and wait for it; Ctrl-C ends it. Where that is much, ask."""
        outcome = self._wait_for(lambda show, then: self._shelving.add(path, show, then))
        if outcome.many is not None and confirmed(many_question(outcome.many)):
            self._wait_for(lambda show, then: self._shelving.add(path, show, then, yes=True))

    def remove(self, name: str) -> None:
        """Remove a document by its name."""
        self._wait_for(lambda show, then: self._shelving.remove(name, show, then))

    def documents(self) -> None:
        """List the documents; raises FieldkitError where that cannot be done."""
        found = self._shelving.listed()
        if not found:
            self._out(_("None yet. /add FILE adds one."))
        for entry in found:
            self._out(described(entry))

    def mend(self) -> None:
        """Mend what cannot be searched, in the background, and tell what came of it."""
        self._shelving.mend(_nothing, self._tell)

    def _wait_for(self, change: _Change) -> Outcome:
        told: queue.SimpleQueue[str | Outcome] = queue.SimpleQueue()
        change(told.put, told.put)
        while not isinstance(said := self._heard(told), Outcome):
            if said:
                self._out(said)
        self._tell(said)
        return said

    def _heard(self, told: queue.SimpleQueue[str | Outcome]) -> str | Outcome:
        while True:
            try:
                return told.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            except KeyboardInterrupt:
                self._shelving.cancel()

    def _tell(self, outcome: Outcome) -> None:
        for sentence in outcome.sentences():
            self._out(sentence)


def _nothing(_said: str) -> None:
    """Progress of what nobody waits for."""
